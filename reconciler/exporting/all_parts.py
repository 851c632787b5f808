"""Objects that are alike become one manifest: a monitor's ``flows: all``, and ``instances: {sets: [inventory]}``.

Before it is written, it is unfolded as every run unfolds it. Planning all parts must find nothing to do, and what a set
gives each of its members must be the manifest that the member would have by itself.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from reconciler.exporting.handles import handle
from reconciler.exporting.proving import prove
from reconciler.exporting.sets.patterns import identity
from reconciler.manifests.graph import closure, dependencies
from reconciler.manifests.unfolding import Unfolder
from reconciler.model.capabilities.spec import ALL
from reconciler.model.resource import Membership, SetCustomer
from reconciler.planning.unfolding import with_parts

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from reconciler.exporting.drafts import Draft
    from reconciler.exporting.sets.making import MadeSet
    from reconciler.model.capabilities.spec import Unfolding
    from reconciler.model.kind import Registry
    from reconciler.model.resource import Resource
    from reconciler.planning.prefetch import Reading

FEWEST = 2
"""The fewest objects that are written as one manifest."""


def with_all_parts(
    drafts: Sequence[Draft], declared: Collection[str], resources: Sequence[Resource], reading: Reading
) -> list[Draft]:
    """Return the drafts, with one in the place of those that are alike and about all parts of an object.

    ``declared`` are the IDs of the objects that have a manifest already; ``resources`` are the existing manifests.
    """
    groups = {_whole(group).address: group for group in _alike(drafts, declared)}
    if not groups:
        return list(drafts)
    wholes = {address: _whole(group) for address, group in groups.items()}
    proven = _proven(wholes, groups, [*resources, *(each.resource for each in drafts)], reading)
    first = {groups[address][0].address: wholes[address] for address in proven}
    gone = {each.address for address in proven for each in groups[address][1:]}
    return [first.get(each.address, each) for each in drafts if each.address not in gone]


def _alike(drafts: Iterable[Draft], declared: Collection[str]) -> list[list[Draft]]:
    """Return the new drafts that differ in their part alone, where these are several."""
    groups: dict[tuple[str, str], list[Draft]] = {}
    for draft in drafts:
        unfolding = _unfolding(draft)
        if unfolding and unfolding.part in draft.spec and draft.live.id not in declared and not draft.held:
            about_all = _instead(draft.spec, unfolding.part, unfolding.parts, ALL)
            groups.setdefault((draft.kind.name, identity(about_all)), []).append(draft)
    return [group for group in groups.values() if len(group) >= FEWEST]


def _unfolding(draft: Draft) -> Unfolding | None:
    return draft.kind.spec.unfolding if draft.kind.parts else None


def _whole(group: Sequence[Draft]) -> Draft:
    """Return the draft about all parts, with the shortest handle: that without the name of a part, if it was free."""
    handle = min((draft.handle for draft in group), key=lambda each: (len(each), each))
    unfolding = group[0].kind.spec.unfolding
    assert unfolding  # noqa: S101 - chosen by it
    part, parts = unfolding.part, unfolding.parts
    spec, whole = (_instead(each, part, parts, ALL) for each in (group[0].spec, group[0].whole))
    return replace(group[0], handle=handle, spec=spec, whole=whole)


def _instead(spec: Mapping[str, Any], one: str, several: str, chosen: Any) -> dict[str, Any]:
    """Return a spec with a field that chooses several in the place, and the order, of the one about a single."""
    return {several if key == one else key: chosen if key == one else value for key, value in spec.items()}


def _proven(
    wholes: Mapping[str, Draft], groups: Mapping[str, Sequence[Draft]], others: Sequence[Resource], reading: Reading
) -> list[str]:
    """Return the addresses of the drafts about all parts that are exactly what the tenant has."""
    replaced = {draft.address for group in groups.values() for draft in group}
    opened = [replace(each.resource, open=True) for each in wholes.values()]
    pool = [*(each for each in others if each.address not in replaced), *opened]
    graph = dependencies(pool, reading.registry)
    needed = closure(pool, [each.address for each in opened], graph)
    parts = reading.read_parts(needed)
    found = [
        address
        for address, unfolded in parts.items()
        if address in groups and _parts(unfolded, groups[address]) == _parts(groups[address], groups[address])
    ]
    kept = [each for each in needed if not each.open or each.address in found]
    refused: dict[str, str] = {}
    wrong = {*prove(with_parts(kept, parts), reading, refused), *refused}
    return [address for address in found if wrong.isdisjoint(each.address for each in parts[address])]


def _parts(about: Iterable[Resource | Draft], group: Sequence[Draft]) -> set[str]:
    """Return the parts that resources or drafts of a group's kind are about."""
    unfolding = group[0].kind.spec.unfolding
    return {each.spec[unfolding.part] for each in about} if unfolding else set()


