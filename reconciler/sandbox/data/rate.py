"""The limit of requests in one second."""

from __future__ import annotations

from collections import deque


class Rate:
    """A sliding window of one second; ``limit`` 0 admits everything."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._served: deque[float] = deque()

    def admits(self, now: float) -> bool:
        """Return whether a request at ``now`` (seconds, monotonic) may be served, and count it if so."""
        while self._served and now - self._served[0] >= 1:
            self._served.popleft()
        if self._limit and len(self._served) >= self._limit:
            return False
        self._served.append(now)
        return True
