"""Instances that are alike: of one group, such as an integration, with one name or names of one pattern."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reconciler.exporting.sets.patterns import best, filled

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator, Sequence

    from reconciler.model.resource import SetCustomer

FEWEST = 5
"""The fewest instances that make a set."""


@dataclass(frozen=True, slots=True)
class Named:
    """One instance that may become a member: a key to know it by, its group, its customer and its name."""

    key: Hashable
    group: str
    customer: SetCustomer
    name: str


@dataclass(frozen=True, slots=True)
class Group:
    """Instances of one group whose names follow one pattern; at most one for each customer."""

    group: str
    pattern: str
    """The name with placeholders of the customer, such as ``${customer.name} Inventory``."""
    members: tuple[Named, ...]


def groups(instances: Sequence[Named]) -> tuple[list[Group], dict[Hashable, str]]:
    """Return the groups of at least ``FEWEST``, and why others of the same group are in none, by their key."""
    by_group: dict[str, list[Named]] = {}
    for each in instances:
        by_group.setdefault(each.group, []).append(each)
    found: list[Group] = []
    apart: dict[Hashable, str] = {}
    for group, left in by_group.items():
        made = list(_of_one(group, left))
        found += made
        inside = {each.key for one in made for each in one.members}
        if len(left) >= FEWEST:
            apart |= {each.key: _reason(made) for each in left if each.key not in inside}
    return found, apart


def _of_one(group: str, left: Sequence[Named]) -> Iterator[Group]:
    """Yield the groups of one integration, the largest first."""
    while len(left) >= FEWEST:
        pattern = best([(each.customer, each.name) for each in left]).value
        members: dict[str, Named] = {}
        for each in left:
            if filled(pattern, each.customer) == each.name:
                members.setdefault(each.customer.handle, each)
        if len(members) < FEWEST:
            return
        yield Group(group, pattern, tuple(members.values()))
        inside = {each.key for each in members.values()}
        left = [each for each in left if each.key not in inside]


def _reason(made: Sequence[Group]) -> str:
    if not made:
        return f"its name is not like those of {FEWEST - 1} others of its integration"
    return "its name is not like those of the set"
