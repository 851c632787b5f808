"""The physical limit: the shortest time in which requests can be sent and answered, however quick a client is."""

from __future__ import annotations

LATENCY = 0.06
"""Seconds that the server takes to answer a request."""
RATE = 20
"""Requests a second: what the API allows a token, and what ``--rate`` is set to."""
BURST = 3
"""Requests that the client sends at once, before the rate applies to the next one."""


def physical_limit(requests: int, chain: int) -> float:
    """Return the seconds that so many requests take at least, if ``chain`` of them wait for each other."""
    last_sent = max(0, requests - BURST) / RATE
    return max(last_sent + LATENCY, chain * LATENCY)
