"""Misbehaviour on demand."""

from __future__ import annotations

import re
import time
from dataclasses import fields
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from reconciler.sandbox.faults.fault import KINDS, OPTIONS, Asked, Fault
from reconciler.sandbox.faults.queue import Faults
from reconciler.sandbox.faults.specs import FaultError

if TYPE_CHECKING:
    from collections.abc import Callable

    from sandbox.client import Api

_CREATE = """mutation {
  one: createCustomer(input: {name: "A"}) { errors { field } }
  organization: createCustomer(input: {name: "B"}) { errors { field } } }"""


def _count(api: Api) -> int:
    count: int = api("{ customers(isSystem: false) { totalCount } }")["customers"]["totalCount"]
    return count


def test_throttling_may_or_may_not_say_how_long(api: Api) -> None:
    """429 comes with ``detail`` and, where it was asked for, ``Retry-After``; nothing is carried out."""
    api.sandbox.faults.add("throttle")
    api.sandbox.faults.add("throttle", retry_after="3", at=2)
    first, second = api.post(_CREATE), api.post(_CREATE)
    assert (first.status_code, "Retry-After" in first.headers) == (429, False)
    assert (second.status_code, second.headers["Retry-After"]) == (429, "3")
    assert list(first.json()) == ["detail"]
    assert _count(api) == 0


def test_a_pause_can_be_a_date(api: Api) -> None:
    """``date+N`` is an HTTP date N seconds ahead, wherever a pause is asked for."""
    api.sandbox.faults.add("throttle:retry-after=date+30,message=Slow down")
    api.sandbox.faults.add("error:retry-after=date+30,at=2")
    for status in (429, 503):
        answer = api.post(_CREATE)
        assert answer.status_code == status
        assert 28 <= parsedate_to_datetime(answer.headers["Retry-After"]).timestamp() - time.time() <= 30
        assert status == 503 or answer.json() == {"detail": "Slow down"}


@pytest.mark.parametrize(("kind", "count"), [("error", 0), ("error-after", 2)])
@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_a_server_s_error_is_a_page(api: Api, kind: str, status: int, count: int) -> None:
    """5xx comes as HTML, before anything is carried out or after everything was."""
    api.sandbox.faults.add(kind, status=status)
    answer = api.post(_CREATE)
    assert (answer.status_code, answer.headers["content-type"]) == (status, "text/html; charset=utf-8")
    assert _count(api) == count


@pytest.mark.parametrize(("kind", "count"), [("timeout", 0), ("timeout-after", 2)])
def test_no_answer_comes(api: Api, kind: str, count: int) -> None:
    """The client waits in vain; in this process it learns so at once."""
    api.sandbox.faults.add(kind)
    with pytest.raises(httpx.ReadTimeout):
        api.post(_CREATE)
    assert _count(api) == count


@pytest.mark.parametrize(("kind", "count"), [("drop", 0), ("drop-after", 2), ("cut", 2)])
def test_a_connection_is_lost_before_or_after(api: Api, kind: str, count: int) -> None:
    """No answer comes, so the client does not know whether the mutations were carried out."""
    api.sandbox.faults.add(kind)
    with pytest.raises(httpx.RemoteProtocolError, match="disconnected"):
        api.post(_CREATE)
    assert _count(api) == count


@pytest.mark.parametrize("kind", ["truncate", "malformed", "garbage"])
def test_an_answer_arrives_broken(api: Api, kind: str) -> None:
    """The status is 200 and the body no JSON, after everything was carried out."""
    api.sandbox.faults.add(kind)
    answer = api.post(_CREATE)
    assert answer.status_code == 200
    with pytest.raises(ValueError, match=r"."):
        answer.json()
    assert _count(api) == 2


def test_one_answer_of_several_is_lost(api: Api) -> None:
    """A top-level error stands in one field's place, beside the others' data."""
    api.sandbox.faults.add("partial", field="createCustomer", message="Boom")
    answer = api.post(_CREATE).json()
    assert answer["data"] == {"one": {"errors": []}, "organization": None}
    assert answer["errors"] == [{"message": "Boom", "path": ["organization"]}]
    assert _count(api) == 2


