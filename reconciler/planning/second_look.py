"""The resources that have to be looked up again after this run changed what they depend on."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from reconciler.model.kind import Registry
    from reconciler.model.resource import Resource
    from reconciler.planning.plan import Change


def second_looks(
    resources: Iterable[Resource], registry: Registry, graph: Mapping[str, Sequence[str]], changes: Sequence[Change]
) -> dict[str, str]:
    """Return why each resource is looked up again, by address; ``graph`` has what each depends on."""
    by_address = {change.address: change for change in changes}
    needs = [
        (look, each.address, graph[each.address])
        for each in resources
        if (look := registry[each.kind].second_look) and not each.lifecycle.unmanaged
    ]
    # The move of its owner may delete what is pruned, or make it what a manifest declares.
    needs += [
        (look, each.address, each.depends_on)
        for each in changes
        if each.resource is None and (look := each.kind.second_look)
    ]
    found = {}
    for look, address, needed in needs:
        before = (by_address[each] for each in needed if each in by_address and not by_address[each].deletes)
        reasons = (look.reason(each.address, each.live is None, each.fields) for each in before)
        if reason := next(filter(None, reasons), None):
            found[address] = reason
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


def with_reasons(changes: Iterable[Change], again: Mapping[str, str]) -> list[Change]:
    """Return the changes; those of resources that are looked up again say so."""
    return [
        replace(change, reason=f"{change.reason}; looked up again after {again[change.address]}")
        if change.address in again
        else change
        for change in changes
    ]
