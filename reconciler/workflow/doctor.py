"""Examining a tenant: what holds there, without changing anything."""

from __future__ import annotations

import platform
from dataclasses import replace
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING

from reconciler import __version__
from reconciler.doctor.clock import clock_finding
from reconciler.doctor.findings import Examination, Finding
from reconciler.doctor.latency import latency, throttling
from reconciler.doctor.live_schema import UNCHECKED, live_schema, tried_operations
from reconciler.doctor.overview import overview, page_finding, plan_requests
from reconciler.doctor.schema import schema_findings
from reconciler.doctor.words import Discreet, reason_of
from reconciler.errors import ApiError, NotAuthenticated, Rejected
from reconciler.model.tenant import Identity
from reconciler.prismatic.connection import identify
from reconciler.prismatic.graphql.page_sizes import LARGEST_PAGE
from reconciler.prismatic.http.retry import RetryPolicy
from reconciler.workflow.session import connect

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from reconciler.manifests.result import Manifests
    from reconciler.options import Options
    from reconciler.prismatic.client import Api
    from reconciler.workflow.session import Session

FAST = 1000.0
"""Requests a second: more than the API allows."""
LIBRARIES = ("click", "gql", "graphql-core", "httpx", "msgspec", "PyYAML")


def examine(options: Options, manifests: Manifests | None = None, *, measure: bool = False) -> Examination:
    """Return what holds on the tenant; nothing is written. A tenant that cannot be reached is a problem in it.

    ``measure`` sends more requests, to find out the latency and the rate at which the API throttles.
    """
    found: list[Finding] = []
    requests = 0
    try:
        with connect(discreet(options), manifests, _who) as session:
            try:
                found.extend(_read_only(session, measure=measure))
            finally:
                requests = session.stats.requests
    except ApiError as error:
        found.append(_unreached(error))
    return Examination(found, versions(), requests)


def discreet(options: Options) -> Options:
    """Return the options with which no answer has the API's own words, so that no finding can have them."""
    return replace(options, connection=replace(options.connection, redactor=Discreet))


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


def _read_only(session: Session, *, measure: bool) -> Iterator[Finding]:
    yield _token_finding(session)
    api, run = session.connection.api, session.connection.run
    schema = run(live_schema(api))
    if isinstance(schema, str):
        text = f"the API does not describe its schema: {schema}"
        found = [Finding("schema", "introspection", "unknown", "refused", text), *run(tried_operations(api))]
    else:
        found = list(schema_findings(schema))
    yield from found
    if any(finding.topic == "schema" and finding.name == UNCHECKED for finding in found):
        # A query with a missing part is refused together with all others; finding it takes many requests.
        yield Finding("sizes", "objects", "unknown", "", "not counted, since nothing is known of the schema")
    else:
        yield from _overview(session, frozenset(finding.name for finding in found if finding.state == "problem"))
    if measure:
        yield run(latency(api))
        unlimited = _unlimited(session)
        yield run(throttling(unlimited))
        session.stats.requests += unlimited.stats.requests
    yield clock_finding(api.clock)


def _overview(session: Session, missing: frozenset[str]) -> Iterator[Finding]:
    api, run = session.connection.api, session.connection.run
    found = run(overview(api, session.registry, missing))
    yield from found.findings
    page = run(page_finding(api, session.registry, found.totals))
    yield _cost_finding(session, found.totals, page)
    yield page


def _cost_finding(session: Session, totals: Mapping[str, int], page: Finding) -> Finding:
    """Return what a plan costs, by the product's own rules for pages and look-ups."""
    stats, sizes = session.stats, session.connection.api.sizes
    size = int(page.reading) if page.reading else LARGEST_PAGE
    requests = plan_requests(totals, size, sizes.look_ups)
    if requests is None:
        return Finding("sizes", "whole plan", "unknown", "", "not all of what a plan reads could be counted")
    pace = max(stats.seconds / max(stats.requests, 1), 1 / session.options.connection.rate)
    text = (
        f"a plan that declares every Customer, User and Instance of one integration takes {requests} requests, about "
        f"{requests * pace:.1f} s one after another at the pace of this examination"
    )
    return Finding("sizes", "whole plan", "ok", str(requests), text)


def _unlimited(session: Session) -> Api:
    """Return a client that keeps to no rate and repeats nothing."""
    from reconciler.prismatic.client import Api

    options = session.options
    return Api(
        session.connection.api.endpoint,
        transport=options.connection.transport,
        rate=FAST,
        retry=RetryPolicy(tries=1),
        stop=options.stop,
        known_secrets=options.known_secrets,
        redactor=Discreet,
    )


def _token_finding(session: Session) -> Finding:
    if session.identity.organization_id:
        return Finding("connection", "token", "ok", "", "the API answers; the token is of a member of the organization")
    text = "the API answers, but does not say whose token this is; the schema and the permissions below may say why"
    return Finding("connection", "token", "problem", "", text)


def _unreached(error: ApiError) -> Finding:
    return Finding("connection", "stack", "problem", "", reason_of(error))