def test_one_operation_of_a_request_is_picked_by_its_number(api: Api) -> None:
    """Operations are counted over all requests, and a partial answer lacks just the one that was meant."""
    api.sandbox.faults.add("partial", operation=3)
    api.sandbox.faults.add("drop", operation=6)
    first, second = api.post(_CREATE).json(), api.post(_CREATE).json()
    assert "errors" not in first
    assert second["errors"] == [{"message": "Internal server error", "path": ["one"]}]
    with pytest.raises(httpx.RemoteProtocolError):
        api.post(_CREATE)


def test_a_token_expires_for_one_request(api: Api) -> None:
    """401 comes once, and the next request is answered."""
    api.sandbox.faults.add("unauthorized")
    assert [api.post(_CREATE).status_code for _ in range(2)] == [401, 200]


def test_a_token_expires_until_it_is_refreshed(api: Api) -> None:
    """401 comes again and again, until a new token is fetched."""
    api.sandbox.faults.add("expire", at=2)
    assert [api.post(_CREATE).status_code for _ in range(3)] == [200, 401, 401]
    answer = api.request("POST", "/auth/refresh", json={"refresh_token": "sandbox-refresh"})
    api.headers = {"Authorization": f"Bearer {answer.json()['access_token']}"}
    assert api.post(_CREATE).status_code == 200


def test_an_answer_can_be_late(api: Api) -> None:
    """A delay lets the request through."""
    api.sandbox.faults.add("delay", seconds=0.01)
    assert api.post(_CREATE).status_code == 200


def test_faults_strike_the_requests_of_their_options(api: Api) -> None:
    """A fault picks a request by number or by root field, strikes so often, and is remembered."""
    faults = api.sandbox.faults
    by_field = faults.add("error", field="organization", times=2)
    by_number = faults.add("error", at=4)
    always = faults.add("error", field="userExists", times=None)
    fine, hit = "{ customers { totalCount } }", "{ o: organization { id } customers { totalCount } }"
    assert [api.post(query).status_code for query in (fine, hit, hit, fine, hit)] == [200, 503, 503, 503, 200]
    assert [api.post('{ userExists(email: "a") }').status_code for _ in range(3)] == [503] * 3
    assert faults.struck == [by_field, by_field, by_number, always, always, always]
    assert faults.pending == [always]
    faults.clear()
    assert api.post('{ userExists(email: "a") }').status_code == 200


def test_one_fault_decides_what_becomes_of_an_answer(api: Api) -> None:
    """Where several kinds could strike, the first that was set does; others wait, but for those that go with any."""
    for spec in (
        "drop-after:field=createCustomer",
        "drop-after",
        "error:status=500",
        "throttle:at=1",
        "expire:at=2",
        "partial:at=3",
    ):
        api.sandbox.faults.add(spec)
    with pytest.raises(httpx.RemoteProtocolError):
        api.post(_CREATE)
    assert [fault.kind for fault in api.sandbox.faults.pending] == ["error", "throttle", "expire", "partial"]
    assert api.post(_CREATE).status_code == 500
    assert [fault.kind for fault in api.sandbox.faults.pending] == ["throttle", "partial"]
    assert api.post(_CREATE).status_code == 401


def _struck(spec: str, seed: int | None = None) -> list[int]:
    """Return which of the first thirty requests a fault strikes; every second asks for organization."""
    faults = Faults(seed)
    faults.add(spec)
    fields = ("customers",), ("organization",)
    return [number for number in range(1, 31) if faults.take(Asked(number, number, fields[number % 2]))]


@pytest.mark.parametrize(
    ("spec", "struck"),
    [
        ("error", [1]),
        ("error: times = 3 , ", [1, 2, 3]),
        ("error:at=7", [7]),
        ("error:operation=9", [9]),
        ("error:every=10", [10, 20, 30]),
        ("error:every=10,times=2", [10, 20]),
        ("error:every=5,field=organization", [9, 19, 29]),
        ("error:at=4,field=organization", []),
        ("error:times=always,field=customers", list(range(2, 31, 2))),
    ],
)
def test_requests_are_picked_by_number_field_and_rate(spec: str, struck: list[int]) -> None:
    """All conditions of a fault must hold, ``every`` counts the requests that the others hold for."""
    assert _struck(spec) == struck


