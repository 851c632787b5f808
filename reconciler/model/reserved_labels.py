"""Labels that belong to reconciler: a manifest can neither add nor remove them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

RESERVED = "gitops:"
"""Begins every label of reconciler's own."""
FINGERPRINTS = "gitops:secrets:"
"""Begins a label that holds fingerprints of secrets."""
HELD = "gitops:held:"
"""Begins a label that keeps one content of a manifest from being tried again; a digest of the content follows."""
UNFINISHED = f"{HELD}unfinished"
"""Carried by a held object while it is set back: a run that ends meanwhile leaves it, and the next run goes on."""


def held_label(digest: str) -> str:
    """Return the label that holds an object back from the manifest with a digest."""
    return HELD + digest


def held_labels(labels: Iterable[str]) -> frozenset[str]:
    """Return those of the labels that hold an object back, from whatever manifest."""
    return frozenset(label for label in labels if label.startswith(HELD))
