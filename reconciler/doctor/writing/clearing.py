"""Removing everything that an examination created, also an earlier one that did not come to its end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from reconciler.doctor.probed.alert_operations import (
    PROBE_DELETE_ALERT_GROUP,
    PROBE_DELETE_ALERT_WEBHOOK,
    PROBE_DELETE_ENDPOINT,
    PROBE_DELETE_MONITOR,
    PROBED_ALERT_GROUPS,
    PROBED_ALERT_WEBHOOKS,
    PROBED_ENDPOINTS,
    PROBED_MONITORS,
)
from reconciler.doctor.probed.connection_operations import (
    PROBE_DELETE_CONNECTION,
    PROBE_DELETE_CUSTOMER_CONNECTION,
    PROBED_CONNECTIONS,
    PROBED_CUSTOMER_CONNECTIONS,
)
from reconciler.doctor.probed.operations import (
    PROBE_DELETE_CUSTOMER,
    PROBE_DELETE_INSTANCE,
    PROBED_CUSTOMERS,
    PROBED_INSTANCES,
)
from reconciler.doctor.words import reason_of
from reconciler.doctor.writing.lab import refusal_in
from reconciler.doctor.writing.marks import LABEL
from reconciler.errors import Rejected, RequestFailed, ServerFault
from reconciler.prismatic.fetch.paging import check_rows, next_cursor
from reconciler.prismatic.graphql.batching import Call

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Sequence

    from reconciler.doctor.probed.operations import ProbedCustomer
    from reconciler.doctor.writing.marks import Marks
    from reconciler.model.answers import Node
    from reconciler.model.operation import Operation
    from reconciler.prismatic.client import Api

_WITH_NAMES: Sequence[tuple[Operation[Any], Callable[[Any], str | None], Operation[Any], str]] = (
    (PROBED_CONNECTIONS, lambda each: each.key, PROBE_DELETE_CONNECTION, "shared connections"),
    (PROBED_ALERT_GROUPS, lambda each: each.name, PROBE_DELETE_ALERT_GROUP, "alert groups"),
    (PROBED_ALERT_WEBHOOKS, lambda each: each.name, PROBE_DELETE_ALERT_WEBHOOK, "alert webhooks"),
    (PROBED_ENDPOINTS, lambda each: each.name, PROBE_DELETE_ENDPOINT, "event webhooks"),
)
"""What belongs to no customer and is known by its name, in the order in which it can be deleted."""
_OF_CUSTOMERS: Sequence[tuple[Operation[Any], Callable[[Any], Node | None], Operation[Any]]] = (
    (PROBED_MONITORS, lambda each: each.instance and each.instance.customer, PROBE_DELETE_MONITOR),
    (PROBED_INSTANCES, lambda each: each.customer, PROBE_DELETE_INSTANCE),
    (PROBED_CUSTOMER_CONNECTIONS, lambda each: each.customer, PROBE_DELETE_CUSTOMER_CONNECTION),
)
"""What belongs to a customer, with the customer of each row: a filter that the API ignored must delete nothing else."""
_PASSES = 3
"""How often everything is looked for. A deletion whose answer is lost shows in the next pass."""


@dataclass(frozen=True, slots=True)
class Cleared:
    """What is ``left``, in words, and whether the run's own customer was there ``before``, with its label."""

    left: Sequence[str]
    before: bool = True


async def clear(api: Api, marks: Marks, own: str = "") -> Cleared:
    """Delete everything that has the marks.

    ``own`` is the ID of the customer that this run created: with the label, it is deleted under every name. A list
    that the token may not read holds nothing that an examination with this token made.
    """
    problems: list[str] = []
    before = None
    for _ in range(_PASSES):
        problems = []
        labelled = await _labelled_customers(api)
        if before is None:
            before = not own or any(each.id == own for each in labelled)
        customers = [each for each in labelled if each.id == own or _is_named(each, marks)]
        found = [each async for each in _deletions(api, marks, customers, problems)]
        if not found and not problems:
            break
    else:
        problems = problems or ["what was deleted is listed again"]
    return Cleared(problems, before is not False)


async def _deletions(
    api: Api, marks: Marks, customers: Sequence[ProbedCustomer], problems: list[str]
) -> AsyncIterator[str]:
    """Delete what is found, one by one, and yield the ID of each; add what could not be deleted."""
    for customer in customers:
        for query, owner_of, deletion in _OF_CUSTOMERS:
            for each in await _listed(api, query, "what the customer has", problems, customer=customer.id):
                owner = owner_of(each)
                if owner is None or owner.id != customer.id:
                    continue
                yield await _delete(api, deletion, each.id, "what the customer has", problems)
    for query, name_of, deletion, what in _WITH_NAMES:
        for each in await _listed(api, query, what, problems):
            if marks.owns(name_of(each)):
                yield await _delete(api, deletion, each.id, what, problems)
    for customer in customers:
        yield await _delete(api, PROBE_DELETE_CUSTOMER, customer.id, "customers", problems)


async def marked_customers(api: Api, marks: Marks) -> Sequence[ProbedCustomer]:
    """Return the customers that carry the label and have the name of this examination."""
    return [each for each in await _labelled_customers(api) if _is_named(each, marks)]


async def _labelled_customers(api: Api) -> Sequence[ProbedCustomer]:
    problems: list[str] = []
    found = await _listed(api, PROBED_CUSTOMERS, "customers", problems, label=LABEL)
    if problems:
        raise Rejected(problems[0])
    return [each for each in found if LABEL in {label.lower() for label in each.labels or ()}]


def _is_named(customer: ProbedCustomer, marks: Marks) -> bool:
    """Return whether a customer has a name of this examination, also where the API trims names."""
    return customer.name.strip() == marks.customer.strip() or marks.owns(customer.name)


async def _listed(api: Api, query: Operation[Any], what: str, problems: list[str], **variables: Any) -> Sequence[Any]:
    """Return all rows of a list; add why it cannot be read, unless the token lacks the permission."""
    rows: list[Any] = []
    page: dict[str, Any] = {}
    while True:
        (answer,) = await api.call([Call(query, {"first": 100, **variables, **page})])
        if answer.errors or answer.data is None:
            if not answer.forbidden:
                problems.append(f"{what}: {'; '.join(answer.errors) or 'the answer lacks the list'}")
            return rows
        rows += answer.data.nodes
        try:
            check_rows(what, len(rows))
            after = next_cursor(what, answer.data)
        except ServerFault as fault:
            problems.append(str(fault))
            return rows
        if after is None:
            return rows
        page = {"after": after}


async def _delete(api: Api, deletion: Operation[Any], identifier: str, what: str, problems: list[str]) -> str:
    try:
        (answer,) = await api.call([Call(deletion, {"input": {"id": identifier}})])
    except RequestFailed as error:
        if not error.ambiguous:
            raise
        problems.append(f"{what}: {reason_of(error)}")
        return identifier
    reason = "; ".join(answer.errors) or refusal_in(answer.data)
    if reason:
        problems.append(f"{what}: {reason}")
    return identifier
