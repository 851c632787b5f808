"""Equal changes of many resources, reported once."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from reconciler.reports.shared.fields import leaves_of
from reconciler.reports.shared.topics import grouped, some
from reconciler.text.escape import safe
from reconciler.text.natural import natural
from reconciler.text.plural import counted, listed

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Hashable, Iterable, Iterator

    from reconciler.planning.masking import Mask
    from reconciler.planning.plan import Change

ALIKE = 4
"""From this many on, changes with equal fields are reported once, with a list of their resources."""
Item = TypeVar("Item")


def alike(items: Iterable[Item], key: Callable[[Item], tuple[Hashable, ...]]) -> list[list[Item]]:
    """Return the groups of many items with an equal key, in the order of their first items; an empty key is no key."""
    return [group for shape, group in grouped(items, key).items() if shape and len(group) >= ALIKE]


def alike_and_others(
    items: Iterable[Item], key: Callable[[Item], tuple[Hashable, ...]]
) -> tuple[list[list[Item]], list[Item]]:
    """Return the groups as :func:`alike` does, and the items that are in none, in their order."""
    items = list(items)
    groups = alike(items, key)
    together = {id(each) for group in groups for each in group}
    return groups, [each for each in items if id(each) not in together]


def in_common(addresses: Collection[str]) -> str:
    """Return how many resources these are, by their kind if they have one in common.

    >>> in_common(["Instance/a", "Instance/b"]), in_common(["Instance/a", "Customer/a"])
    ('2 Instances', '2 resources')
    """
    kinds = {address.partition("/")[0] for address in addresses}
    return counted(len(addresses), kinds.pop() if len(kinds) == 1 else "resource")


def first_of(addresses: Iterable[str]) -> str:
    """Return the first addresses in natural order, and how many others there are; safe to print."""
    names = sorted(map(safe, addresses), key=natural)
    return listed(names, len(some(names)))


def by_reason(found: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Yield names with their reason, those of many with one reason as one; safe to print.

    >>> [*by_reason((name, "it is ambiguous") for name in "abcd")]
    [('4 (a, b, c, d)', 'it is ambiguous')]
    """
    pairs = list(dict.fromkeys(found))
    many = {group[0][1]: group for group in alike(pairs, lambda pair: (pair[1],))}
    for name, reason in pairs:
        if reason not in many:
            yield safe(name), safe(reason)
        elif (group := many[reason])[0] == (name, reason):
            yield f"{len(group)} ({first_of(each for each, _ in group)})", safe(reason)


def shape(change: Change, mask: Mask) -> tuple[Hashable, ...]:
    """Return the actions and fields of a change, with whole values; empty for a creation and for one without fields."""
    if not change.fields or "create" in change.actions:
        return ()
    found = leaves_of(change, mask)
    return (change.kind.name, *change.actions, *((leaf.shape, leaf.secret, leaf.text) for leaf in found))
