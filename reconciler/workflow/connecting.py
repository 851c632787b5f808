"""Reaching the tenant."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from reconciler.errors import WrongTenant

if TYPE_CHECKING:
    from reconciler.kinds.tenant import Identity
    from reconciler.manifests import Manifests
    from reconciler.options import Options
    from reconciler.prismatic.connection import Connection


def connect(options: Options, manifests: Manifests | None) -> Connection:
    """Return the connection to the tenant that the manifests (if there are any) are for; to be entered.

    Entering it raises ``WrongTenant`` for a token of another organization than the environment's.
    """
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
        check=partial(_check, manifests, endpoint.source),
    )


def _check(manifests: Manifests | None, token: str, identity: Identity) -> None:
    """Raise ``WrongTenant`` unless the token is of the organization that the environment stands for."""
    from reconciler.manifests.organization import organization_problem

    problem = organization_problem(manifests, identity, token) if manifests else None
    if problem:
        raise WrongTenant([problem])
