"""Probes on customers, their names and external IDs, and on lists."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

from reconciler.doctor.probed.operations import (
    PROBE_CREATE_CUSTOMER,
    PROBE_DELETE_CUSTOMER,
    PROBE_UPDATE_CUSTOMER,
    PROBED_CUSTOMERS,
    PROBED_USERS,
)
from reconciler.doctor.writing.lab import NoReading, Sort, present
from reconciler.doctor.writing.marks import LABEL
from reconciler.doctor.writing.probe import Probe, reading
from reconciler.prismatic.graphql.batching import Call

if TYPE_CHECKING:
    from contextlib import AbstractAsyncContextManager

    from reconciler.doctor.probed.operations import ProbedCustomer
    from reconciler.doctor.writing.lab import Lab


_CUSTOMER: Sort[ProbedCustomer] = Sort(PROBE_CREATE_CUSTOMER, lambda payload: payload.customer, PROBE_DELETE_CUSTOMER)


def another_customer(lab: Lab, **data: Any) -> AbstractAsyncContextManager[ProbedCustomer]:
    """Return the context of a second customer with the mark."""
    return lab.having(_CUSTOMER, name=lab.name("customer"), labels=[LABEL], **data)


async def _optional_strings(lab: Lab) -> str:
    async with another_customer(lab) as made:
        payload = await lab.do(PROBE_UPDATE_CUSTOMER, id=made.id, externalId="")
        cleared = present(payload.customer).external_id
        found = {(None, ""): "stored", ("", ""): "empty", (None, None): "null"}
        return reading(found, (made.external_id, cleared))


async def _external_ids(lab: Lab) -> str:
    shared = lab.marks.stable_key("external id")
    async with another_customer(lab, externalId=shared):
        data = {"name": lab.name("customer"), "labels": [LABEL], "externalId": shared}
        return "unique" if await lab.refuses(_CUSTOMER, **data) else "free"


async def _text_filters(lab: Lab) -> str:
    async with another_customer(lab) as made:

        async def finds(text: str) -> bool:
            found = await lab.ask(PROBED_CUSTOMERS, name=text, first=100)
            return any(each.id == made.id for each in found.nodes)

        if not await finds(made.name):
            raise NoReading("the API does not find a new customer by its name")
        if await finds(made.name[3:]):
            return "contains"
        return "caseless" if await finds(made.name.swapcase()) else "exact"


async def _page_over_cap(lab: Lab) -> str:
    attempt = await lab.tried(Call(PROBED_CUSTOMERS, {"first": 101}))
    data = attempt.answers[0].data if attempt.answers else None
    return "refused" if data is None else reading({True: "cut"}, len(data.nodes) <= 100)


async def _user_emails(lab: Lab) -> str:
    users = await lab.ask(PROBED_USERS)
    addresses = [each.email.lower() for each in users.nodes]
    if any(one == other for one, other in pairwise(sorted(addresses))):
        return "customer"
    raise NoReading(
        "only a new user would show it, who would get an invitation; no two of the first 100 users of customers have "
        "one address"
    )


PROBES = (
    Probe.of("optional_strings", _optional_strings),
    Probe.of("external_ids", _external_ids),
    Probe.of("text_filters", _text_filters),
    Probe.of("page_over_cap", _page_over_cap),
    Probe.of("user_emails", _user_emails),
)
