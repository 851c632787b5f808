"""Filling the picture of the tenant: what is asked for, in as few requests as it takes."""

from __future__ import annotations

import logging
from math import ceil
from typing import TYPE_CHECKING, Any

from reconciler.errors import Forbidden, NotAuthenticated, Rejected
from reconciler.model.operation import load_operations
from reconciler.model.tenant import Identity, Read
from reconciler.prismatic.fetch.paging import Reader
from reconciler.prismatic.graphql.batching import Call
from reconciler.prismatic.graphql.page_queries import total_operation
from reconciler.prismatic.http.concurrently import together

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from reconciler.model.tenant import Collection, Tenant
    from reconciler.prismatic.client import Api
    from reconciler.prismatic.graphql.response import Answer

log = logging.getLogger(__name__)


async def identify(api: Api) -> Identity:
    """Return whose tenant it is, in one request; a customer's user is not let in."""
    operations = load_operations("reconciler.prismatic", "tenant.graphql")
    organization, user = await api.call(
        [Call(operations["organization"], {}), Call(operations["authenticatedUser"], {})]
    )
    for answer in (organization, user):
        if answer.errors:
            raise Rejected(f"{api.endpoint.url}: {'; '.join(answer.errors)}")
    if organization.data is None or user.data is None:
        raise NotAuthenticated(
            f"{api.endpoint.url}: the token from {api.endpoint.source} belongs to no organization (a customer's user, "
            "perhaps); use the token of one of the organization's team members"
        )
    return Identity(
        url=api.endpoint.url,
        organization_id=str(organization.data["id"]),
        organization=str(organization.data["name"]),
        user_id=str(user.data["id"]),
    )


async def fill(api: Api, tenant: Tenant, reads: Iterable[Read]) -> None:
    """Answer the reads that the tenant cannot answer yet.

    Look-ups of one collection go together in requests, unless listing the whole collection takes fewer.
    What the token may not see is marked as refused, and the rest is read all the same; any other error is raised.
    The tenant is changed only when everything was read.
    """
    by_collection = grouped(tenant, reads)
    reader = Reader(api)
    answers = await together(_read(api, reader, collection, pending) for collection, pending in by_collection.items())
    for read, found in (each for answer in answers for each in answer):
        if isinstance(found, Forbidden):
            tenant.refuse(read, str(found))
        else:
            tenant.add(read, found)


def grouped(tenant: Tenant, reads: Iterable[Read]) -> dict[Collection, list[Read]]:
    """Return the reads that the tenant cannot answer yet, each once, by their collections."""
    wanted = {(read.collection, read.key): read for read in reads if not tenant.answered(read)}
    by_collection: dict[Collection, list[Read]] = {}
    for read in wanted.values():
        by_collection.setdefault(read.collection, []).append(read)
    return by_collection


def sound(collection: Collection, nodes: Sequence[dict[str, Any]]) -> tuple[list[dict[str, Any]], dict[str, str]]:
    """Return the rows that can be found by their keys, and what is wrong with the others, by their IDs."""
    found, problems = [], {}
    for node in nodes:
        try:
            list(collection.keys(node))
        except (AttributeError, LookupError, TypeError):
            problems[str(node.get("id"))] = f"{collection.operation.name}: a row lacks what it is found by"
        else:
            found.append(node)
    return found, problems


async def _read(
    api: Api, reader: Reader, collection: Collection, pending: Sequence[Read]
) -> list[tuple[Read, list[dict[str, Any]] | Forbidden]]:
    """Return the answers to the pending reads of one collection, or the whole of it where that takes fewer requests."""
    whole = next((read for read in pending if read.key is None), None)
    if whole is None and await cheaper_to_list(api, collection, pending):
        whole = Read(collection)
    final = [whole] if whole else pending
    return list(zip(final, await together(_nodes_or_refusal(reader, read) for read in final), strict=True))


async def _nodes_or_refusal(reader: Reader, read: Read) -> list[dict[str, Any]] | Forbidden:
    try:
        nodes, problems = sound(read.collection, await reader.read(read))
    except Forbidden as error:
        return error
    for problem in problems.values():
        raise Rejected(f"{problem}; the answer is not what was asked for")
    return nodes


async def cheaper_to_list(api: Api, collection: Collection, pending: Sequence[Read]) -> bool:
    """Say whether a collection takes fewer requests to list than to look the pending reads up in.

    Fewer than one request is impossible, so where the look-ups fit in one the objects are not counted at all. The
    count travels with whatever else is asked for at the same time.
    """
    if not collection.listable or collection.single or len(pending) <= api.sizes.look_ups:
        return False
    answer = await api.ask(Call(total_operation(collection.operation), {}))
    return _is_cheaper(api, collection, len(pending), answer)


def _is_cheaper(api: Api, collection: Collection, look_ups: int, answer: Answer) -> bool:
    name = collection.operation.name
    if answer.forbidden:
        return False
    if answer.errors or answer.data is None:
        raise Rejected(f"{name}: {'; '.join(answer.errors)}")
    total = int(answer.data["totalCount"])
    listing = max(1, ceil(total / api.sizes.page(collection.operation)))
    looking_up = ceil(look_ups / api.sizes.look_ups)
    log.info(
        "%s: %d look-ups take %d requests, listing all %d takes %d; %s",
        *(name, look_ups, looking_up, total, listing),
        "listing" if listing < looking_up else "looking up",
    )
    return listing < looking_up
