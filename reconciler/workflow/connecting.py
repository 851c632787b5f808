"""Reaching the tenant."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reconciler.manifests import Manifests
    from reconciler.options import Options
    from reconciler.prismatic.connection import Connection


def connect(options: Options, manifests: Manifests | None) -> Connection:
    """Return the connection to the tenant that the manifests (if there are any) are for; to be entered."""
    from reconciler.prismatic.connection import Connection
    from reconciler.prismatic.settings import find_endpoint

    url = manifests.environment.url if manifests and manifests.environment else None
    endpoint = find_endpoint(options.environ, profile=options.profile, url=url)
    return Connection(
        endpoint,
        transport=options.transport,
        rate=options.rate,
        batch_size=options.batch_size,
        retry=options.retry,
        timeout=options.timeout,
        stop=options.stop,
    )
