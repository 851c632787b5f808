"""Addresses at which connections are still to be authorized."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reconciler.workflow.session import Session


def authorize_urls(session: Session) -> dict[str, Mapping[str, str]]:
    """Return the authorize URLs of each resource, by name of the connection. They are secrets."""
    from reconciler.planning.prefetch import read_for
    from reconciler.planning.shards import choose

    options, registry, read = session.options, session.registry, session.connection.read
    chosen = choose(session.manifests.resources, options.manifests.targets, registry, options.plan.shard)
    view = read_for(chosen, registry, session.empty_tenant(), read)
    pending = [
        (resource, authorization, addresses)
        for resource in chosen
        if (authorization := registry[resource.kind].authorization)
        and (live := view.live(resource.address))
        and (addresses := authorization.reads(live))
    ]
    read(view.tenant, [addresses for _, _, addresses in pending])
    return {
        resource.address: authorization.urls(node)
        for resource, authorization, addresses in pending
        for node in view.tenant.find(addresses.collection, addresses.key)
    }
