"""Objects that are alike and about all parts of another object become one manifest, such as a monitor's ``flows: all``.

Before it is written, it is unfolded as every run unfolds it, and planning the result must find nothing to do.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from reconciler.exporting.proving import prove
from reconciler.exporting.sets.patterns import identity
from reconciler.manifests.graph import closure, dependencies
from reconciler.model.capabilities.spec import ALL
from reconciler.planning.unfolding import with_parts

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from reconciler.exporting.drafts import Draft
    from reconciler.model.capabilities.spec import Unfolding
    from reconciler.model.resource import Resource
    from reconciler.planning.prefetch import Reading


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
            groups.setdefault((draft.kind.name, identity(_instead(draft.spec, unfolding))), []).append(draft)
    return [group for group in groups.values() if len(group) > 1]


def _unfolding(draft: Draft) -> Unfolding | None:
    return draft.kind.spec.unfolding if draft.kind.parts else None


def _whole(group: Sequence[Draft]) -> Draft:
    """Return the draft about all parts, with the shortest handle: that without the name of a part, if it was free."""
    handle = min((draft.handle for draft in group), key=lambda each: (len(each), each))
    unfolding = group[0].kind.spec.unfolding
    assert unfolding  # noqa: S101 - chosen by it
    spec, whole = (_instead(each, unfolding) for each in (group[0].spec, group[0].whole))
    return replace(group[0], handle=handle, spec=spec, whole=whole)


def _instead(spec: Mapping[str, Any], unfolding: Unfolding) -> dict[str, Any]:
    """Return a spec about all parts in place of one."""
    part = unfolding.part
    return {unfolding.parts if key == part else key: ALL if key == part else value for key, value in spec.items()}


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