def with_all_members(
    drafts: Sequence[Draft],
    declared: Collection[str],
    resources: Sequence[Resource],
    sets: Iterable[MadeSet],
    registry: Registry,
) -> list[Draft]:
    """Return the drafts, with one in the place of those that are alike and about all members of a set.

    ``declared`` are the IDs of the objects that have a manifest already; ``resources`` are the existing manifests, and
    ``sets`` the new sets.
    """
    members = [each for each in resources if each.membership and not each.membership.unfolded]
    for made in sets:
        for customer, draft in made.draft.members.items():
            own = Membership(made.draft.address, SetCustomer(customer, customer))
            members.append(replace(draft.resource, membership=own))
    addresses = {each.membership.set_address for each in members if each.membership}
    unfolder = Unfolder(registry, members, addresses)
    taken = [*(each.address for each in resources), *(each.address for each in drafts)]
    found = list(drafts)
    for group in _of_objects(drafts, declared):
        for address in sorted(addresses):
            found = _with_whole_set(found, group, address, unfolder, taken)
    return found


def _of_objects(drafts: Iterable[Draft], declared: Collection[str]) -> Iterable[dict[str, Draft]]:
    """Return the new drafts that differ in their object alone, by the handle of the object."""
    groups: dict[tuple[str, str], dict[str, Draft]] = {}
    for draft in drafts:
        unfolding = draft.kind.spec.unfolding
        if unfolding and draft.live.id not in declared and not draft.held:
            named = draft.spec.get(unfolding.object)
            rest = {key: value for key, value in draft.spec.items() if key != unfolding.object}
            if isinstance(named, str):
                groups.setdefault((draft.kind.name, identity(rest)), {})[named] = draft
    return groups.values()


def _with_whole_set(
    drafts: list[Draft], group: Mapping[str, Draft], address: str, unfolder: Unfolder, taken: list[str]
) -> list[Draft]:
    """Return the drafts, with one about a whole set if those of a group are what it means."""
    one = next(iter(group.values()))
    unfolding, kind = one.kind.spec.unfolding, one.kind.name
    set_kind, _, set_handle = address.partition("/")
    if unfolding is None or set_kind != unfolding.sets:
        return drafts
    chosen = {"sets": [set_handle]}
    spec, whole = (_instead(each, unfolding.object, unfolding.objects, chosen) for each in (one.spec, one.whole))
    used = {each.partition("/")[2] for each in taken if each.startswith(f"{kind}/")}
    name = handle([f"{set_handle} {one.kind.spec.title(one.spec)}"], used, otherwise=kind.lower())
    made = replace(one, handle=name, owner=None, spec=spec, whole=whole)
    earlier = len(unfolder.problems)
    meant = {each.spec[unfolding.object]: each.spec for each in unfolder.unfolded(made.resource)}
    known = {handle: draft.spec for handle, draft in group.items() if handle in meant}
    if len(meant) < FEWEST or len(unfolder.problems) > earlier or identity(known) != identity(meant):
        return drafts
    taken.append(made.address)
    gone = {group[each].address for each in meant}
    return [*(each for each in drafts if each.address not in gone), made]
