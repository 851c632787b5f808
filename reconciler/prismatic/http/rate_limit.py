"""The rate at which requests go out. It falls while the API throttles them."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from aiolimiter import AsyncLimiter

if TYPE_CHECKING:
    from reconciler.prismatic.http.stats import Stats

log = logging.getLogger(__name__)

SLOWEST = 0.5
"""Requests a second that are sent however often the API throttles, so that a run goes on to its end."""
STEP_AFTER = 10
"""Answered requests before the rate rises by one step."""
STEPS = 10
"""Steps from zero to the full rate."""
_BURST = 3


class RateLimiter:
    """The rate of one connection, in requests a second. Each request waits for its turn in :meth:`acquire`.

    When the API throttles, the rate is halved and every request waits for the pause that the API asks for. While
    requests are answered, the rate rises step by step, up to the ``rate`` that was set: halving answers an overload
    at once, and small steps find the rate that the API can bear without overloading it again.
    """

    def __init__(self, rate: float, stats: Stats) -> None:
        self.current = rate
        self._full = rate
        self._stats = stats
        self._limiter = AsyncLimiter(_BURST, _BURST / rate)
        self._paused_until = 0.0
        self._times_slowed = 0
        self._answered = 0

    async def acquire(self) -> int:
        """Wait until a request may go out; return a ticket for :meth:`slow_down`."""
        await self._wait_out_pause()
        # The limiter's own rate is fixed. At half the rate each request therefore takes two of its places, and so on.
        due = self._full / self.current
        while due > 0:
            await self._limiter.acquire(min(due, _BURST))
            due -= _BURST
        # Another request may have been throttled while this one waited for its place.
        await self._wait_out_pause()
        return self._times_slowed

    async def _wait_out_pause(self) -> None:
        while (wait := self._paused_until - self._now()) > 0:  # noqa: ASYNC110 - the pause may grow meanwhile
            await asyncio.sleep(wait)

    def slow_down(self, ticket: int) -> None:
        """Halve the rate after a throttled request; ``ticket`` is what :meth:`acquire` returned for that request.

        Requests that were sent at the same rate halve it only once, however many of them were throttled.
        """
        self._stats.throttles += 1
        self._answered = 0
        slower = max(self.current / 2, min(SLOWEST, self._full))
        if ticket == self._times_slowed and slower < self.current:
            self._times_slowed += 1
            self.current = slower
            self._stats.note_rate(slower)
            log.info("throttled: going on at %.3g requests a second", self.current)

    def pause(self, seconds: float) -> None:
        """Send nothing for so many seconds."""
        until = self._now() + seconds
        self._stats.throttled_seconds += max(0.0, until - max(self._now(), self._paused_until))
        self._paused_until = max(self._paused_until, until)

    def speed_up(self) -> None:
        """Count an answered request, and raise the rate by a step after :data:`STEP_AFTER` of them."""
        self._answered += 1
        if self.current < self._full and self._answered >= STEP_AFTER:
            self._answered = 0
            self.current = min(self._full, self.current + self._full / STEPS)
            log.info("no longer throttled: going on at %.3g requests a second", self.current)

    @staticmethod
    def _now() -> float:
        return asyncio.get_running_loop().time()
