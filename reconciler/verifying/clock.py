"""Time while runs are followed: how often they are looked at, and how a pause is made."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from reconciler.prismatic.client import Api

CADENCE = ((30.0, 1.0), (60.0, 5.0), (300.0, 30.0))
"""Until so many seconds after its start a run is looked at every so many; the official client does the same."""
LATER = 60.0


class Clock(Protocol):
    """A clock that tests replace, so that they wait for nothing."""

    def monotonic(self) -> float:
        """Return seconds since some moment."""

    async def sleep(self, seconds: float) -> None:
        """Wait; raises ``EndOfRun`` where the run ends before."""


@dataclass(frozen=True, slots=True)
class RunClock:
    """The clock of a run: a pause ends where the run's time limit or a signal ends the run."""

    api: Api

    def monotonic(self) -> float:
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        await self.api.pause(seconds)


def pause_after(elapsed: float) -> float:
    """Return how long to wait before a run is looked at again, so many seconds after its start.

    >>> [pause_after(seconds) for seconds in (0, 29, 30, 60, 300, 4000)]
    [1.0, 1.0, 5.0, 30.0, 60.0, 60.0]
    """
    return next((pause for until, pause in CADENCE if elapsed < until), LATER)
