"""Probes on how large, deep and slow a request may be. None asks for more than the product itself ever does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.doctor.live_schema import control, is_control
from reconciler.doctor.probed.operations import (
    PROBE_CREATE_INSTANCE,
    PROBE_UPDATE_CUSTOMER,
    PROBED_CUSTOMERS,
    PROBED_DEPTH,
    PROBED_USERS,
)
from reconciler.doctor.writing.lab import NoReading, Unheard
from reconciler.doctor.writing.probe import Probe
from reconciler.errors import Rejected, ServerFault
from reconciler.prismatic.fetch.identity_operations import ORGANIZATION
from reconciler.prismatic.graphql.batching import Call
from reconciler.prismatic.graphql.mismatches import missing_part

if TYPE_CHECKING:
    from reconciler.doctor.writing.lab import Lab

_LARGE = 33_000
"""Bytes of a request that is larger than the known limit."""


def _small(lab: Lab) -> Call:
    return Call(PROBED_CUSTOMERS, {"name": lab.marks.customer, "first": 1})


async def _operations(lab: Lab) -> str:
    for number, read in ((11, "10"), (lab.api.sizes.look_ups, "")):
        if (await lab.tried(*[_small(lab)] * number)).refused:
            if read:
                return read
            raise Unheard(f"more than 10 operations are accepted in one request, and {number} are not")
    return "unlimited"


async def _depth(lab: Lab) -> str:
    attempt = await lab.tried(Call(PROBED_DEPTH, {"id": lab.customer}))
    answers = attempt.answers or ()
    return "unlimited" if any(each.data is not None or not each.errors for each in answers) else "10"


async def _size(lab: Lab) -> str:
    attempt = await lab.tried(Call(PROBED_CUSTOMERS, {"name": "x" * _LARGE, "first": 1}))
    return "32kB" if attempt.refused == "size" else "unlimited"


async def _time(lab: Lab) -> str:
    attempt = await lab.api.attempt([Call(PROBED_USERS, {})])
    if attempt.refused == "time":
        return "1s"
    if attempt.seconds > 1:
        return "unlimited"
    raise NoReading(
        f"the API answered within {attempt.seconds:.1f} s, and nothing is asked for that would take it longer"
    )


async def _unexecuted(lab: Lab) -> str:
    """Send a query with a mutation beside it that cannot be valid, and that is not carried out."""
    beside = Call(control(PROBE_UPDATE_CUSTOMER), {"input": [{"id": lab.customer}]})
    try:
        messages = await lab.api.refusals_beside(ORGANIZATION, [beside])
    except (Rejected, ServerFault):
        return "refused"
    if any(is_control(missing_part(each)) for each in messages):
        return "validated"
    return "refused" if messages else "ignored"


async def _retry_after(lab: Lab) -> str:
    form = lab.api.stats.retry_after
    if form is None:
        raise NoReading("the API did not throttle this run, and no load is made for that")
    return form


async def _batches(lab: Lab) -> str:
    wrong = {"name": lab.name("instance"), "customer": lab.customer, "integration": lab.customer}
    right = {"id": lab.customer, "description": "batches"}
    attempt = await lab.api.attempt(
        [
            Call(PROBE_UPDATE_CUSTOMER, {"input": right}),
            Call(PROBE_CREATE_INSTANCE, {"input": wrong}),
        ]
    )
    if attempt.answers is None:
        raise NoReading("the API refuses two mutations in one request")
    found = await lab.ask(PROBED_CUSTOMERS, name=lab.marks.customer, first=100)
    return "independent" if any(each.description == "batches" for each in found.nodes) else "atomic"


PROBES = (
    Probe.of("operations", _operations),
    Probe.of("query_depth", _depth),
    Probe.of("request_size", _size),
    Probe.of("unexecuted_operations", _unexecuted),
    Probe.of("request_time", _time),
    Probe.of("batches", _batches),
    Probe.of("retry_after", _retry_after),
)
