"""Answering reads: the objects that the kinds ask for, in as few requests as possible."""

from __future__ import annotations

import logging
from math import ceil
from typing import TYPE_CHECKING, Any

from reconciler.errors import Forbidden
from reconciler.model.tenant import Read
from reconciler.prismatic.fetch.paging import Reader
from reconciler.prismatic.graphql.batching import Call
from reconciler.prismatic.graphql.page_queries import total_operation
from reconciler.prismatic.graphql.response import error_of
from reconciler.prismatic.http.concurrency import run_concurrently

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from reconciler.model.tenant import Collection, Tenant
    from reconciler.prismatic.client import Api
    from reconciler.prismatic.graphql.response import Answer

log = logging.getLogger(__name__)


async def answer_reads(api: Api, tenant: Tenant, reads: Iterable[Read]) -> None:
    """Answer the reads that the tenant cannot answer yet.

    Look-ups in one collection travel together, unless listing the whole collection takes fewer requests. A read that
    the token may not see is marked as refused; any other error is raised. The tenant changes only after everything
    was read.

    Example::

        await answer_reads(api, tenant, [Read(CUSTOMERS, ("name", "Acme"), (("name", "Acme"),))])
        tenant.find(CUSTOMERS, ("name", "Acme"))
    """
    by_collection = unanswered_by_collection(tenant, reads)
    reader = Reader(api)
    answers = await run_concurrently(
        _read(api, reader, collection, pending) for collection, pending in by_collection.items()
    )
    for read, found in (each for answer in answers for each in answer):
        if isinstance(found, Forbidden):
            tenant.refuse(read, str(found))
        else:
            tenant.add(read, found)


def unanswered_by_collection(tenant: Tenant, reads: Iterable[Read]) -> dict[Collection, list[Read]]:
    """Return the reads that the tenant cannot answer yet, each once, by collection."""
    wanted = {(read.collection, read.key): read for read in reads if not tenant.answered(read)}
    by_collection: dict[Collection, list[Read]] = {}
    for read in wanted.values():
        by_collection.setdefault(read.collection, []).append(read)
    return by_collection


async def _read(
    api: Api, reader: Reader, collection: Collection, pending: Sequence[Read]
) -> list[tuple[Read, list[Any] | Forbidden]]:
    """Return the answers to the pending reads of one collection, or its whole list where that takes fewer requests."""
    whole = next((read for read in pending if read.key is None), None)
    if whole is None and await cheaper_to_list(api, collection, pending):
        whole = Read(collection)
    final = [whole] if whole else pending
    answers = await run_concurrently(_nodes_or_refusal(reader, read) for read in final)
    return list(zip(final, answers, strict=True))


async def _nodes_or_refusal(reader: Reader, read: Read) -> list[Any] | Forbidden:
    try:
        return await reader.read(read)
    except Forbidden as error:
        return error


async def cheaper_to_list(api: Api, collection: Collection, pending: Sequence[Read]) -> bool:
    """Return whether listing a collection takes fewer requests than the pending look-ups in it.

    Look-ups that fit in one request are never more expensive, so the objects are then not even counted. The count
    travels in one request with other queries of the same moment.
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
        raise error_of(f"{name}: ", answer)
    total: int = answer.data.total_count
    listing = max(1, ceil(total / api.sizes.page(collection.operation)))
    looking_up = ceil(look_ups / api.sizes.look_ups)
    log.info(
        "%s: %d look-ups take %d requests, listing all %d takes %d; %s",
        *(name, look_ups, looking_up, total, listing),
        "listing" if listing < looking_up else "looking up",
    )
    return listing < looking_up
