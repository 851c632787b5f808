"""The time a run may take."""

from __future__ import annotations

import asyncio
from math import inf

from reconciler.errors import OutOfTime


class Deadline:
    """``seconds`` after :meth:`start`, or never when that is ``None``."""

    def __init__(self, seconds: float | None) -> None:
        self._seconds = inf if seconds is None else seconds
        self._at = inf

    def start(self) -> None:
        self._at = asyncio.get_running_loop().time() + self._seconds

    @property
    def left(self) -> float:
        """The seconds that are left, less than nothing when it is over."""
        return self._at - asyncio.get_running_loop().time()

    def kept(self) -> asyncio.Timeout:
        """Return what gives up whatever is done within when the time is over, with a ``TimeoutError``."""
        return asyncio.timeout_at(None if self._at == inf else self._at)

    def over(self, *, ambiguous: bool = False) -> OutOfTime:
        """Return the error to raise now that it is over; ``ambiguous`` as for every error of the API."""
        message = (
            f"out of time: the {self._seconds:g} s that --timeout allows are over, and nothing more is sent; "
            "run again to do the rest, or allow more"
        )
        return OutOfTime(message, ambiguous=ambiguous)

    def too_near(self, reason: str, pause: float) -> OutOfTime:
        """Return the error to raise when what failed for ``reason`` can be tried again only after it is over."""
        message = (
            f"out of time: {reason}; it can be tried again in {pause:.0f} s, and of the {self._seconds:g} s that "
            f"--timeout allows {max(self.left, 0):.0f} s are left"
        )
        return OutOfTime(message)
