"""The rate of requests, and how it adapts to throttling."""

from __future__ import annotations

import asyncio
import logging
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from prismatic.fake_tenant import SCHEMA, FakeTenant, with_api
from prismatic.leaping_loop import LeapingLoop
from support.typed_operations import typed_operations

from reconciler.errors import Throttled
from reconciler.prismatic.graphql.batching import Call
from reconciler.prismatic.http.rate_limit import SLOWEST, STEP_AFTER, RateLimiter
from reconciler.prismatic.http.stats import Stats

if TYPE_CHECKING:
    from collections.abc import Callable

    from reconciler.prismatic.client import Api

ROLES = Call(typed_operations("query roles { customerRoles { id name } }", SCHEMA)["roles"], {})
CREATE = typed_operations(
    "mutation create($input: CreateCustomerInput!) { createCustomer(input: $input) { errors { field messages } } }",
    SCHEMA,
)["create"]


class Watched(FakeTenant):
    """A tenant that records when each request arrives."""

    def __init__(self, *script: httpx.Response | None, seconds: float = 0.0) -> None:
        super().__init__()
        self.script.extend(script)
        self.times: list[float] = []
        self.seconds = seconds

    async def handle(self, request: httpx.Request) -> httpx.Response:
        self.times.append(asyncio.get_running_loop().time())
        await asyncio.sleep(self.seconds)
        return await super().handle(request)

    @property
    def gaps(self) -> list[float]:
        return [after - before for before, after in zip(self.times, self.times[1:], strict=False)]


def throttled(retry_after: str | None = None) -> httpx.Response:
    return httpx.Response(429, headers={} if retry_after is None else {"Retry-After": retry_after})


def stats_after(tenant: Watched, *, times: int = 1, together: bool = False, **options: Any) -> Stats:
    """Send the same query so many times, one after another or all together; return the stats."""

    async def use(api: Api) -> Stats:
        if together:
            await asyncio.gather(*(api.call([ROLES]) for _ in range(times)))
        else:
            for _ in range(times):
                await api.call([ROLES])
        return api.stats

    stats: Stats = with_api(tenant, use, **options)
    return stats


def in_a_minute() -> str:
    return format_datetime(datetime.now(UTC) + timedelta(seconds=60), usegmt=True)


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize(
    ("retry_after", "shortest", "longest"),
    [
        (lambda: "7", 7.0, 7.1),
        (lambda: "0", 0.0, 0.1),
        (lambda: "1.5", 1.5, 1.6),
        (in_a_minute, 58.0, 61.0),
        (lambda: "-5", 0.25, 0.6),
        (lambda: "", 0.25, 0.6),
    ],
)
def test_retry_after_sets_the_pause(
    status: int, retry_after: Callable[[], str], shortest: float, longest: float
) -> None:
    """Retry-After, in seconds or as a date, sets the pause; without it the first pause is at most half a second."""
    tenant = Watched(httpx.Response(status, headers={"Retry-After": retry_after()}))
    stats = stats_after(tenant)
    (pause,) = tenant.gaps
    assert shortest <= pause <= longest
    assert (stats.throttles, stats.retries) == (status == 429, 1)


def test_pauses_grow() -> None:
    """Without Retry-After, each pause is about twice the one before."""
    tenant = Watched(*[throttled()] * 5)
    with pytest.raises(Throttled):
        stats_after(tenant)
    assert len(tenant.gaps) == 4
    assert all(0.25 * 2**number <= pause <= 0.51 * 2**number for number, pause in enumerate(tenant.gaps))


def test_the_rate_is_kept() -> None:
    """Requests go out at the configured rate after a burst of a few."""
    tenant = Watched()
    stats_after(tenant, times=13, together=True, rate=50.0)
    assert tenant.times[-1] - tenant.times[0] == pytest.approx(0.2, abs=0.02)


def test_a_pause_holds_all_requests() -> None:
    """During a pause nothing is sent, no matter how many requests were throttled."""
    tenant = Watched(throttled("30"), *[None] * 3, throttled("30"))
    stats = stats_after(tenant, times=12, together=True)
    pauses = [gap for gap in tenant.gaps if gap > 1]
    assert len(pauses) == 2
    assert all(30 <= pause <= 30.1 for pause in pauses)
    assert (stats.throttles, len(tenant.times)) == (2, 14)
    assert 60 <= stats.throttled_seconds <= 60.2


def test_pauses_that_overlap_are_counted_once() -> None:
    """The throttled time is the time on the clock, however many requests had to wait."""
    tenant = Watched(*[throttled("10")] * 4, seconds=0.01)
    stats = stats_after(tenant, times=4, together=True)
    assert stats.throttles == 4
    assert 10 <= stats.throttled_seconds <= 10.2


