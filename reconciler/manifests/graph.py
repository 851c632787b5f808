"""The dependency graph of resources, from the references in their manifests."""

from __future__ import annotations

from graphlib import TopologicalSorter
from typing import TYPE_CHECKING

from reconciler.errors import UsageError
from reconciler.manifests.schema.schemas import INSTANCE_SET
from reconciler.text.suggest import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

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
    whole = f"{INSTANCE_SET}/"
    found = {target: _selected(target, resources) for target in _unlisted(targets, resources)}
    missing = [each for each, selected in found.items() if not selected and not each.startswith(whole)]
    check_targets(missing, {each.address for each in resources})
    return closure(resources, declared_targets(targets, resources), graph)


def declared_targets(targets: Iterable[str], resources: Sequence[Resource]) -> list[str]:
    """Return the targets that are declared; the address of a set means its members."""
    wanted = set(targets)
    for target in _unlisted(targets, resources):
        wanted.update(_selected(target, resources))
    return [each.address for each in resources if each.address in wanted]


def _unlisted(targets: Iterable[str], resources: Iterable[Resource]) -> list[str]:
    """Return the targets that are no address of a resource: those of sets, of several resources, or unknown ones."""
    addresses = {each.address for each in resources}
    return [each for each in targets if each not in addresses]


def _selected(target: str, resources: Iterable[Resource]) -> list[str]:
    """Return the addresses that a target means which is no address of a resource itself."""
    return [each.address for each in resources if _is_part(each, target) or _has_part(each, target)]


def _is_part(resource: Resource, target: str) -> bool:
    """Return whether a resource is one of the several that a target means."""
    member = resource.membership
    return member is not None and (
        member.set_address == target or (member.unfolded and resource.address.startswith(f"{target}."))
    )


def _has_part(resource: Resource, target: str) -> bool:
    """Return whether a target may be one of those that an open resource means."""
    return resource.open and target.startswith(f"{resource.address}.")


def may_unfold_to(address: str, declared: Iterable[str], registry: Registry) -> bool:
    """Return whether an address may be that of one of the resources that a declared manifest means."""
    kind = registry.kinds.get(address.partition("/")[0])
    unfolds = kind is not None and kind.spec.unfolding is not None
    return unfolds and any(address.startswith(f"{each}.") for each in declared)


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
