"""The sets that a plan is about: who their members are, and who is left out."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from reconciler.manifests.sets.summary import LeftOut, SetSummary
    from reconciler.model.place import Place
    from reconciler.model.resource import Resource, SetCustomer


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
    unfolded: bool = False
    """Whether one manifest means all members, perhaps several of one customer."""


def planned_sets(
    declared: Iterable[Resource], compared: Iterable[Resource], summaries: Iterable[SetSummary]
) -> tuple[PlannedSet, ...]:
    """Return the sets that a plan is about: of the members that are ``declared``, those that are ``compared``.

    A manifest that means several resources is a set too.
    """
    sizes = Counter(resource.membership.set_address for resource in declared if resource.membership)
    members: dict[str, dict[str, SetCustomer]] = defaultdict(dict)
    places: dict[str, Place] = {}
    for resource in compared:
        if resource.membership:
            places.setdefault(resource.membership.set_address, resource.origin.start)
            members[resource.membership.set_address][resource.address] = resource.membership.customer
    found = [
        PlannedSet(each.address, members[each.address], sizes[each.address], each.left_out, each.place)
        for each in summaries
        # A target in another set is not about this one; a set without members is about those that it leaves out.
        if each.address in members or not sizes[each.address]
    ]
    known = {each.address for each in found}
    several = (
        PlannedSet(address, members[address], sizes[address], place=places[address], unfolded=True)
        for address in members
        if address not in known
    )
    return (*found, *several)
