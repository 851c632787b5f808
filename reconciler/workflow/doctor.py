"""Examining a tenant: what holds there, without changing anything."""

from __future__ import annotations

import platform
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING

from reconciler import __version__
from reconciler.doctor.clock import clock_finding
from reconciler.doctor.findings import Examination, Finding
from reconciler.doctor.live_schema import live_schema, tried_operations
from reconciler.doctor.schema import schema_findings
from reconciler.errors import ApiError, NotAuthenticated, Rejected
from reconciler.model.tenant import Identity
from reconciler.prismatic.connection import identify
from reconciler.workflow.session import connect

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from reconciler.manifests.result import Manifests
    from reconciler.options import Options
    from reconciler.prismatic.client import Api
    from reconciler.workflow.session import Session

LIBRARIES = ("click", "gql", "graphql-core", "httpx", "msgspec", "PyYAML")


def examine(options: Options, manifests: Manifests | None = None) -> Examination:
    """Return what holds on the tenant; nothing is written. A tenant that cannot be reached is a problem in it."""
    found: list[Finding] = []
    requests = 0
    try:
        with connect(options, manifests, _who) as session:
            try:
                found += _read_only(session)
            finally:
                requests = session.stats.requests
    except ApiError as error:
        found.append(_unreached(error))
    return Examination(found, versions(), requests)


def versions() -> Mapping[str, str]:
    """Return the versions of reconciler, of Python with its platform, and of the libraries."""
    found = {"reconciler": __version__, "Python": platform.python_version(), "platform": platform.system()}
    for name in LIBRARIES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:  # in an image that was frozen without them
            found[name] = "unknown"
    return found


async def _who(api: Api) -> Identity:
    """Return whose token this is, as far as the API says it: what keeps it from answering is examined, too."""
    try:
        return await identify(api)
    except NotAuthenticated:
        raise
    except Rejected:
        return Identity(api.endpoint.url, "", "", "")


def _read_only(session: Session) -> Iterator[Finding]:
    yield _token_finding(session)
    connection = session.connection
    schema = connection.run(live_schema(connection.api))
    if isinstance(schema, str):
        yield Finding(
            "schema", "introspection", "unknown", "refused", f"the API does not describe its schema: {schema}"
        )
        yield from connection.run(tried_operations(connection.api))
    else:
        yield from schema_findings(schema)
    yield clock_finding(connection.api.clock)


def _token_finding(session: Session) -> Finding:
    if session.identity.organization_id:
        return Finding("connection", "token", "ok", "", "the API answers; the token is of a member of the organization")
    text = "the API answers, but does not say whose token this is; the schema and the permissions below may say why"
    return Finding("connection", "token", "problem", "", text)


def _unreached(error: ApiError) -> Finding:
    return Finding("connection", "stack", "problem", "", str(error))
