"""Where somebody must still authorize a connection."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.model.tenant import Tenant

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reconciler.manifests.result import Manifests
    from reconciler.options import Options
    from reconciler.prismatic.connection import Connection


def authorize_urls(options: Options, manifests: Manifests, connection: Connection) -> dict[str, Mapping[str, str]]:
    """Return, by address, where somebody must still authorize a connection. Secrets: only for who asked for them."""
    from reconciler.planning.prefetch import read_for
    from reconciler.planning.shards import choose

    chosen = choose(manifests.resources, options.targets, options.registry, options.shard)
    view = read_for(chosen, options.registry, Tenant(connection.identity), connection.read)
    pending = [
        (resource, read)
        for resource in chosen
        if (live := view.live(resource.address)) and (read := options.registry[resource.kind].authorizations(live))
    ]
    connection.read(view.tenant, [read for _, read in pending])
    return {
        resource.address: options.registry[resource.kind].authorize_urls(node)
        for resource, read in pending
        for node in view.tenant.find(read.collection, read.key)
    }
