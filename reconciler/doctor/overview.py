"""What the token may read and create, how much there is, and what planning all of it costs."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING

from reconciler.doctor.asked import asked_by
from reconciler.doctor.catalog import catalog
from reconciler.doctor.findings import Finding
from reconciler.doctor.operations import TOKEN_PERMISSIONS
from reconciler.prismatic.graphql.batching import Call
from reconciler.prismatic.graphql.page_queries import ids_operation, total_operation
from reconciler.prismatic.graphql.page_sizes import LARGEST_PAGE
from reconciler.text.plural import counted

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from reconciler.model.kind import Kind, Registry
    from reconciler.model.operation import Operation
    from reconciler.prismatic.client import Api
    from reconciler.prismatic.graphql.response import Answer

_ALLOW = "allow_add_"
_DENIED = "the organization's plan does not include it, or the role of the token's user does not permit it"
_ERROR = "the API answers with an error; a plan shows it"
"""Its own words may have something of a customer, so no report has them."""
_OWN = {"allow_add_customer": "creating a Customer", "allow_add_user": "creating a User"}


@dataclass(frozen=True, slots=True)
class Overview:
    """The findings, and the number of objects of each kind that could be counted."""

    findings: Sequence[Finding]
    totals: Mapping[str, int]


async def overview(api: Api, registry: Registry, missing: frozenset[str]) -> Overview:
    """Return what the token may do and how much there is; ``missing`` are parts that the schema lacks.

    All of it is asked for in one request, unless the API accepts fewer queries in one.
    """
    permissions = [each for each in _permissions() if not _lacks(each, missing)]
    lists = [(kind, each) for kind, each in _lists(registry) if not _lacks(each, missing)]
    calls = [Call(each, {}) for each in permissions] + [Call(total_operation(each), {}) for _, each in lists]
    answers = await api.call(calls)
    found = [
        finding
        for operation, answer in zip(permissions, answers, strict=False)
        for finding in _permission_findings(operation, answer)
    ]
    totals: dict[str, int] = {}
    for (kind, operation), answer in zip(lists, answers[len(permissions) :], strict=True):
        if answer.errors or answer.data is None:
            found.append(_unread(kind, operation, answer))
        else:
            totals[kind.name] = answer.data.total_count
    return Overview([*found, *_sizes(totals)], totals)


def _permissions() -> list[Operation]:
    """Return the queries for what may be created that are about no single object."""
    may_add = [entry.operation for entry in catalog() if entry.operation.name.startswith("mayAdd")]
    return [TOKEN_PERMISSIONS, *(each for each in may_add if not each.node.variable_definitions)]


def _lists(registry: Registry) -> Iterator[tuple[Kind, Operation]]:
    for kind in registry:
        if kind.export and "total_count" in kind.export.inventory.collection.operation.answer.__struct_fields__:
            yield kind, kind.export.inventory.collection.operation


def _lacks(operation: Operation, missing: frozenset[str]) -> bool:
    return any(str(each) in missing for each in asked_by(operation))


def _permission_findings(operation: Operation, answer: Answer) -> Iterator[Finding]:
    if answer.errors or answer.data is None:
        yield Finding("permissions", operation.name, "unknown", "", f"{operation.feature}: {_ERROR}")
        return
    for name in answer.data.__struct_fields__:
        if name.startswith(_ALLOW):
            feature = _OWN.get(name, operation.feature)
            allowed = getattr(answer.data, name)
            text = "it is allowed" if allowed else f"apply cannot do it: {feature}; {_DENIED}"
            yield Finding("permissions", feature, "ok" if allowed else "warning", str(allowed).lower(), text)


def _unread(kind: Kind, operation: Operation, answer: Answer) -> Finding:
    if answer.forbidden:
        text = f"the token may not read it, which disables {operation.feature}"
        return Finding("permissions", f"reading {kind.name}", "warning", "false", text)
    return Finding("sizes", kind.name, "unknown", "", _ERROR)


def _sizes(totals: Mapping[str, int]) -> Iterator[Finding]:
    for name, total in totals.items():
        yield Finding("sizes", name, "ok", str(total), f"the tenant has {counted(total, 'object')} of this kind")


async def page_finding(api: Api, registry: Registry, totals: Mapping[str, int]) -> Finding:
    """Return how many objects a page can have, by the longest list; a request if one is longer than a page."""
    lists = {kind.name: operation for kind, operation in _lists(registry)}
    longest = max(totals, key=totals.__getitem__, default=None)
    if longest is None or totals[longest] < LARGEST_PAGE:
        text = f"no list has {LARGEST_PAGE} objects, so the largest page does not show, and does not matter"
        return Finding("pages", "largest page", "unknown", "", text)
    (answer,) = await api.call([Call(ids_operation(lists[longest], LARGEST_PAGE), {})])
    if answer.errors or answer.data is None:
        return Finding("pages", "largest page", "unknown", "", _ERROR)
    size = len(answer.data.nodes)
    if size == LARGEST_PAGE:
        return Finding("pages", "largest page", "ok", str(size), f"a page has the {size} objects that are asked for")
    text = f"a page of {LARGEST_PAGE} has {size} objects, so lists take more requests than reconciler is made for"
    return Finding("pages", "largest page", "warning", str(size), text)


def plan_requests(totals: Mapping[str, int], page: int, look_ups: int) -> int | None:
    """Return the requests of a plan that declares every Customer, User and Instance, of one integration.

    ``page`` is the number of objects in a page, ``look_ups`` of queries in a request. ``None`` where one of the three
    could not be counted.

    Customers and users are read side by side; instances after them, since they are found by the ID of their customer.
    """
    if not {"Customer", "User", "Instance"} <= totals.keys():
        return None
    users, instances = totals["User"], totals["Instance"]
    roles = 2 if users else 0
    first = _round([totals["Customer"], users], roles + bool(instances), page, look_ups)
    second = _round([instances], bool(instances), page, look_ups)
    return 1 + first + second


def _round(lists: Sequence[int], others: int, page: int, look_ups: int) -> int:
    """Return the requests that read lists at once, beside ``others``: queries for something else.

    A list is counted and read by pages if that takes fewer requests than looking up each object. All first pages
    share a request; each further page takes its own.
    """
    counted_lists = [total for total in lists if total > look_ups]
    paged = [total for total in counted_lists if max(1, ceil(total / page)) < ceil(total / look_ups)]
    looked_up = sum(total for total in lists if total not in counted_lists)
    late = sum(total for total in counted_lists if total not in paged)
    together = ceil((looked_up + others + len(counted_lists)) / look_ups)
    after = ceil((len(paged) + late) / look_ups)
    return together + after + sum(max(1, ceil(total / page)) - 1 for total in paged)
