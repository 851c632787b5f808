"""What all kinds know of a tenant, read in as few requests as it takes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.kinds.knowledge import Surroundings
from reconciler.manifests.locate import Layers
from reconciler.planning.reading import view_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from reconciler.kinds.kind import Registry
    from reconciler.kinds.knowledge import Knowledge
    from reconciler.kinds.pins import Pins
    from reconciler.kinds.resource import Resource
    from reconciler.kinds.tenant import Read, Tenant


def know(
    resources: Sequence[Resource],
    pins: Pins,
    registry: Registry,
    tenant: Tenant,
    read: Callable[[Tenant, Sequence[Read]], None],
) -> dict[str, Knowledge]:
    """Return, by kind, what it knows of the tenant."""
    layered = frozenset(
        each.address for each in resources if isinstance(each.origin, Layers) and len(each.origin.documents) > 1
    )

    def surroundings() -> Surroundings:
        return Surroundings(resources, view_of(tenant, resources, registry, pins), layered)

    known = surroundings()
    while missing := _missing(registry, known, tenant):
        read(tenant, missing)
        known = surroundings()
    found = {kind.name: kind.knowledge(known) for kind in registry}
    return {name: each for name, each in found.items() if each is not None}


def _missing(registry: Registry, known: Surroundings, tenant: Tenant) -> list[Read]:
    asked = dict.fromkeys(each for kind in registry for each in kind.knowledge_reads(known))
    return [each for each in asked if not tenant.answered(each)]
