"""The log of what was asked: in memory, over HTTP and in a file."""

from __future__ import annotations

import json
import stat
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from reconciler.sandbox.app import Sandbox
from reconciler.sandbox.data.settings import Settings
from reconciler.sandbox.world.load import SetupError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from sandbox.client import Api

_TWO = """mutation {
  one: createCustomer(input: {name: "A"}) { customer { name } errors { field messages } }
  two: createCustomer(input: {name: ""}) { customer { name } errors { field messages } } }"""
_LIST = "{ customers(isSystem: false) { totalCount nodes { name } } }"
_REFUSAL = [{"field": "name", "messages": ["This field cannot be blank."]}]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "sandbox.log"


@pytest.fixture
def logged(start: Callable[..., Api], file: Path) -> Api:
    """A sandbox that writes its log to a file."""
    return start(log=file)


def _lines(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


def test_an_operation_is_kept_with_its_arguments_its_result_and_its_time(logged: Api, file: Path) -> None:
    """Each root field is an entry, the same over HTTP and in the file; the answer's data is its result."""
    logged.post(_TWO)
    entries = logged.request("GET", "/sandbox/log").json()["entries"]
    assert entries == _lines(file)
    one, two = entries
    assert (one["alias"], one["arguments"], one["ok"]) == ("one", {"input": {"name": "A"}}, True)
    assert one["result"] == {"customer": {"name": "A"}, "errors": []}
    assert (two["result"], two["errors"]) == ({"customer": None, "errors": _REFUSAL}, ["This field cannot be blank."])
    assert all(0 < entry["seconds"] < 60 and entry["at"].endswith("+00:00") for entry in entries)


def test_of_a_list_only_the_file_has_the_rows(logged: Api, file: Path) -> None:
    """In memory a list is how many rows it had, so that reading a large tenant again and again costs nothing."""
    for name in ("A", "B"):
        logged.sandbox.seed.customer(name)
    logged(_LIST)
    (entry,) = logged.sandbox.log.entries
    assert entry.result == {"totalCount": 2, "nodes": 2}
    (line,) = _lines(file)
    assert line["result"] == {"totalCount": 2, "nodes": [{"name": "A"}, {"name": "B"}]}


def test_the_time_of_an_operation_is_that_of_all_below_it(api: Api) -> None:
    """What is read below a root field counts as its time, not as the next one's."""
    for number in range(60):
        api.sandbox.seed.customer(f"Customer {number}")
    below = "{ totalCount nodes { name users { nodes { name } } instances { nodes { name } } } }"
    api(f"{{ deep: customers {below} flat: organization {{ id }} }}")
    deep, flat = api.sandbox.log.entries
    assert deep.seconds > flat.seconds


def test_what_a_client_never_heard_of_is_kept_with_the_reason(logged: Api, file: Path) -> None:
    """An answer that is lost leaves its result in the log, beside the fault that lost it."""
    logged.sandbox.faults.add("drop-after")
    logged.sandbox.faults.add("delay")
    with pytest.raises(httpx.RemoteProtocolError):
        logged.post(_TWO)
    assert [(line["alias"], line["faults"]) for line in _lines(file)] == [
        ("one", ["drop-after", "delay"]),
        ("two", ["drop-after", "delay"]),
    ]
    assert _lines(file)[0]["result"]["customer"] == {"name": "A"}


def test_an_answer_that_was_lost_in_part_is_kept_whole(logged: Api, file: Path) -> None:
    """The log has what was carried out, not what was made of it on the way."""
    logged.sandbox.faults.add("partial")
    assert logged.post(_TWO).json()["data"]["two"] is None
    assert _lines(file)[1]["result"] == {"customer": None, "errors": _REFUSAL}


def test_requests_of_which_nothing_was_carried_out_are_kept_apart(logged: Api, file: Path) -> None:
    """They say what was asked for, as far as it could be read, and what was answered."""
    for fault in ("throttle", "drop:at=2", "expire:at=3"):
        logged.sandbox.faults.add(fault)
    logged.post(_TWO)
    with pytest.raises(httpx.RemoteProtocolError):
        logged.post(_TWO)
    logged.post(_LIST)
    logged.post("{ nonsense }")
    logged.headers = {}
    logged.post(_LIST)
    unserved = logged.request("GET", "/sandbox/log").json()["unserved"]
    assert unserved == _lines(file)
    assert [(each["request"], each["status"], each["fields"], each["faults"]) for each in unserved] == [
        (1, 429, ["createCustomer", "createCustomer"], ["throttle"]),
        (2, 0, ["createCustomer", "createCustomer"], ["drop"]),
        (3, 401, ["customers"], ["expire"]),
        (4, 401, [], []),
        (5, 401, ["customers"], []),
    ]
    assert logged.sandbox.log.entries == []


def test_a_request_with_wrong_variables_was_not_carried_out(api: Api) -> None:
    """What fails before its first operation is no operation."""
    assert api.post("query ($id: ID!) { user(id: $id) { id } }").status_code == 400
    assert ([each.status for each in api.sandbox.log.unserved], api.sandbox.log.entries) == ([400], [])


def test_the_file_is_appended_to_and_private(logged: Api, file: Path) -> None:
    """Clearing the log leaves the file as it is, one that was moved away is started anew, and nobody else reads it."""
    logged(_LIST)
    logged.request("DELETE", "/sandbox/log")
    logged(_LIST)
    assert [line["request"] for line in _lines(file)] == [1, 1]
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    file.rename(file.with_suffix(".old"))
    logged(_LIST)
    assert len(_lines(file)) == 1


def test_a_file_that_cannot_be_written_keeps_it_from_starting(tmp_path: Path) -> None:
    """It is found before the first request, and reported in one line."""
    with pytest.raises(SetupError) as caught:
        Sandbox(Settings(log=tmp_path / "none" / "sandbox.log"))
    assert str(caught.value) == f"{tmp_path / 'none' / 'sandbox.log'}: cannot be written: No such file or directory"
