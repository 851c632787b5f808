"""Duplicates: two runs created the same object at the same time, and the later run deletes its own.

The API has no lock and no conditional write. Where names are unique, it refuses the second creation. Where they are
not, both objects exist, and only the read-back shows it. The one that the API lists first is the older one and stays,
so both runs decide alike. A run deletes only an object that it created itself and that no other resource of the run
depends on.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reconciler.applying.payload import understand
from reconciler.errors import ApiError
from reconciler.prismatic.graphql.batching import Call

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from reconciler.applying.results import Result
    from reconciler.model.live import Live
    from reconciler.model.step import Step
    from reconciler.model.view import View
    from reconciler.prismatic.client import Api

MEANWHILE = "somebody else created it during this run, perhaps another run"


@dataclass(frozen=True, slots=True)
class Duplicate:
    """An object that this run created (``own``), and the others that the same manifest means."""

    result: Result
    own: Live
    deletion: Step
    """How its own one is deleted."""
    others: Sequence[Live]
    stays: bool
    """Whether this run's object stays: it is the oldest, or another resource of this run depends on it."""

    @property
    def address(self) -> str:
        return self.result.change.address

    @property
    def identifiers(self) -> str:
        return ", ".join(live.id for live in self.others)


def find_duplicates(results: Sequence[Result], view: View) -> list[Duplicate]:
    """Return the objects that this run created and that exist a second time."""
    return [duplicate for result in results if (duplicate := _duplicate(result, results, view))]


def _duplicate(result: Result, results: Iterable[Result], view: View) -> Duplicate | None:
    change = result.change
    if not result.created or change.resource is None:
        return None
    found = change.kind.finder.candidates(change.resource, view)
    own = [live for live in found if live.id == result.created]
    others = [live for live in found if live.id != result.created]
    if not own or not others:
        return None
    needed = any(change.address in each.change.depends_on for each in results)
    deletion = change.kind.deletion.removal(own[0], view).step
    return Duplicate(result, own[0], deletion, others, stays=needed or found[0].id == result.created)


async def delete_duplicates(duplicates: Sequence[Duplicate], api: Api) -> None:
    """Delete this run's object of each pair unless it stays, and fail each result with what exists now."""
    going = [duplicate for duplicate in duplicates if not duplicate.stays]
    failures = await _removed(going, api)
    for duplicate, failure in zip(going, failures, strict=True):
        own, others = duplicate.own.id, duplicate.identifiers
        gone = (
            f"this run deleted its own ({own})"
            if not failure
            else f"this run could not delete its own ({own}): {failure}"
        )
        duplicate.result.fail(f"{MEANWHILE}: {others} stays, and {gone}; run again to continue")
    for duplicate in duplicates:
        if duplicate.stays:
            duplicate.result.fail(
                f"{MEANWHILE}: {duplicate.identifiers}; this run's own ({duplicate.own.id}) stays. Run again; if both"
                " still exist, delete one of them"
            )


async def _removed(duplicates: Sequence[Duplicate], api: Api) -> list[str]:
    """Delete them; return for each why that failed, or an empty text."""
    steps = [duplicate.deletion for duplicate in duplicates]
    try:
        answers = await api.call([Call(step.operation, {"input": step.input}) for step in steps])
    except ApiError as error:
        return [str(error)] * len(steps)
    return ["; ".join(understand(answer).failures) for answer in answers]
