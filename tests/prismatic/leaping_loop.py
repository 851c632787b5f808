"""An event loop whose time leaps: where a real one would sit and wait for a timer, this one is there at once."""

from __future__ import annotations

import asyncio
import selectors
from typing import Any

TURN = 1e-9
"""Seconds that one turn of the loop takes: time has to go on also for who waits for less than can be told."""


class _Leaping(selectors.DefaultSelector):
    """Looks for what is ready, and never waits; ``leapt`` are the seconds that it should have waited."""

    leapt = 0.0

    def select(self, timeout: float | None = None) -> Any:
        ready = super().select(0 if timeout is not None else None)
        if not ready and timeout:
            self.leapt += timeout
        self.leapt += TURN
        return ready


class LeapingLoop(asyncio.SelectorEventLoop):
    """For code that waits for nothing but time: with sockets in it, their answers would come too late."""

    def __init__(self) -> None:
        self._leaping = _Leaping()
        super().__init__(self._leaping)

    def time(self) -> float:
        """Return the seconds that were waited for: what a machine takes for its work takes no time here."""
        return self._leaping.leapt
