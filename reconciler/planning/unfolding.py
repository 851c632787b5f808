"""Resources about all parts of a live object: once the tenant is read, one resource for each part."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.manifests.unfolding import for_parts

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from reconciler.model.kind import Registry
    from reconciler.model.resource import Resource
    from reconciler.model.tenant import Read
    from reconciler.model.view import View

    PartsByAddress = Mapping[str, Sequence[Resource]]
    """The resources for the parts of an object, by the address of the resource that is about all of them."""


def part_reads(resource: Resource, registry: Registry, view: View) -> Iterator[Read]:
    """Yield the reads that show the parts of an open resource."""
    parts = registry[resource.kind].parts
    if resource.open and parts:
        yield from parts.reads(resource, view)


def parts_of(resources: Iterable[Resource], registry: Registry, view: View) -> PartsByAddress:
    """Return the resources that each open one means. One whose parts are not known stays as it is."""
    found: dict[str, Sequence[Resource]] = {}
    for resource in resources:
        kind = registry[resource.kind]
        if not resource.open or kind.parts is None or kind.spec.unfolding is None:
            continue
        names = kind.parts.names(resource, view)
        if names is not None:
            found[resource.address] = for_parts(resource, names, kind.spec.unfolding)
    return found


def with_parts(resources: Iterable[Resource], parts: PartsByAddress) -> list[Resource]:
    """Return the resources, those for parts in the places of the open ones that mean them."""
    return [each for resource in resources for each in parts.get(resource.address, (resource,))]
