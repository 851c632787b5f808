"""The resources that have to be looked up again after this run changed what they depend on."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from reconciler.model.kind import Kind, Registry
    from reconciler.model.resource import Resource
    from reconciler.planning.plan import Change


def second_looks(
    resources: Iterable[Resource], registry: Registry, graph: Mapping[str, Sequence[str]], changes: Iterable[Change]
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
    waiting = [by_address[address] for address in found if address in by_address]
    while waiting:
        # What a put-off deletion depends on is deleted after it, and so put off with it.
        change = waiting.pop()
        for needed in change.depends_on if change.deletes else ():
            if needed in by_address and by_address[needed].deletes and needed not in found:
                found[needed] = found[change.address]
                waiting.append(by_address[needed])
    return found


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
