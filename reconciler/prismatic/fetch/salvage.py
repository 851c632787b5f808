"""Reading what can be read: an object about which the API answers badly hides no other object.

A plan needs every answer and ends at the first one that is wrong. After an apply that would be the wrong rule: the
results of a thousand objects would be unknown because of one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.errors import ApiError, EndOfRun, Forbidden, Rejected
from reconciler.model.tenant import Gap, Read
from reconciler.prismatic.fetch.fetch import cheaper_to_list, grouped, sound
from reconciler.prismatic.fetch.paging import NAMELESS, Reader, Salvaged
from reconciler.prismatic.http.concurrently import together

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from reconciler.model.tenant import Collection, Tenant
    from reconciler.prismatic.client import Api

    Answered = Salvaged | ApiError

GIVEN_UP_AFTER = 3
"""Requests that fail one after the other: then it is not a single object that the API stumbles over."""


async def salvage(api: Api, tenant: Tenant, reads: Iterable[Read]) -> None:
    """Answer the reads as far as the API answers them.

    What it does not answer, or not as it was asked, is a gap in the tenant. Only the end of a run is raised.
    """
    reader = Reader(api)
    by_collection = grouped(tenant, reads)
    answers = await together(_read(api, reader, collection, pending) for collection, pending in by_collection.items())
    for read, found in (each for answer in answers for each in answer):
        _take_in(tenant, read, found)


async def _read(
    api: Api, reader: Reader, collection: Collection, pending: Sequence[Read]
) -> list[tuple[Read, Answered]]:
    whole = next((read for read in pending if read.key is None), None)
    if whole is None and await _listed(api, collection, pending):
        whole = Read(collection)
    if whole is not None:
        listed = await _salvaged(reader, whole)
        if whole in pending:
            return [(whole, listed)]
        if isinstance(listed, Salvaged):
            # One answer to all of them: the rows are taken in with the first, and found by their keys.
            rest = Salvaged([], listed.broken)
            return [(read, listed if number == 0 else rest) for number, read in enumerate(pending)]
    found = await together(_salvaged(reader, read) for read in pending)
    return list(zip(pending, await _one_by_one(reader, pending, found), strict=True))


async def _listed(api: Api, collection: Collection, pending: Sequence[Read]) -> bool:
    try:
        return await cheaper_to_list(api, collection, pending)
    except EndOfRun:
        raise
    except ApiError:
        return False


async def _one_by_one(reader: Reader, pending: Sequence[Read], found: Sequence[Answered]) -> list[Answered]:
    """Ask again, each by itself, what was asked in a request that failed as a whole: one question may be the cause."""
    answers, failed = list(found), 0
    for number, read in enumerate(pending):
        before = answers[number]
        if failed < GIVEN_UP_AFTER and isinstance(before, ApiError) and not isinstance(before, Rejected):
            answers[number] = await _salvaged(reader, read)
            failed = failed + 1 if isinstance(answers[number], ApiError) else 0
    return answers


async def _salvaged(reader: Reader, read: Read) -> Answered:
    try:
        salvaged = await _rows(reader, read)
    except EndOfRun:
        raise
    except ApiError as error:
        return error
    nodes, problems = sound(read.collection, salvaged.nodes)
    return Salvaged(nodes, {**salvaged.broken, **problems})


async def _rows(reader: Reader, read: Read) -> Salvaged:
    """Return the rows: all of them, as quickly as a plan reads them, else those that are right, page after page."""
    try:
        return Salvaged(await reader.read(read), {})
    except Rejected:
        # Refused, too: perhaps of a single row.
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
