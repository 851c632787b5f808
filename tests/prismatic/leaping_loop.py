"""An event loop in which timers cost no real time: it jumps to the next timer instead of waiting."""

from __future__ import annotations

import asyncio
import selectors
from typing import Any

TURN = 1e-9
"""Seconds that one turn of the loop takes, so that a wait too short for a float's precision ends as well."""


class _LeapingSelector(selectors.DefaultSelector):
    """A selector that never waits; ``leapt`` counts the seconds that it skipped."""

    leapt = 0.0

    def select(self, timeout: float | None = None) -> Any:
        ready = super().select(0 if timeout is not None else None)
        if not ready and timeout:
            self.leapt += timeout
        self.leapt += TURN
        return ready


class LeapingLoop(asyncio.SelectorEventLoop):
    """An event loop for code that only waits for timers: answers from real sockets would come too late."""

    def __init__(self) -> None:
        self._leaping = _LeapingSelector()
        super().__init__(self._leaping)

    def time(self) -> float:
        """Return the skipped seconds: the work of the machine takes no time here."""
        return self._leaping.leapt
