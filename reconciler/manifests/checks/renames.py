"""Renames between manifests: who has a name now that another had before.

An object that is renamed is the one that had the old name, also where another manifest is to get that name in the same
run: ``renamedFrom`` follows the object.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from reconciler.model.diagnostic import Diagnostic

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence

    from reconciler.model.kind import Registry
    from reconciler.model.resource import Resource


def renames(resources: Iterable[Resource], kinds: Registry) -> Mapping[str, Sequence[str]]:
    """Return, by address, the addresses of the manifests whose objects had its name before."""
    resources = list(resources)
    renamed = [resource for resource in resources if resource.lifecycle.renamed_from]
    if not renamed:
        return {}
    holders: dict[tuple[str, Hashable], str] = {}
    for resource in resources:
        names = kinds[resource.kind].names
        if names:
            holders.setdefault((resource.kind, names.key(resource.spec)), resource.address)
    found: dict[str, list[str]] = defaultdict(list)
    for resource in renamed:
        names = kinds[resource.kind].names
        keys = [names.key({**resource.spec, "name": name}) for name in resource.lifecycle.renamed_from] if names else ()
        for key in keys:
            holder = holders.get((resource.kind, key))
            if holder and holder != resource.address:
                found[holder].append(resource.address)
    return found


def circular_renames(resources: Sequence[Resource], kinds: Registry) -> Iterator[Diagnostic]:
    """Yield each circle of names that are handed on: by names alone nobody knows whether it was done already."""
    by_address = {resource.address: resource for resource in resources}
    former = renames(resources, kinds)  # whose object had the name of an address before
    done: set[str] = set()
    for start in sorted(former):
        path = [start]
        while path[-1] not in done and (nexts := [each for each in former.get(path[-1], ()) if each not in done]):
            if nexts[0] in path:
                yield from _circle(path[path.index(nexts[0]) :], by_address, kinds)
                break
            path.append(nexts[0])
        done.update(path)


def _circle(members: Sequence[str], by_address: Mapping[str, Resource], kinds: Registry) -> Iterator[Diagnostic]:
    """Yield what is wrong with a circle, unless something else than the name identifies each of its objects."""
    resources = [by_address[each] for each in members]
    if not any(names.only(each.spec) for each in resources if (names := kinds[each.kind].names)):
        return
    first = min(resources, key=lambda each: each.address)
    others = ", ".join(each.address for each in resources if each is not first)
    yield Diagnostic(
        f"circular rename: {first.address} and {others} swap names; rename one of them to a "
        "temporary name first, and apply that",
        first.origin.place(("lifecycle", "renamedFrom"), key=True),
    )
