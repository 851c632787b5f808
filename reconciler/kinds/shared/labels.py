"""Labels: the API replaces the whole set, and returns it in lower case.

Labels that begin with ``gitops:`` are reconciler's own: the owner, the protection, and the fingerprints of secrets. A
manifest can neither add nor remove them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.model.diagnostic import Diagnostic
from reconciler.model.reserved_labels import RESERVED

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from reconciler.model.capabilities.differ import Fields
    from reconciler.model.tenant import Live


def wanted_labels(
    declared: Sequence[str] | None,
    present: Sequence[str] | None,
    required: Iterable[str] = (),
    unwanted: Iterable[str] = (),
) -> list[str] | None:
    """Return the whole set to write, sorted; ``None`` if the object carries it already.

    ``declared`` is the manifest's set (``None``: the live labels stay), ``present`` the live one. ``required`` labels
    are added, and ``unwanted`` ones removed.
    """
    if _all(declared, present, required, unwanted) == _lower(present):
        return None
    return all_labels(declared, present, required, unwanted)


def all_labels(
    declared: Sequence[str] | None,
    present: Sequence[str] | None,
    required: Iterable[str] = (),
    unwanted: Iterable[str] = (),
) -> list[str]:
    """Return the whole set that the object must carry, sorted, even if it carries it already.

    A live label keeps its spelling: the API may keep upper case (``instance_labels``), and a label that no manifest
    names is not changed.
    """
    spelt = {label.lower(): label for label in present or ()}
    return sorted(spelt.get(label, label) for label in _all(declared, present, required, unwanted))


def _all(
    declared: Sequence[str] | None, present: Sequence[str] | None, required: Iterable[str], unwanted: Iterable[str]
) -> set[str]:
    """Return the whole set that the object must carry, in lower case."""
    kept = _lower(present) if declared is None else _ordinary(declared) | (_lower(present) - _ordinary(present))
    return (kept - _lower(unwanted)) | _lower(required)


def compare_labels(declared: Sequence[str] | None, live: Live | None, found: Fields) -> None:
    """Compare the labels that a manifest declares with those of a live object (``None``: it is to be created)."""
    if declared is None:
        return
    before = None if live is None else declarable_labels(live.labels)
    after = declarable_labels(declared)
    if live is not None or after:
        found.add(("labels",), before, after, same=before == after)


def repeated_labels(labels: Iterable[str] | None) -> Iterator[Diagnostic]:
    """Yield a diagnostic for each label that differs from an earlier one in case only: the API keeps one of them."""
    seen: dict[str, str] = {}
    for number, label in enumerate(labels or ()):
        earlier = seen.setdefault(label.lower(), label)
        if earlier != label:
            message = f"label {label!r} is the same as {earlier!r}: labels are kept in lower case; keep one of them"
            yield Diagnostic(message, path=("labels", number))


def declarable_labels(labels: Iterable[str] | None) -> list[str]:
    """Return the labels that a manifest can declare, in lower case and sorted: all but reconciler's own."""
    return sorted(_ordinary(labels))


def _lower(labels: Iterable[str] | None) -> set[str]:
    return {label.lower() for label in labels or ()}


def _ordinary(labels: Iterable[str] | None) -> set[str]:
    return {label for label in _lower(labels) if not label.startswith(RESERVED)}