def test_chance_repeats_with_a_seed() -> None:
    """A fault that strikes by chance does so as often as it says, and with a seed at the same requests again."""
    assert _struck("error:chance=0.4", 1) == _struck("error:chance=0.4", 1) != _struck("error:chance=0.4", 2)
    assert 4 <= len(_struck("error:chance=0.4", 1)) <= 20
    assert _struck("error:chance=1") == list(range(1, 31))
    assert len(_struck("error:chance=1,times=2")) == 2


@pytest.mark.parametrize(
    ("spec", "options", "message"),
    [
        ("quake", {}, "There is no fault 'quake'. Known: throttle, error, "),
        ("trottle", {}, "There is no fault 'trottle'; did you mean 'throttle'? Known: "),
        ("", {}, "There is no fault ''. Known: "),
        ("error:at", {}, "A fault's options are NAME=VALUE, not 'at'."),
        ("error:retry-afer=1", {}, "A fault has no option 'retry-afer'; did you mean 'retry-after'? Known: at, "),
        ("error", {"colour": 1}, "A fault has no option 'colour'. Known: at, "),
        ("error:at=0", {}, "The fault's option at is a number from 1, not '0'."),
        ("error:at=x", {}, "The fault's option at is a number from 1, not 'x'."),
        ("error", {"at": True}, "The fault's option at is a number from 1, not True."),
        ("error", {"at": [1]}, "The fault's option at is a number from 1, not [1]."),
        ("error:times=never", {}, "The fault's option times is a number from 1, or always, not 'never'."),
        ("error:chance=2", {}, "The fault's option chance is more than 0 and at most 1, not '2'."),
        ("error:status=99", {}, "The fault's option status is an HTTP status from 200 to 599, not '99'."),
        ("delay:seconds=nan", {}, "The fault's option seconds is a number of seconds, not 'nan'."),
        ("throttle:retry-after=soon", {}, "The fault's option retry-after is a number of seconds, or date+SECONDS, "),
        ("error", {"message": 5}, "The fault's option message is a text, not 5."),
        ("error:field=createInstanc", {}, "The API has no root field 'createInstanc'; did you mean 'createInstance'?"),
    ],
)
def test_a_fault_that_cannot_be_is_one_clear_line(spec: str, options: dict[str, Any], message: str) -> None:
    """What is wrong with a spec, or with options beside it, says what was expected."""
    with pytest.raises(FaultError) as caught:
        Faults().add(spec, **options)
    assert str(caught.value).startswith(message)
    assert "\n" not in str(caught.value)


def test_faults_have_sensible_defaults() -> None:
    """An option that is null is as one that is left out; a time-out lasts longer than clients wait."""
    fault = Faults().add("timeout", seconds=None, times=None)
    assert (fault.seconds, fault.times, fault.kind in KINDS) == (300.0, None, True)


def test_every_fault_is_documented() -> None:
    """The tables in docs/sandbox.md have each fault with what it does, and each option."""
    text = (Path(__file__).parents[2] / "docs" / "sandbox.md").read_text(encoding="utf-8")
    told = text.split("## Making it misbehave")[1].split("\n## ")[0]
    assert dict(re.findall(r"^\| `([^`]+)` \| (.+) \|$", told, re.MULTILINE)) == {**KINDS, **OPTIONS}
    names = {name.partition("=")[0].replace("-", "_") for name in OPTIONS}
    assert names == {item.name for item in fields(Fault)} - {"kind"}


def test_faults_can_be_there_from_the_start(start: Callable[..., Api]) -> None:
    """Those of the settings strike from the first request on, and again after a reset."""
    api = start(faults=("error:status=502", "throttle:at=2"))
    for _ in range(2):
        assert [api.post(_CREATE).status_code for _ in range(3)] == [502, 429, 200]
        assert api.request("POST", "/sandbox/reset").status_code == 204
