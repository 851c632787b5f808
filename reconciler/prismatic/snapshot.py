"""Filling the picture of the tenant: what is asked for, in as few requests as it takes."""

from __future__ import annotations

import logging
from math import ceil
from typing import TYPE_CHECKING, Any

from reconciler.errors import Forbidden, NotAuthenticated, Rejected
from reconciler.kinds.document import load_operations
from reconciler.kinds.tenant import Identity, Read
from reconciler.prismatic.batching import Call
from reconciler.prismatic.outline import total_operation
from reconciler.prismatic.paging import Reader
from reconciler.prismatic.together import together

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from reconciler.kinds.tenant import Collection, Tenant
    from reconciler.prismatic.answers import Answer
    from reconciler.prismatic.api import Api

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
    wanted = {(read.collection, read.key): read for read in reads if not tenant.answered(read)}
    by_collection: dict[Collection, list[Read]] = {}
    for read in wanted.values():
        by_collection.setdefault(read.collection, []).append(read)
    cheaper = await _cheaper_to_list(api, by_collection)
    final = [
        read
        for collection, pending in by_collection.items()
        for read in ([_listing(collection, pending)] if _listed(pending) or collection in cheaper else pending)
    ]
    reader = Reader(api)
    for read, found in zip(final, await together(_nodes_or_refusal(reader, read) for read in final), strict=True):
        if isinstance(found, Forbidden):
            tenant.refuse(read, str(found))
        else:
            tenant.add(read, found)


async def _nodes_or_refusal(reader: Reader, read: Read) -> list[dict[str, Any]] | Forbidden:
    try:
        return await reader.read(read)
    except Forbidden as error:
        return error


def _listed(pending: Sequence[Read]) -> bool:
    return any(read.key is None for read in pending)


def _listing(collection: Collection, pending: Sequence[Read]) -> Read:
    return next((read for read in pending if read.key is None), Read(collection))


async def _cheaper_to_list(api: Api, pending: Mapping[Collection, Sequence[Read]]) -> set[Collection]:
    """Return the collections that take fewer requests to list than to look the pending reads up in.

    Fewer than one request is impossible, so collections whose look-ups fit in one are not counted at all.
    """
    candidates = [
        collection
        for collection, reads in pending.items()
        if collection.listable and not collection.single and not _listed(reads) and len(reads) > api.sizes.look_ups
    ]
    totals = await api.call([Call(total_operation(each.operation), {}) for each in candidates])
    return {
        collection
        for collection, answer in zip(candidates, totals, strict=True)
        if _is_cheaper(api, collection, len(pending[collection]), answer)
    }


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
