"""Which customers a set names: all, those with a label, all but some, or each by its handle."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reconciler.text.natural import natural

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from reconciler.model.resource import SetCustomer

MOST_EXCLUDED = 4
"""One in so many of the members may be excluded before the members themselves are listed."""


def choosing(members: Collection[str], customers: Sequence[SetCustomer]) -> dict[str, Any]:
    """Return the ``customers`` of a set that chooses just the members, by handle, of all declared customers."""
    others = sorted((each.handle for each in customers if each.handle not in members), key=natural)
    if not others:
        return {"from": "manifests"}
    label = _label(members, customers)
    if label:
        return {"from": "manifests", "labels": [label]}
    if MOST_EXCLUDED * len(others) <= len(members):
        return {"from": "manifests", "exclude": others}
    return {"from": "manifests", "names": sorted(members, key=natural)}


def _label(members: Collection[str], customers: Sequence[SetCustomer]) -> str | None:
    """Return the label that the members have and nobody else; of several the first in the alphabet."""
    shared: set[str] | None = None
    for each in customers:
        if each.handle in members:
            labels = {label.casefold() for label in each.labels}
            shared = labels if shared is None else shared & labels
    for each in customers:
        if each.handle not in members:
            shared = (shared or set()) - {label.casefold() for label in each.labels}
    return min(shared, default=None) if shared else None
