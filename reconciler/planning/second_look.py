"""The resources that have to be looked up again after this run changed what they depend on."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from reconciler.model.kind import Kind, Registry
    from reconciler.model.resource import Resource
    from reconciler.planning.plan import Change


def second_looks(
    resources: Iterable[Resource], registry: Registry, graph: Mapping[str, Sequence[str]], changes: Sequence[Change]
) -> dict[str, str]:
    """Return why each resource is looked up again, by address; ``graph`` has what each depends on."""
    by_address = {change.address: change for change in changes}
    found = {}
    for resource in resources:
        kind = registry[resource.kind]
        if kind.second_look and not resource.lifecycle.unmanaged:
            before = (by_address[each] for each in graph[resource.address] if each in by_address)
            reason = next(filter(None, _reasons(kind, before)), "")
            if reason:
                found[resource.address] = reason
    for change in changes:
        if change.resource is None and change.kind.second_look:
            # The move of its owner may delete what is pruned, or make it what a manifest declares.
            before = (by_address[each] for each in change.depends_on if each in by_address)
            if reason := next(filter(None, _reasons(change.kind, before)), ""):
                found[change.address] = reason
    _put_off_deletions(found, by_address)
    return found


def _put_off_deletions(found: dict[str, str], changes: Mapping[str, Change]) -> None:
    """Put off, too, each deletion that comes after a change that is put off.

    What a put-off deletion depends on is deleted after it. What a put-off change stops to use is deleted after it, too.
    """
    freed = defaultdict(list)
    for change in changes.values():
        for address in change.after if change.deletes else ():
            freed[address].append(change.address)
    waiting = list(found)
    while waiting:
        address = waiting.pop()
        put_off = changes.get(address)
        for later in (*(put_off.depends_on if put_off and put_off.deletes else ()), *freed[address]):
            if later in changes and changes[later].deletes and later not in found:
                found[later] = found[address]
                waiting.append(later)


def _reasons(kind: Kind, needed: Iterable[Change]) -> Iterator[str]:
    for change in needed:
        if kind.second_look and not change.deletes:
            yield kind.second_look.reason(change.address, change.live is None, change.fields)


def with_reasons(changes: Iterable[Change], again: Mapping[str, str]) -> list[Change]:
    """Return the changes; those of resources that are looked up again say so."""
    return [
        replace(change, reason=f"{change.reason}; looked up again after {again[change.address]}")
        if change.address in again
        else change
        for change in changes
    ]
