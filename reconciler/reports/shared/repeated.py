"""Equal changes of many resources, reported once."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from reconciler.reports.shared.alike_fields import rows_of
from reconciler.reports.shared.fields import leaves
from reconciler.reports.shared.topics import grouped

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable

    from reconciler.planning.masking import Mask
    from reconciler.planning.plan import Change

ALIKE = 4
"""From this many on, changes with equal fields are reported once, with a list of their resources."""
Item = TypeVar("Item")


def alike(items: Iterable[Item], key: Callable[[Item], tuple[Hashable, ...]]) -> list[list[Item]]:
    """Return the groups of many items with an equal key, in the order of their first items; an empty key is no key."""
    return [group for shape, group in grouped(items, key).items() if shape and len(group) >= ALIKE]


def shape(change: Change, mask: Mask) -> tuple[Hashable, ...]:
    """Return the actions and fields of a change, with whole values; empty for a creation and for one without fields."""
    if not change.fields or "create" in change.actions:
        return ()
    rows = rows_of(leaf for each in change.fields for leaf in leaves(each, mask))
    return (change.kind.name, *change.actions, *((row.shape, row.secret, row.text) for row in rows))
