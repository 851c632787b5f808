"""How fast requests go out: at the rate that was set, slower while the API says that this is too fast."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from aiolimiter import AsyncLimiter

if TYPE_CHECKING:
    from reconciler.prismatic.http.stats import Stats

log = logging.getLogger(__name__)

SLOWEST = 0.5
"""Requests a second that are tried however often the API says that it is too much."""
STEP_AFTER = 10
"""Answered requests before the rate goes up by a step."""
STEPS = 10
"""Steps from nothing to the whole rate."""
_BURST = 3


class Pace:
    """The rate of one connection, in requests a second; all its requests ask for their turn here.

    Throttled, the rate is halved, and every request waits as long as the API asks for. While requests are
    answered it goes up again by steps, never above ``rate``.
    """

    def __init__(self, rate: float, stats: Stats) -> None:
        self.current = rate
        self._full = rate
        self._stats = stats
        self._limiter = AsyncLimiter(_BURST, _BURST / rate)
        self._held_until = 0.0
        self._slowed = 0
        self._answered = 0

    async def turn(self) -> int:
        """Wait until a request may go out; return what :meth:`throttled` wants to know of it."""
        await self._held()
        # At half the rate each request takes two turns of the full one, and so on.
        due = self._full / self.current
        while due > 0:
            await self._limiter.acquire(min(due, _BURST))
            due -= _BURST
        await self._held()
        return self._slowed

    async def _held(self) -> None:
        while (wait := self._held_until - self._now()) > 0:  # noqa: ASYNC110 - it may be prolonged meanwhile
            await asyncio.sleep(wait)

    def throttled(self, turn: int) -> None:
        """Halve the rate: once for all the requests that went out at the old one. ``turn`` is the request's own."""
        self._stats.throttles += 1
        self._answered = 0
        slower = max(self.current / 2, min(SLOWEST, self._full))
        if turn == self._slowed and slower < self.current:
            self._slowed += 1
            self.current = slower
            self._stats.lowest_rate = min(self._stats.lowest_rate or slower, slower)
            log.info("throttled: going on at %.3g requests a second", self.current)

    def hold(self, seconds: float) -> None:
        """Let no request go out for so long."""
        until = self._now() + seconds
        self._stats.throttled_seconds += max(0.0, until - max(self._now(), self._held_until))
        self._held_until = max(self._held_until, until)

    def answered(self) -> None:
        """Go a step faster again after so many answers without being throttled."""
        self._answered += 1
        if self.current < self._full and self._answered >= STEP_AFTER:
            self._answered = 0
            self.current = min(self._full, self.current + self._full / STEPS)
            log.info("no longer throttled: going on at %.3g requests a second", self.current)

    @staticmethod
    def _now() -> float:
        return asyncio.get_running_loop().time()
