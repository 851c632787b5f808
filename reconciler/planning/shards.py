"""Shards: one tenant's plan in parts, for several machines to make and apply side by side.

What hangs together stays together: a customer with its users and instances. Which shard it is in depends on what
identifies it, and on nothing else, so every machine comes to the same answer without asking another.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from reconciler.errors import PlanRefused, UsageError
from reconciler.manifests.graph import closure, dependencies, select
from reconciler.model.diagnostic import Diagnostic

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator, Mapping, Sequence

    from reconciler.model.kind import Registry
    from reconciler.model.resource import Resource
    from reconciler.planning.plan import Change, Plan

_FORM = re.compile(r"([1-9][0-9]{0,3})/([1-9][0-9]{0,3})")


@dataclass(frozen=True, slots=True)
class Shard:
    """The part ``index`` (from 1 on) of ``count``."""

    index: int
    count: int

    @classmethod
    def parse(cls, text: str) -> Shard:
        """Return the shard that ``I/N`` names; raises ``UsageError``."""
        found = _FORM.fullmatch(text)
        if not found or int(found[1]) > int(found[2]):
            raise UsageError(f"{text!r}: expected I/N, such as 2/5 for the second of five")
        return cls(int(found[1]), int(found[2]))

    def __str__(self) -> str:
        return f"{self.index}/{self.count}"

    def holds(self, key: str) -> bool:
        """Return whether the resource with ``key`` is in this shard; each is in exactly one."""
        digest = hashlib.sha256(key.encode("utf-8", "surrogatepass")).digest()
        return int.from_bytes(digest[:8]) % self.count == self.index - 1


def shard_keys(resources: Sequence[Resource], registry: Registry) -> dict[str, str]:
    """Return, by address, what decides on a resource's shard: the same for all that hang together.

    What has a parent hangs together with that, and with nothing else: the organization's objects are shared by many
    customers, which would all be in one shard. Of several that hang together it is the least key of those that depend
    on none.
    """
    keys, ties = {}, {}
    for resource in resources:
        kind = registry[resource.kind]
        key = kind.parent.shard_key(resource.spec) if kind.parent else kind.spec.identity(resource.spec)
        keys[resource.address] = repr(key)
        references = kind.spec.references(resource.spec)
        ties[resource.address] = [each.address for each in references if each.parent or kind.parent is None]
    leader = {address: address for address in keys}

    def find(address: str) -> str:
        while leader[address] != address:
            leader[address] = leader[leader[address]]
            address = leader[address]
        return address

    for address in keys:
        for needed in ties[address]:
            if needed in keys:
                leader[find(address)] = find(needed)
    roots: dict[str, str] = {}
    for address, key in keys.items():
        if not any(needed in keys for needed in ties[address]):
            roots[find(address)] = min(key, roots.get(find(address), key))
    return {address: roots[find(address)] for address in keys}


def choose(
    resources: Sequence[Resource], targets: Sequence[str], registry: Registry, shard: Shard | None = None
) -> list[Resource]:
    """Return the targets (all, if there are none) of the shard, with their dependencies.

    Dependencies of another shard are read here, and changed by the run of that shard.
    """
    graph = dependencies(resources, registry)
    chosen = select(resources, targets, graph)
    if shard is None:
        return chosen
    keys = shard_keys(chosen, registry)
    return closure(chosen, [each.address for each in chosen if shard.holds(keys[each.address])], graph)


def part_of(plan: Plan, shard: Shard, resources: Sequence[Resource], registry: Registry) -> Plan:
    """Return the shard's part of a whole plan, which was made of the resources."""
    keys = shard_keys(resources, registry)
    by_address = {change.address: change for change in plan}

    def mine(address: str) -> bool:
        return shard.holds(keys.get(address) or _key_of(by_address.get(address), address, by_address, keys))

    changes = tuple(change for change in plan if mine(change.address))
    problems = list(_missing(changes, by_address, {change.address for change in changes}))
    if problems:
        raise PlanRefused(problems)
    changed = {change.address for change in changes}
    return replace(
        plan,
        changes=changes,
        unchanged=sum(shard.holds(key) for address, key in keys.items() if address not in changed),
        warnings=tuple(each for each in plan.warnings if each.address is None or mine(each.address)),
        orphans=tuple(each for each in plan.orphans if shard.holds(each.address)),
        again={address: each for address, each in plan.again.items() if mine(address)},
        compared={address: each for address, each in plan.compared.items() if mine(address)},
    )


def _missing(changes: Iterable[Change], by_address: Mapping[str, Change], mine: Container[str]) -> Iterator[Diagnostic]:
    """Yield what a shard's changes need that another shard is still to create."""
    for change in changes:
        for needed in change.depends_on if not change.deletes else ():
            other = by_address.get(needed)
            if other and other.live is None and needed not in mine:
                yield Diagnostic(
                    f"{change.address}: it depends on {needed}, which does not exist yet and is in another shard; "
                    f"apply that first, with --target {needed}",
                    change.source,
                )


def _key_of(change: Change | None, address: str, by_address: Mapping[str, Change], keys: Mapping[str, str]) -> str:
    """Return the key of an undeclared object: that of its parent, else its own."""
    for owner in change.depends_on if change else ():
        return keys.get(owner) or _key_of(by_address.get(owner), owner, by_address, keys)
    owned_by = change.kind.parent_id(change.live) if change and change.live else None
    return owned_by or address
