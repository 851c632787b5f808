"""Counters of the requests that a run sends."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class Stats:
    """Counters of one connection.

    ``requests`` are the HTTP requests that the API answered, ``operations`` the GraphQL operations in them (a retried
    operation counts once), ``answered`` the operations that are finished, ``bytes_received`` the bytes that came over
    the network, still packed, ``seconds`` the time between requests and their answers. ``throttled_seconds`` is how
    long nothing was sent because the API asked for a pause. ``lowest_rate`` is the lowest rate that throttling led to,
    in requests a second; ``None``: the rate was never lowered.
    """

    requests: int = 0
    operations: int = 0
    throttles: int = 0
    retries: int = 0
    bytes_received: int = 0
    seconds: float = 0.0
    throttled_seconds: float = 0.0
    lowest_rate: float | None = None
    answered: int = 0
    retry_after: str | None = None
    """How the API last stated a pause when it throttled: in ``seconds``, as a ``date``, or not at all (``absent``)."""

    def count_request(self, received: int) -> None:
        """Count one answered request of so many bytes."""
        self.requests += 1
        self.bytes_received += received

    def note_rate(self, rate: float) -> None:
        """Take note of a lowered rate, in requests a second."""
        self.lowest_rate = min(self.lowest_rate or rate, rate)
