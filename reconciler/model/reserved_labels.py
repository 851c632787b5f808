"""Labels that belong to reconciler: a manifest can neither add nor remove them."""

from __future__ import annotations

RESERVED = "gitops:"
"""Begins every label of reconciler's own."""
FINGERPRINTS = "gitops:secrets:"
"""Begins a label that holds fingerprints of secrets."""