def test_requests_of_one_moment_halve_the_rate_once(caplog: pytest.LogCaptureFixture) -> None:
    """When several requests under way are throttled together, the rate is halved once."""
    caplog.set_level(logging.INFO, logger="reconciler.prismatic.http.rate_limit")
    tenant = Watched(*[throttled("1")] * 4, seconds=0.5)
    stats = stats_after(tenant, times=4, together=True, rate=20.0)
    assert stats.lowest_rate == 10.0
    assert caplog.messages == ["throttled: going on at 10 requests a second"]


def test_each_throttling_halves_the_rate() -> None:
    """After one, two and three throttlings, requests go out at a half, a quarter and an eighth of the rate."""
    for times, gap in ((1, 0.2), (2, 0.4), (3, 0.8)):
        tenant = Watched(*[throttled("9")] * times)
        stats_after(tenant, times=7, rate=10.0)
        assert tenant.gaps[-3:] == pytest.approx([gap] * 3, rel=0.1)


def test_the_rate_recovers_step_by_step(caplog: pytest.LogCaptureFixture) -> None:
    """While requests succeed, the rate rises by a tenth of the configured rate, up to that rate."""
    caplog.set_level(logging.INFO, logger="reconciler.prismatic.http.rate_limit")
    tenant = Watched(throttled("1"))
    stats = stats_after(tenant, times=10 * STEP_AFTER, rate=10.0)
    assert caplog.messages == [
        "throttled: going on at 5 requests a second",
        *(f"no longer throttled: going on at {rate} requests a second" for rate in (6, 7, 8, 9, 10)),
    ]
    assert tenant.gaps[-10:] == pytest.approx([0.1] * 10, rel=0.1)
    assert min(tenant.gaps[5:]) > 0.09
    assert stats.lowest_rate == 5.0


def test_a_rising_rate_is_halved_when_throttled_again() -> None:
    """A rate that proves too much on its way up is halved again."""
    tenant = Watched(throttled("1"), *[None] * STEP_AFTER, throttled("1"))
    stats = stats_after(tenant, times=STEP_AFTER + 2, rate=10.0)
    assert stats.lowest_rate == 3.0


@pytest.mark.parametrize(("rate", "slowest"), [(16.0, SLOWEST), (0.2, 0.2)])
def test_the_rate_never_falls_to_zero(rate: float, slowest: float) -> None:
    """However often the API throttles, requests still go out from time to time."""
    stats = Stats()
    limiter = RateLimiter(rate, stats)

    async def use() -> float:
        for _ in range(30):
            limiter.slow_down(await limiter.acquire())
        return limiter.current

    with asyncio.Runner(loop_factory=LeapingLoop) as runner:
        assert runner.run(use()) == slowest
    assert stats.throttles == 30


@pytest.mark.parametrize(
    "body",
    [
        {"detail": "Request was throttled. Expected available in 1 second."},
        {"errors": [{"message": "Request was throttled."}]},
        {"data": None, "errors": [{"message": "Too many requests"}, "rate limit exceeded"]},
    ],
)
def test_throttling_in_the_body_is_recognized(body: Any) -> None:
    """An answer without data that only reports too many requests is waited out, for mutations too."""
    tenant = Watched(httpx.Response(200, json=body))

    async def use(api: Api) -> Any:
        (answer,) = await api.call([Call(CREATE, {"input": {"name": "FTL"}})])
        return answer, api.stats

    answer, stats = with_api(tenant, use)
    assert answer.errors == ()
    assert (stats.throttles, len(tenant.customers)) == (1, 1)


@pytest.mark.parametrize(
    "body",
    [
        {"errors": [{"message": "Request was throttled."}, {"message": "No"}]},
        {"errors": [{"message": 7}, None]},
        {"errors": "throttled"},
    ],
)
def test_other_errors_are_not_taken_for_throttling(body: Any) -> None:
    """An answer with other content is not waited out because of a word in it."""
    tenant = Watched(httpx.Response(200, json=body))

    async def use(api: Api) -> int:
        try:
            await api.call([ROLES])
        except Exception:  # noqa: BLE001 - other tests check the error
            return api.stats.throttles
        return api.stats.throttles

    assert with_api(tenant, use) == 0


def test_waiting_for_the_rate_limit_does_not_count_as_slow() -> None:
    """The seconds of an answer are those of its request, without the wait for the rate limit."""
    tenant = Watched(throttled("30"))

    async def use(api: Api) -> float:
        (answer,) = await api.call([Call(CREATE, {"input": {"name": "x"}})])
        assert asyncio.get_running_loop().time() >= 30
        return answer.seconds

    assert with_api(tenant, use) < 1
