"""The time limit of a run."""

from __future__ import annotations

import asyncio
from math import inf

from reconciler.errors import OutOfTime


class Deadline:
    """A point in time ``seconds`` after :meth:`start`; ``None`` for no limit."""

    def __init__(self, seconds: float | None) -> None:
        self._seconds = inf if seconds is None else seconds
        self._at = inf

    def start(self) -> None:
        self._at = asyncio.get_running_loop().time() + self._seconds

    @property
    def left(self) -> float:
        """The seconds that are left; negative after the deadline."""
        return self._at - asyncio.get_running_loop().time()

    def timeout(self) -> asyncio.Timeout:
        """Return a context manager that raises ``TimeoutError`` in its block at the deadline."""
        return asyncio.timeout_at(None if self._at == inf else self._at)

    def expired(self, *, ambiguous: bool = False) -> OutOfTime:
        """Return the error for the time after the deadline; ``ambiguous``: a mutation may have been carried out."""
        message = (
            f"out of time: the {self._seconds:g} s that --timeout allows are over, and nothing more is sent; "
            "run again to do the rest, or allow more"
        )
        return OutOfTime(message, ambiguous=ambiguous)

    def too_near(self, reason: str, pause: float) -> OutOfTime:
        """Return the error for a retry, needed because of ``reason``, whose ``pause`` would end after the deadline."""
        message = (
            f"out of time: {reason}; it can be tried again in {pause:.0f} s, and of the {self._seconds:g} s that "
            f"--timeout allows {max(self.left, 0):.0f} s are left"
        )
        return OutOfTime(message)
