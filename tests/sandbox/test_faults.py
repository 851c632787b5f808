"""Misbehaviour on demand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx
import pytest

if TYPE_CHECKING:
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


@pytest.mark.parametrize("status", [500, 502, 503])
def test_a_server_s_error_is_a_page(api: Api, status: int) -> None:
    """5xx comes as HTML, and nothing is carried out."""
    api.sandbox.faults.add("error", status=status)
    answer = api.post(_CREATE)
    assert (answer.status_code, answer.headers["content-type"]) == (status, "text/html; charset=utf-8")
    assert _count(api) == 0


@pytest.mark.parametrize(("kind", "count"), [("drop", 0), ("drop-after", 2)])
def test_a_connection_is_lost_before_or_after(api: Api, kind: str, count: int) -> None:
    """No answer comes, and whether the mutations were carried out cannot be told from that."""
    api.sandbox.faults.add(kind)
    with pytest.raises(httpx.RemoteProtocolError, match="disconnected"):
        api.post(_CREATE)
    assert _count(api) == count


@pytest.mark.parametrize("kind", ["truncate", "garbage"])
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


def test_a_token_expires_for_one_request(api: Api) -> None:
    """401 comes once, and the next request is answered."""
    api.sandbox.faults.add("unauthorized")
    assert [api.post(_CREATE).status_code for _ in range(2)] == [401, 200]


def test_an_answer_can_be_late(api: Api) -> None:
    """A delay lets the request through."""
    api.sandbox.faults.add("delay", seconds=0.01)
    assert api.post(_CREATE).status_code == 200


def test_faults_strike_where_they_are_told_to(api: Api) -> None:
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


def test_an_unknown_fault_is_refused(api: Api) -> None:
    """Only the faults that exist can be set."""
    with pytest.raises(ValueError, match=r"There is no fault 'explode'\. Known: throttle, "):
        api.sandbox.faults.add("explode")
