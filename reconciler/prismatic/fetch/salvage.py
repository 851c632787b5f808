"""Reading as much as possible: an object with a broken answer hides no other object.

A plan needs every answer, so it ends at the first broken one. After an apply, that rule would leave the results of a
thousand objects unknown because of one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.errors import ApiError, Forbidden, Rejected, RequestFailed
from reconciler.model.tenant import Gap, Read
from reconciler.prismatic.fetch.answer_reads import cheaper_to_list, unanswered_by_collection
from reconciler.prismatic.fetch.paging import NAMELESS, Reader, Salvaged
from reconciler.prismatic.http.concurrency import run_concurrently

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from reconciler.model.tenant import Collection, Tenant
    from reconciler.prismatic.client import Api

    Answered = Salvaged | ApiError

GIVEN_UP_AFTER = 3
"""Failed requests in a row, after which the API as a whole is failing, and not for a single object."""


async def salvage_reads(api: Api, tenant: Tenant, reads: Iterable[Read]) -> None:
    """Answer the reads as far as the API does; a missing or broken answer becomes a gap in the tenant.

    Only the end of a run is raised.
    """
    reader = Reader(api)
    by_collection = unanswered_by_collection(tenant, reads)
    answers = await run_concurrently(
        _read(api, reader, collection, pending) for collection, pending in by_collection.items()
    )
    for read, found in (each for answer in answers for each in answer):
        _take_in(tenant, read, found)


async def _read(
    api: Api, reader: Reader, collection: Collection, pending: Sequence[Read]
) -> list[tuple[Read, Answered]]:
    whole = next((read for read in pending if read.key is None), None)
    if whole is None and await _cheaper_to_list(api, collection, pending):
        whole = Read(collection)
    if whole is not None:
        listed = await _salvaged(reader, whole)
        if whole in pending:
            return [(whole, listed)]
        if isinstance(listed, Salvaged):
            # One list answers all look-ups. The tenant takes in its rows once, with the first of them.
            rest = Salvaged([], listed.broken)
            return [(read, listed if number == 0 else rest) for number, read in enumerate(pending)]
    found = await run_concurrently(_salvaged(reader, read) for read in pending)
    return list(zip(pending, await _retry_singly(reader, pending, found), strict=True))


async def _cheaper_to_list(api: Api, collection: Collection, pending: Sequence[Read]) -> bool:
    try:
        return await cheaper_to_list(api, collection, pending)
    except RequestFailed:
        return False


async def _retry_singly(reader: Reader, pending: Sequence[Read], found: Sequence[Answered]) -> list[Answered]:
    """Ask once more, each in its own request, for look-ups whose request failed: a single one may be the cause."""
    answers, failed = list(found), 0
    for number, read in enumerate(pending):
        before = answers[number]
        if failed < GIVEN_UP_AFTER and isinstance(before, ApiError) and not isinstance(before, Rejected):
            answers[number] = await _salvaged(reader, read)
            failed = failed + 1 if isinstance(answers[number], ApiError) else 0
    return answers


async def _salvaged(reader: Reader, read: Read) -> Answered:
    try:
        return await _rows(reader, read)
    except RequestFailed as error:
        return error


async def _rows(reader: Reader, read: Read) -> Salvaged:
    """Return all rows, with pages side by side as a plan reads them; else the sound rows, page after page."""
    try:
        return Salvaged(await reader.read(read), {})
    except Rejected:
        # A refusal may be about a single row as well.
        return await reader.salvage(read)


def _take_in(tenant: Tenant, read: Read, found: Answered) -> None:
    if isinstance(found, Forbidden):
        tenant.refuse(read, str(found))
    elif isinstance(found, ApiError):
        tenant.leave_out(read, Gap(str(found)))
    else:
        tenant.add(read, found.nodes)
        if found.broken:
            ids = frozenset(each for each in found.broken if not each.startswith(NAMELESS))
            reason = next(iter(found.broken.values()))
            tenant.leave_out(read, Gap(reason, ids, nameless=len(ids) < len(found.broken)))
