"""Reaching the tenant."""

from __future__ import annotations

from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING

from reconciler.errors import ManifestErrors, UsageError, WrongTenant
from reconciler.manifests.result import Manifests
from reconciler.model.diagnostic import Diagnostic
from reconciler.workflow.session import Session

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reconciler.model.tenant import Identity
    from reconciler.options import Options
    from reconciler.prismatic.settings.endpoint import Endpoint


@contextmanager
def connect(options: Options, manifests: Manifests | None = None) -> Iterator[Session]:
    """Sign in to the tenant that the manifests (if there are any) are for, and yield the session.

    Raises ``WrongTenant`` for a token of another organization than the environment's.
    """
    from reconciler.planning.masking import History
    from reconciler.prismatic.client import Api
    from reconciler.prismatic.connection import Connection

    manifests = manifests or Manifests()
    endpoint = _endpoint(options, manifests)
    wanted = options.connection
    api = Api(
        endpoint,
        transport=wanted.transport,
        rate=wanted.rate,
        batch_size=wanted.batch_size,
        retry=wanted.retry,
        timeout=wanted.timeout,
        stop=options.stop,
        known_secrets=options.known_secrets,
    )
    with Connection(api, partial(_check, manifests, endpoint.source)) as connection:
        yield Session(options, manifests, connection, History(options.known_secrets))


def _endpoint(options: Options, manifests: Manifests) -> Endpoint:
    """Return where to connect to, and as whom; raises ``ManifestErrors`` for a wrong address in the project."""
    from reconciler.prismatic.settings.endpoint import find_endpoint

    environ, profile = options.environ, options.connection.profile
    environment, origin = manifests.environment, manifests.project_origin
    if environment is None or origin is None or environment.url is None:
        return find_endpoint(environ, profile=profile)
    source = f"the environment {environment.name!r}"
    try:
        return find_endpoint(environ, profile=profile, url=environment.url, url_source=source)
    except UsageError as error:
        # Problems with the project's address begin with the environment; all others are the operator's.
        if not str(error).startswith(source):
            raise
        place = origin.place(("spec", "environments", environment.name, "url"))
        raise ManifestErrors([Diagnostic(str(error), place)]) from None


def _check(manifests: Manifests, token: str, identity: Identity) -> None:
    """Raise ``WrongTenant`` unless the token is of the organization that the environment stands for."""
    from reconciler.manifests.checks.organization import organization_problem

    problem = organization_problem(manifests, identity, token)
    if problem:
        raise WrongTenant([problem])
