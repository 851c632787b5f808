"""Two runs at a time that create the same: where the API takes both, the later run takes its own back.

The API knows no lock and no condition for a write. Where it keeps names unique it refuses the second creation;
where it does not, both are there, and that is seen by looking. Of two the one that the API lists first stays, which
is the older one: both runs decide alike. Only what a run has created itself, and nothing else of the run belongs to,
is deleted again.
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
    from reconciler.model.view import View
    from reconciler.prismatic.client import Api

MEANWHILE = "it was created by somebody else in the meantime, perhaps by another run at the same time"


@dataclass(frozen=True, slots=True)
class Double:
    """What a run has created (``own``), and is there once more."""

    result: Result
    own: Live
    others: Sequence[Live]
    stays: bool
    """Whether its own one stays: it is the first of all, or something of this run belongs to it."""

    @property
    def address(self) -> str:
        return self.result.change.address

    @property
    def identifiers(self) -> str:
        return ", ".join(live.id for live in self.others)


def find_doubles(results: Sequence[Result], view: View) -> list[Double]:
    """Return what was created by this run and by somebody else too."""
    return [double for result in results if (double := _double(result, results, view))]


def _double(result: Result, results: Iterable[Result], view: View) -> Double | None:
    change = result.change
    if not result.created or change.resource is None:
        return None
    found = change.kind.candidates(change.resource, view)
    own = [live for live in found if live.id == result.created]
    others = [live for live in found if live.id != result.created]
    if not own or not others:
        return None
    needed = any(change.address in each.change.depends_on for each in results)
    return Double(result, own[0], others, stays=needed or found[0].id == result.created)


async def settle_doubles(doubles: Sequence[Double], api: Api) -> None:
    """Delete the run's own one where it does not stay, and say in each result what there is."""
    going = [double for double in doubles if not double.stays]
    failures = await _removed(going, api)
    for double, failure in zip(going, failures, strict=True):
        own, others = double.own.id, double.identifiers
        gone = f"this run's own one ({own}) was deleted again" if not failure else f"deleting {own} again: {failure}"
        double.result.fail(f"{MEANWHILE}: {others} stays, and {gone}; run again to go on from there")
    for double in doubles:
        if double.stays:
            double.result.fail(
                f"{MEANWHILE}: {double.identifiers}; this run's own one ({double.own.id}) stays. Run again; should both"
                " be there still, delete one of them"
            )


async def _removed(doubles: Sequence[Double], api: Api) -> list[str]:
    """Delete them; return why not, or nothing, for each."""
    steps = [double.result.change.kind.deletion(double.own) for double in doubles]
    try:
        answers = await api.call([Call(step.operation, {"input": step.input}) for step in steps])
    except ApiError as error:
        return [str(error)] * len(steps)
    return ["; ".join(understand(answer).failures) for answer in answers]
