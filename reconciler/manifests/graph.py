"""The dependency graph of resources, from the references in their manifests."""

from __future__ import annotations

from graphlib import TopologicalSorter
from typing import TYPE_CHECKING

from reconciler.errors import UsageError
from reconciler.manifests.schema.schemas import set_kinds
from reconciler.text.suggest import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Collection, Container, Iterable, Iterator, Mapping, Sequence

    from reconciler.model.kind import Registry
    from reconciler.model.resource import Resource


def dependencies(resources: Iterable[Resource], registry: Registry) -> dict[str, tuple[str, ...]]:
    """Return, for every address, the addresses that its manifest refers to."""
    return {
        resource.address: tuple(
            sorted({reference.address for reference in registry[resource.kind].spec.references(resource.spec)})
        )
        for resource in resources
    }


def in_order(resources: Sequence[Resource], graph: Mapping[str, Sequence[str]], registry: Registry) -> list[Resource]:
    """Return the resources, each after its dependencies, in the same order in every run.

    Otherwise kinds of a lower level come first, then lower addresses. The graph has no circles, since reading the
    manifests refuses them.
    """
    by_address = {resource.address: resource for resource in resources}

    def rank(address: str) -> tuple[int, str]:
        return (registry[by_address[address].kind].level, address)

    sorter = TopologicalSorter(
        {address: [each for each in graph[address] if each in by_address] for address in by_address}
    )
    sorter.prepare()
    ordered: list[Resource] = []
    while sorter.is_active():
        ready = sorted(sorter.get_ready(), key=rank)
        ordered += (by_address[address] for address in ready)
        sorter.done(*ready)
    return ordered


def select(resources: Sequence[Resource], targets: Sequence[str], graph: Mapping[str, Sequence[str]]) -> list[Resource]:
    """Return the targets and their dependencies; all resources when there is no target.

    Raises ``UsageError`` for a target that is in no manifest. The address of a set, which reading the manifests has
    checked, means its members. An open resource is selected where a target may be one of its parts.
    """
    if not targets:
        return list(resources)
    known = Addresses(resources)
    others = (each for each in targets if not known.meant(each))
    check_targets([each for each in others if each.partition("/")[0] not in set_kinds()], known.own)
    return closure(resources, known.chosen(targets), graph)


def declared_targets(targets: Iterable[str], resources: Sequence[Resource]) -> list[str]:
    """Return the targets that are declared; the address of a set means its members."""
    return Addresses(resources).chosen(targets)


class Addresses:
    """What an address means among some resources: one of them, the members of a set, or a part of an object."""

    def __init__(self, resources: Iterable[Resource]) -> None:
        self.own: dict[str, None] = {}
        self._several: dict[str, list[str]] = {}
        self._open: set[str] = set()
        for each in resources:
            self.own[each.address] = None
            if each.open:
                self._open.add(each.address)
            if each.membership:
                whole = each.membership.set_address
                self._several.setdefault(whole, []).append(each.address)
                for shorter in _shorter(each.address) if each.membership.unfolded else ():
                    if len(shorter) > len(whole):
                        self._several.setdefault(shorter, []).append(each.address)

    def meant(self, address: str) -> Sequence[str]:
        """Return the addresses of the resources that an address means; of a part, that of all parts of its object."""
        if address in self.own:
            return (address,)
        return self._several.get(address) or [each for each in _shorter(address) if each in self._open]

    def chosen(self, targets: Iterable[str]) -> list[str]:
        """Return the addresses of the resources that targets mean, in the order of the resources."""
        wanted = {each for target in targets for each in self.meant(target)}
        return [each for each in self.own if each in wanted]


def _shorter(address: str) -> Iterator[str]:
    """Yield the address without its last part, without its last two parts, and so on.

    >>> list(_shorter("Kind/failed.acme.sync"))
    ['Kind/failed.acme', 'Kind/failed']
    """
    while "." in address.partition("/")[2]:
        address = address.rpartition(".")[0]
        yield address


def may_unfold_to(address: str, declared: Container[str], registry: Registry) -> bool:
    """Return whether an address may be that of one of the resources that a declared manifest means."""
    kind = registry.kinds.get(address.partition("/")[0])
    unfolds = kind is not None and kind.spec.unfolding is not None
    return unfolds and any(each in declared for each in _shorter(address))


def check_targets(targets: Iterable[str], addresses: Collection[str]) -> None:
    """Raise ``UsageError`` for targets that are not among the addresses of the manifests."""
    unknown = [target for target in targets if target not in addresses]
    if unknown:
        lines = [f"--target {name}: no manifest has this address; {did_you_mean(name, addresses)}" for name in unknown]
        raise UsageError("\n".join(lines))


def closure(
    resources: Sequence[Resource], targets: Sequence[str], graph: Mapping[str, Sequence[str]]
) -> list[Resource]:
    """Return the targets, which all exist, and their dependencies."""
    chosen: set[str] = set()
    waiting = list(targets)
    while waiting:
        address = waiting.pop()
        if address not in chosen:
            chosen.add(address)
            waiting += graph.get(address, ())
    return [resource for resource in resources if resource.address in chosen]
