"""How quickly the API answers, and at which rate it throttles. A bounded number of small queries."""

from __future__ import annotations

import time
from statistics import median
from typing import TYPE_CHECKING

from reconciler.doctor.findings import Finding
from reconciler.doctor.words import reason_of
from reconciler.errors import ApiError, Throttled
from reconciler.prismatic.fetch.identity_operations import AUTHENTICATED_USER
from reconciler.prismatic.graphql.batching import Call
from reconciler.prismatic.http.concurrency import run_concurrently

if TYPE_CHECKING:
    from reconciler.prismatic.client import Api

ONE_BY_ONE = 20
"""Requests one after another, whose times are the latency."""
AT_ONCE = 10
"""Requests side by side, as many as a run has under way."""
MOST = 100
"""Requests to find out at which rate the API throttles."""
SECONDS = 10.0
"""No request begins later than this, for each of the two."""


async def latency(api: Api) -> Finding:
    """Return the median time of a small query, of at most ``ONE_BY_ONE``."""
    ended = time.monotonic() + SECONDS
    times: list[float] = []
    while len(times) < ONE_BY_ONE and time.monotonic() < ended:
        before = api.stats.seconds
        await api.call([Call(AUTHENTICATED_USER, {})])
        times.append(api.stats.seconds - before)
    reading = f"{median(times) * 1000:.0f} ms"
    return Finding("latency", "median", "ok", reading, f"{len(times)} small queries took {reading} each, in the median")


async def throttling(api: Api) -> Finding:
    """Return at which rate the API throttles; it is asked until it does, at most ``MOST`` times.

    ``api`` is a client that keeps to no rate and repeats nothing; it is opened and closed here.
    """
    sent, started = 0, time.monotonic()
    try:
        async with api:
            while sent < MOST and time.monotonic() - started < SECONDS:
                sent += AT_ONCE
                await run_concurrently(api.call([Call(AUTHENTICATED_USER, {})]) for _ in range(AT_ONCE))
    except Throttled:
        text = f"the API throttled within {sent} requests in {time.monotonic() - started:.1f} s; --rate limits a run"
        return Finding("latency", "throttling", "ok", f"{sent}", text)
    except ApiError as error:
        return Finding("latency", "throttling", "unknown", "", reason_of(error))
    rate = sent / max(time.monotonic() - started, 0.001)
    text = f"{sent} requests were not throttled, at {rate:.0f} a second"
    return Finding("latency", "throttling", "unknown", f"> {rate:.0f}/s", text)
