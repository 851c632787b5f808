"""Reaching the tenant."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from reconciler.errors import ManifestErrors, UsageError, WrongTenant
from reconciler.model.diagnostic import Diagnostic

if TYPE_CHECKING:
    from reconciler.manifests.result import Manifests
    from reconciler.model.tenant import Identity
    from reconciler.options import Options
    from reconciler.prismatic.connection import Connection
    from reconciler.prismatic.settings.endpoint import Endpoint


def connect(options: Options, manifests: Manifests | None) -> Connection:
    """Return the connection to the tenant that the manifests (if there are any) are for; to be entered.

    Entering it raises ``WrongTenant`` for a token of another organization than the environment's.
    """
    from reconciler.prismatic.client import Api
    from reconciler.prismatic.connection import Connection

    endpoint = _endpoint(options, manifests)
    api = Api(
        endpoint,
        transport=options.transport,
        rate=options.rate,
        batch_size=options.batch_size,
        retry=options.retry,
        timeout=options.timeout,
        stop=options.stop,
        known_secrets=options.known_secrets,
    )
    return Connection(api, partial(_check, manifests, endpoint.source))


def _endpoint(options: Options, manifests: Manifests | None) -> Endpoint:
    """Return where to connect to, and as whom; raises ``ManifestErrors`` for a wrong address in the project."""
    from reconciler.prismatic.settings.endpoint import find_endpoint

    environment = manifests.environment if manifests else None
    origin = manifests.project_origin if manifests else None
    if environment is None or origin is None or environment.url is None:
        return find_endpoint(options.environ, profile=options.profile)
    source = f"the environment {environment.name!r}"
    try:
        return find_endpoint(options.environ, profile=options.profile, url=environment.url, url_source=source)
    except UsageError as error:
        # All that is wrong with the project's address begins with who says it; the rest is the operator's own.
        if not str(error).startswith(source):
            raise
        place = origin.place(("spec", "environments", environment.name, "url"))
        raise ManifestErrors([Diagnostic(str(error), place)]) from None


def _check(manifests: Manifests | None, token: str, identity: Identity) -> None:
    """Raise ``WrongTenant`` unless the token is of the organization that the environment stands for."""
    from reconciler.manifests.checks.organization import organization_problem

    problem = organization_problem(manifests, identity, token) if manifests else None
    if problem:
        raise WrongTenant([problem])
