"""The time limit of a run."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from prismatic.fake_tenant import ENDPOINT, SCHEMA, FakeTenant, with_api
from prismatic.leaping_loop import LeapingLoop
from support.typed_operations import typed_operations

from reconciler.errors import OutOfTime
from reconciler.prismatic.client import Api
from reconciler.prismatic.connection import Connection
from reconciler.prismatic.graphql.batching import Call

if TYPE_CHECKING:
    from collections.abc import Callable


ROLES = Call(typed_operations("query roles { customerRoles { id name } }", SCHEMA)["roles"], {})
CREATE = Call(
    typed_operations(
        "mutation create($input: CreateCustomerInput!) { createCustomer(input: $input) { errors { field messages } } }",
        SCHEMA,
    )["create"],
    {"input": {"name": "FTL"}},
)
OVER = (
    "out of time: the 80 s that --timeout allows are over, and nothing more is sent; "
    "run again to do the rest, or allow more"
)


class Slow(FakeTenant):
    """A tenant that answers each request after some seconds."""

    def __init__(self, seconds: float) -> None:
        super().__init__()
        self.seconds = seconds

    async def handle(self, request: httpx.Request) -> httpx.Response:
        response = await super().handle(request)
        await asyncio.sleep(self.seconds)
        return response


def ends(tenant: FakeTenant, use: Callable[[Api], Any], **options: Any) -> tuple[OutOfTime, float]:
    """Return the error of ``use`` at the time limit, and after how many seconds it comes."""

    async def timed(api: Api) -> tuple[OutOfTime, float]:
        loop = asyncio.get_running_loop()
        started = loop.time()
        with pytest.raises(OutOfTime) as caught:
            await use(api)
        return caught.value, loop.time() - started

    found: tuple[OutOfTime, float] = with_api(tenant, timed, timeout=80.0, **options)
    return found


@pytest.mark.parametrize(("call", "ambiguous"), [(ROLES, False), (CREATE, True)])
def test_a_request_under_way_is_given_up(call: Call, ambiguous: bool) -> None:
    """At the time limit a request under way is given up; a mutation in it may have been carried out."""
    error, seconds = ends(Slow(10_000), lambda api: api.call([call]))
    assert (str(error), error.ambiguous) == (OVER, ambiguous)
    assert seconds == pytest.approx(80, abs=1)


@pytest.mark.parametrize("call", [ROLES, CREATE])
def test_nothing_is_sent_after_the_time_limit(call: Call) -> None:
    """A request that was not sent is not ambiguous."""
    tenant = FakeTenant()

    async def late(api: Api) -> None:
        await asyncio.sleep(81)
        await api.call([call])

    error, _ = ends(tenant, late)
    assert (str(error), error.ambiguous) == (OVER, False)
    assert tenant.sent == []


def test_a_request_that_waits_for_its_turn_is_not_sent() -> None:
    """A request that waits for the rate limit at the time limit was not sent, so it is not ambiguous."""
    tenant = FakeTenant()

    async def many(api: Api) -> None:
        await asyncio.gather(*(api.call([CREATE]) for _ in range(8)))

    error, seconds = ends(tenant, many, rate=0.02)
    assert not error.ambiguous
    assert seconds == pytest.approx(80, abs=1)
    assert len(tenant.sent) < 8


@pytest.mark.parametrize("call", [ROLES, CREATE])
def test_no_pause_goes_beyond_the_time_limit(call: Call) -> None:
    """A pause that would end too late is not begun: its reason is reported at once, and nothing was carried out."""
    tenant = FakeTenant()
    tenant.script.extend([httpx.Response(429, headers={"Retry-After": "110"})])
    error, seconds = ends(tenant, lambda api: api.call([call]))
    assert str(error) == (
        "out of time: https://stack.example answered HTTP 429: too many requests, and it asks for a pause of 110 s; "
        "it can be tried again in 110 s, and of the 80 s that --timeout allows 80 s are left"
    )
    assert not error.ambiguous
    assert seconds < 1
    assert len(tenant.sent) == 1


def test_tries_end_at_the_time_limit() -> None:
    """The tries of a slow query end at the time limit."""
    tenant = Slow(35)
    tenant.script.extend(httpx.Response(500) for _ in range(9))
    error, seconds = ends(tenant, lambda api: api.call([ROLES]))
    assert str(error) == OVER
    assert seconds == pytest.approx(80, abs=1)
    assert len(tenant.sent) == 3


def test_failed_queries_are_not_retried_beyond_the_time_limit() -> None:
    """A query that the API failed to answer is retried only within the time limit."""
    tenant = Slow(79.9)
    broken = {"data": {"op0": None}, "errors": [{"message": "Internal server error", "path": ["op0"]}]}
    tenant.script.extend(httpx.Response(200, json=broken) for _ in range(9))
    error, _ = ends(tenant, lambda api: api.call([ROLES]))
    assert str(error).startswith("out of time: roles: Internal server error; it can be tried again in 0 s")
    assert len(tenant.sent) == 1


def test_queries_in_one_request_end_together() -> None:
    """All queries of a request get the error at the time limit."""

    async def many(api: Api) -> None:
        found = await asyncio.gather(*(api.ask(ROLES) for _ in range(50)), return_exceptions=True)
        assert [type(each) for each in found] == [OutOfTime] * 50
        raise found[0]

    ends(Slow(10_000), many)


def test_without_a_limit_nothing_ends() -> None:
    """Without a time limit, only the number of tries ends a query."""

    async def use(api: Api) -> Any:
        await asyncio.sleep(1_000_000)
        return await api.call([ROLES])

    assert with_api(Slow(50), use)[0].data


def test_the_time_counts_from_connecting(monkeypatch: pytest.MonkeyPatch) -> None:
    """A connection whose first query takes too long ends with an error, and is closed."""
    monkeypatch.setattr("asyncio.events.new_event_loop", LeapingLoop)
    with (
        pytest.raises(OutOfTime, match="the 7 s that --timeout allows are over"),
        Connection(Api(ENDPOINT, transport=Slow(30).transport, timeout=7)),
    ):
        pass
