"""What a run cost the API and the network."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class Stats:
    """Counters of one connection.

    ``requests`` are answered HTTP requests, ``operations`` the GraphQL operations that travelled in them (retried
    ones once), ``answered`` those of them that nobody waits for any more, ``bytes_received`` as they came over the
    wire, ``seconds`` the time spent waiting for answers. ``throttled_seconds`` is how long nothing was sent because
    the API had asked for a pause, ``lowest_rate`` the fewest requests a second that it came to for the same reason
    (``None``: the rate was never lowered).
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
