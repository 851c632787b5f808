"""The sets of instances that a plan is about: who their members are, and who is left out."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from reconciler.model.place import Place
    from reconciler.model.resource import Resource, SetCustomer


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A customer that a set does not select, and the reason, such as ``excluded``."""

    customer: SetCustomer
    reason: str


@dataclass(frozen=True, slots=True)
class PlannedSet:
    """One set, as far as a plan is about it: ``--target`` and ``--shard`` may leave only a part of its members."""

    address: str
    members: Mapping[str, SetCustomer] = field(default_factory=dict)
    """The customers of the members that the plan compared, by the address of the member."""
    size: int = 0
    """All members of the set, compared or not."""
    left_out: tuple[LeftOut, ...] = ()
    place: Place | None = None


def planned_sets(
    declared: Iterable[Resource],
    compared: Iterable[Resource],
    left_out: Mapping[str, tuple[LeftOut, ...]] | None = None,
) -> tuple[PlannedSet, ...]:
    """Return the sets of a plan by address: all members are ``declared``, those that the plan is about ``compared``.

    ``left_out`` are the customers that each set leaves out, by its address. A set without members has no place.
    """
    known = left_out or {}
    sizes: dict[str, int] = defaultdict(int)
    places: dict[str, Place] = {}
    for resource in declared:
        if resource.membership:
            sizes[resource.membership.set_address] += 1
            places.setdefault(resource.membership.set_address, resource.origin.start)
    members: dict[str, dict[str, SetCustomer]] = defaultdict(dict)
    for resource in compared:
        if resource.membership:
            members[resource.membership.set_address][resource.address] = resource.membership.customer
    return tuple(
        PlannedSet(address, members[address], sizes[address], known.get(address, ()), places.get(address))
        for address in sorted({*members, *known})
    )
