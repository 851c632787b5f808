"""How hard the API is leaned on, and how the client gives way."""

from __future__ import annotations

import asyncio
import logging
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from prismatic.fake_tenant import FakeTenant, with_api
from prismatic.leaping_loop import LeapingLoop

from reconciler.errors import Throttled
from reconciler.model.operation import parse_operations
from reconciler.prismatic.graphql.batching import Call
from reconciler.prismatic.http.rate_limit import SLOWEST, STEP_AFTER, RateLimiter
from reconciler.prismatic.http.stats import Stats

if TYPE_CHECKING:
    from collections.abc import Callable

    from reconciler.prismatic.client import Api

ROLES = Call(parse_operations("query roles { customerRoles { id name } }")["roles"], {})
CREATE = parse_operations(
    "mutation create($input: CreateCustomerInput!) { createCustomer(input: $input) { errors { field messages } } }"
)["create"]


class Watched(FakeTenant):
    """Notes when each request arrived."""

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


def asked(tenant: Watched, *, times: int = 1, together: bool = False, **options: Any) -> Stats:
    """Ask the same so many times, one after the other or all together; return the stats."""

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
def test_the_server_says_how_long_to_wait(
    status: int, retry_after: Callable[[], str], shortest: float, longest: float
) -> None:
    """Retry-After, in seconds or as a date, sets the pause; without it pauses begin at half a second at most."""
    tenant = Watched(httpx.Response(status, headers={"Retry-After": retry_after()}))
    stats = asked(tenant)
    (pause,) = tenant.gaps
    assert shortest <= pause <= longest
    assert (stats.throttles, stats.retries) == (status == 429, 1)


def test_pauses_grow() -> None:
    """Without a word from the server each pause is about twice the one before."""
    tenant = Watched(*[throttled()] * 5)
    with pytest.raises(Throttled):
        asked(tenant)
    assert len(tenant.gaps) == 4
    assert all(0.25 * 2**number <= pause <= 0.51 * 2**number for number, pause in enumerate(tenant.gaps))


def test_the_rate_is_kept() -> None:
    """However many calls there are, requests go out at the rate that was set, after a burst of a few."""
    tenant = Watched()
    asked(tenant, times=13, together=True, rate=50.0)
    assert tenant.times[-1] - tenant.times[0] == pytest.approx(0.2, abs=0.02)


def test_a_pause_that_one_request_is_told_holds_all_of_them() -> None:
    """While the API wants to be left alone nothing is sent, whoever asks and however many were told so."""
    tenant = Watched(throttled("30"), *[None] * 3, throttled("30"))
    stats = asked(tenant, times=12, together=True)
    pauses = [gap for gap in tenant.gaps if gap > 1]
    assert len(pauses) == 2
    assert all(30 <= pause <= 30.1 for pause in pauses)
    assert (stats.throttles, len(tenant.times)) == (2, 14)
    assert 60 <= stats.throttled_seconds <= 60.2


def test_pauses_that_overlap_are_counted_once() -> None:
    """The time held back is that on the clock, however many requests were told to wait."""
    tenant = Watched(*[throttled("10")] * 4, seconds=0.01)
    stats = asked(tenant, times=4, together=True)
    assert stats.throttles == 4
    assert 10 <= stats.throttled_seconds <= 10.2


def test_throttling_halves_the_rate_once_for_all_that_was_under_way(caplog: pytest.LogCaptureFixture) -> None:
    """Requests that went out together and were all throttled say the same thing: the rate is halved once."""
    caplog.set_level(logging.INFO, logger="reconciler.prismatic.http.rate_limit")
    tenant = Watched(*[throttled("1")] * 4, seconds=0.5)
    stats = asked(tenant, times=4, together=True, rate=20.0)
    assert stats.lowest_rate == 10.0
    assert caplog.messages == ["throttled: going on at 10 requests a second"]


def test_after_being_throttled_requests_go_out_more_slowly() -> None:
    """Once throttled, twice and three times, what follows keeps to half, a quarter, an eighth of the rate."""
    for times, gap in ((1, 0.2), (2, 0.4), (3, 0.8)):
        tenant = Watched(*[throttled("9")] * times)
        asked(tenant, times=7, rate=10.0)
        assert tenant.gaps[-3:] == pytest.approx([gap] * 3, rel=0.1)


def test_the_rate_recovers_step_by_step(caplog: pytest.LogCaptureFixture) -> None:
    """While requests succeed the rate goes up by a tenth of what was set, and never above that."""
    caplog.set_level(logging.INFO, logger="reconciler.prismatic.http.rate_limit")
    tenant = Watched(throttled("1"))
    stats = asked(tenant, times=10 * STEP_AFTER, rate=10.0)
    assert caplog.messages == [
        "throttled: going on at 5 requests a second",
        *(f"no longer throttled: going on at {rate} requests a second" for rate in (6, 7, 8, 9, 10)),
    ]
    assert tenant.gaps[-10:] == pytest.approx([0.1] * 10, rel=0.1)
    assert min(tenant.gaps[5:]) > 0.09
    assert stats.lowest_rate == 5.0


def test_recovering_begins_anew_when_throttled_again() -> None:
    """A rate that proves too much on the way up is halved again."""
    tenant = Watched(throttled("1"), *[None] * STEP_AFTER, throttled("1"))
    stats = asked(tenant, times=STEP_AFTER + 2, rate=10.0)
    assert stats.lowest_rate == 3.0


@pytest.mark.parametrize(("rate", "slowest"), [(16.0, SLOWEST), (0.2, 0.2)])
def test_the_rate_never_falls_to_nothing(rate: float, slowest: float) -> None:
    """However often the API throttles, now and then a request goes out."""
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
def test_throttling_that_is_told_in_the_body_is_throttling(body: Any) -> None:
    """An answer without data that only says that there were too many requests is waited out, mutations included."""
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
def test_throttling_is_not_guessed(body: Any) -> None:
    """Whatever else an answer says counts: nothing is waited out for a word that happens to be in it."""
    tenant = Watched(httpx.Response(200, json=body))

    async def use(api: Api) -> int:
        try:
            await api.call([ROLES])
        except Exception:  # noqa: BLE001 - what it comes to is told elsewhere
            return api.stats.throttles
        return api.stats.throttles

    assert with_api(tenant, use) == 0


def test_waiting_for_a_turn_is_no_slowness() -> None:
    """An answer tells how long its request took, not how long the API had held it back before."""
    tenant = Watched(throttled("30"))

    async def use(api: Api) -> float:
        (answer,) = await api.call([Call(CREATE, {"input": {"name": "x"}})])
        assert asyncio.get_running_loop().time() >= 30
        return answer.seconds

    assert with_api(tenant, use) < 1
