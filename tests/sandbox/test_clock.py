"""The sandbox's clock, which tests and users can move."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

import pytest

from reconciler.sandbox.data.clock import Clock, ClockError, parse_duration

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from sandbox.client import Api

START = datetime(2026, 3, 1, 8, tzinfo=UTC)


def _clock(api: Api, **asked: Any) -> datetime:
    """Return the time in the sandbox, after a move of its clock if ``asked`` names one."""
    answer = api.request("POST" if asked else "GET", "/sandbox/clock", **({"json": asked} if asked else {}))
    assert answer.status_code == 200, answer.text
    return _shown(answer.json()["now"])


def _shown(text: str) -> datetime:
    """Return a time to the hundredth of a second: each timestamp is a microsecond after the one before."""
    moment = datetime.fromisoformat(text)
    return moment.replace(microsecond=moment.microsecond // 10_000 * 10_000)


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"advance": "24h"}, START + timedelta(days=1)),
        ({"advance": "1w2d3h4m5s"}, START + timedelta(9, 3 * 3600 + 4 * 60 + 5)),
        ({"advance": "0.5s"}, START + timedelta(seconds=0.5)),
        ({"at": "2026-04-01T10:00:00+02:00"}, datetime(2026, 4, 1, 8, tzinfo=UTC)),
    ],
)
def test_moving_the_clock_moves_all_times(start: Callable[..., Api], asked: dict[str, str], expected: datetime) -> None:
    """After a move, the ``Date`` of every answer and the timestamps of objects and of the log have the new time."""
    api = start(now=lambda: START)
    assert _clock(api, **asked) == expected == _clock(api)
    answer = api.post("{ organization { id } }")
    assert parsedate_to_datetime(answer.headers["Date"]) == expected.replace(microsecond=0)
    created = api.done("createCustomer", "customer { createdAt }", name="C")["createdAt"]
    assert _shown(created) == expected
    assert _shown(api.sandbox.log.entries[-1].at) == expected


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"advance": "soon"}, "expected a duration such as 30s, 10m, 1h30m or 7d, not 'soon'"),
        ({"advance": ""}, "expected a duration such as 30s, 10m, 1h30m or 7d, not ''"),
        ({"advance": 5}, "expected a duration such as 30s, 10m, 1h30m or 7d, not 5"),
        ({"advance": "99999d"}, "expected a duration of at most 100 years, not '99999d'"),
        ({"advance": "9" * 400 + "d"}, "expected a duration of at most 100 years"),
        ({"at": "2026-03-01"}, "expected a time with its zone such as 2026-03-01T08:00:00Z, not '2026-03-01'"),
        ({"at": "9999-12-31T23:00:00-09:00"}, "expected a time with its zone"),
        ({"at": "2026-02-28T08:00:00Z"}, "and only moves forwards, so not to 2026-02-28T08:00:00.000000+00:00"),
        ({}, 'expected {"advance": "24h"} or {"at": "2026-03-01T08:00:00Z"}'),
        ({"advance": "1h", "at": "2027-01-01T00:00:00Z"}, 'expected {"advance": "24h"} or'),
        ([], "The JSON has to be an object."),
    ],
)
def test_a_move_that_makes_no_sense_is_refused(start: Callable[..., Api], asked: Any, message: str) -> None:
    """The answer says what was expected, and the clock stays."""
    api = start(now=lambda: START)
    answer = api.request("POST", "/sandbox/clock", json=asked)
    assert (answer.status_code, message in answer.json()["detail"]) == (400, True), answer.text
    assert _clock(api) == START


def test_the_calendar_ends() -> None:
    """A clock cannot be moved beyond the last year that Python knows."""
    clock = Clock(lambda: datetime(9990, 1, 1, tzinfo=UTC))
    for by in (timedelta(days=3650), timedelta(days=3_000_000)):
        with pytest.raises(ClockError):
            clock.advance(by)


def test_a_reset_puts_the_clock_back(start: Callable[..., Api], tmp_path: Path) -> None:
    """A reset restores the time of the start: the real one, or that of the world file."""
    world = tmp_path / "world.yaml"
    world.write_text("clock: 2020-01-01T00:00:00Z\n", encoding="utf-8")
    for settings, began in (({}, START), ({"world": world}, datetime(2020, 1, 1, tzinfo=UTC))):
        api = start(now=lambda: START, **settings)
        api.sandbox.advance("30d")
        api.request("POST", "/sandbox/reset")
        assert _clock(api) == began


def test_a_state_file_keeps_the_clock(start: Callable[..., Api], tmp_path: Path) -> None:
    """After a restart the clock is where it was moved to, plus the real time since."""
    state, time = tmp_path / "state.sqlite", [START]
    first = start(now=lambda: time[0], state=state)
    first.sandbox.advance(parse_duration("2d"))
    first.sandbox.close()
    time[0] += timedelta(hours=1)
    assert _clock(start(now=lambda: time[0], state=state)) == START + timedelta(days=2, hours=1)


def test_a_world_starts_at_its_own_time(start: Callable[..., Api], tmp_path: Path) -> None:
    """Everything in a world with a clock in the past was created then, and time goes on from there."""
    world, time = tmp_path / "world.yaml", [START]
    world.write_text("clock: 2020-01-01T00:00:00Z\ncustomers: [{name: C}]\n", encoding="utf-8")
    api = start(now=lambda: time[0], world=world, state=tmp_path / "state.sqlite")
    created = api('{ customers(name: "C") { nodes { createdAt } } }')["customers"]["nodes"][0]["createdAt"]
    assert created.startswith("2020-01-01T00:00:0")
    time[0] += timedelta(days=1)
    assert _clock(api) == datetime(2020, 1, 2, tzinfo=UTC)
    api.sandbox.close()
    assert _clock(start(now=lambda: time[0], state=tmp_path / "state.sqlite")) == datetime(2020, 1, 2, tzinfo=UTC)
