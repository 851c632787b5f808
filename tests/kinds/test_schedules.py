"""Schedules: cron expression, type and time zone as one value, with what a manifest leaves open."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kinds.support import declare, live, row_id

from reconciler.kinds.shared.mismatch import Mismatch
from reconciler.kinds.variables.codec import compare
from reconciler.kinds.variables.schedules import TYPES, Schedule
from reconciler.kinds.variables.time_zones import suggestion
from reconciler.secrets.secret import Secret

if TYPE_CHECKING:
    from reconciler.kinds.variables.fragments import LiveVariable

HOURLY = "5 * * * *"
Live = tuple[str | None, str | None, str | None]


def schedule(cron: str, **more: str) -> dict[str, Any]:
    return {"schedule": {"cron": cron, **more}}


def node(state: Live) -> LiveVariable:
    text, kind, zone = state
    return live(text, schedule_type=kind, time_zone=zone)


SAME: list[tuple[Any, Live]] = [
    (HOURLY, (HOURLY, "CUSTOM", None)),
    (HOURLY, (HOURLY, "CUSTOM", "Europe/Berlin")),
    (HOURLY, (HOURLY, "HOUR", "")),
    ("  5  *\t* * *\n", (HOURLY, "CUSTOM", "")),
    (HOURLY, ("5  * * * *", "CUSTOM", "")),
    ({"schedule": HOURLY}, (HOURLY, "CUSTOM", "")),
    (schedule(HOURLY), (HOURLY, "DAY", "UTC")),
    (schedule(HOURLY, timeZone="UTC"), (HOURLY, "CUSTOM", "UTC")),
    (schedule(HOURLY, timeZone=""), (HOURLY, "CUSTOM", None)),
    (schedule(HOURLY, type="HOUR"), (HOURLY, "HOUR", None)),
    (schedule(HOURLY, type="custom"), (HOURLY, "CUSTOM", None)),
    ({"schedule": {"type": "none"}}, ("", "NONE", None)),
    ({"schedule": {"type": "none"}}, (None, None, None)),
    ("", ("", "NONE", None)),
    ("", (None, None, "UTC")),
]  # fmt: skip

LIVE_FORMS: list[Live] = [
    (cron, kind, zone)
    for cron in (HOURLY, "5  * * * *", "7 * * * *", "never", "", None)
    for kind in ("CUSTOM", "hour", "NONE", "", None)
    for zone in ("UTC", "Europe/Oslo", "Nowhere", "", None)
]
"""Live schedules of every form."""


DIFFERS: list[tuple[Any, Live, dict[str, str]]] = [
    ("6 * * * *", (HOURLY, "CUSTOM", "UTC"), {"value": "6 * * * *", "scheduleType": "custom", "timeZone": "UTC"}),
    ("6 * * * *", (HOURLY, "HOUR", None), {"value": "6 * * * *", "scheduleType": "custom", "timeZone": ""}),
    (HOURLY, (HOURLY, "NONE", None), {"value": HOURLY, "scheduleType": "custom", "timeZone": ""}),
    (HOURLY, (HOURLY, None, None), {"value": HOURLY, "scheduleType": "custom", "timeZone": ""}),
    (schedule(HOURLY, type="none"), (HOURLY, None, None), {"value": HOURLY, "scheduleType": "none", "timeZone": ""}),
    (HOURLY, (None, None, None), {"value": HOURLY, "scheduleType": "custom", "timeZone": ""}),
    ("", (HOURLY, "CUSTOM", "UTC"), {"value": "", "scheduleType": "none", "timeZone": "UTC"}),
    (schedule(HOURLY, timeZone="UTC"), (HOURLY, "CUSTOM", None),
     {"value": HOURLY, "scheduleType": "custom", "timeZone": "UTC"}),
    (schedule(HOURLY, timeZone=""), (HOURLY, "CUSTOM", "UTC"),
     {"value": HOURLY, "scheduleType": "custom", "timeZone": ""}),
    (schedule(HOURLY, type="Hour"), (HOURLY, "CUSTOM", None),
     {"value": HOURLY, "scheduleType": "hour", "timeZone": ""}),
    ({"schedule": {"type": "none"}}, (HOURLY, "CUSTOM", "UTC"),
     {"value": "", "scheduleType": "none", "timeZone": "UTC"}),
]  # fmt: skip


@pytest.mark.parametrize(("value", "state"), SAME, ids=row_id)
def test_an_equal_schedule_is_no_difference(value: Any, state: Live) -> None:
    """What a manifest leaves open is taken as it is, and white space means nothing."""
    assert compare(declare("SCHEDULE"), value, node(state)).same


@pytest.mark.parametrize(("value", "state", "sent"), DIFFERS, ids=row_id)
def test_a_different_schedule_is_sent_whole(value: Any, state: Live, sent: dict[str, str]) -> None:
    """A change sends expression, type and time zone together; read back in upper case, nothing is left to do."""
    found = compare(declare("SCHEDULE"), value, node(state))
    assert found.wire is not None
    assert found.wire.as_input() == {"key": "Variable", **sent}
    stored = node((sent["value"], sent["scheduleType"].upper(), sent["timeZone"]))
    assert compare(declare("SCHEDULE"), value, stored).same


def test_a_schedule_is_shown_in_its_parts() -> None:
    """A plan shows the expression, the type, and the time zone where there is one."""
    found = compare(declare("SCHEDULE"), schedule("0 6 * * 1", timeZone="UTC"), node((HOURLY, "HOUR", None)))
    assert found.before == {"cron": HOURLY, "type": "hour"}
    assert found.after == {"cron": "0 6 * * 1", "type": "custom", "timeZone": "UTC"}
    assert not found.sensitive


@pytest.mark.parametrize(
    ("value", "kind", "zone"),
    [
        (HOURLY, "hour", "America/Chicago"),
        ("6 * * * *", "custom", "America/Chicago"),
        (schedule(HOURLY, timeZone="UTC"), "hour", "UTC"),
        (schedule(HOURLY, type="custom"), "custom", "America/Chicago"),
    ],
    ids=row_id,
)
def test_a_new_schedule_takes_missing_parts_from_the_default(value: Any, kind: str, zone: str) -> None:
    """Without a live variable the integration's default completes a manifest's schedule."""
    declared = declare("SCHEDULE", default=HOURLY, schedule_type="HOUR", time_zone="America/Chicago")
    found = compare(declared, value, None)
    assert found.wire is not None
    assert found.before is None
    assert found.wire.schedule == {"scheduleType": kind, "timeZone": zone}


@pytest.mark.parametrize(
    ("default", "kind", "zone", "sent"),
    [
        (HOURLY, "HOUR", "UTC", {"value": HOURLY, "scheduleType": "hour", "timeZone": "UTC"}),
        (HOURLY, None, None, {"value": HOURLY, "scheduleType": "custom", "timeZone": ""}),
        (None, None, None, {"value": "", "scheduleType": "none", "timeZone": ""}),
    ],
    ids=row_id,
)
def test_null_goes_back_to_the_declared_schedule(
    default: str | None, kind: str | None, zone: str | None, sent: dict[str, str]
) -> None:
    """``null`` is the declared schedule; one without a type still runs, and none at all is none."""
    declared = declare("SCHEDULE", default=default, schedule_type=kind, time_zone=zone)
    found = compare(declared, None, node(("0 0 1 1 *", "CUSTOM", "Asia/Tokyo")))
    assert found.wire is not None
    assert found.wire.as_input() == {"key": "Variable", **sent}
    stored = node((sent["value"], sent["scheduleType"].upper(), sent["timeZone"]))
    assert compare(declared, None, stored).same


times = st.sampled_from(["*", "0", "5", "*/15"])
days = st.sampled_from(["*", "1", "5", "*/2"])
crons = st.tuples(times, times, days, days, st.sampled_from(["*", "0", "5", "MON-FRI"])).map(" ".join)
kinds = st.sampled_from([None, *(kind.upper() for kind in TYPES)])
zones = st.sampled_from([None, "", "UTC", "Europe/Berlin"])
live_schedules = st.tuples(st.one_of(crons, st.just(""), st.none()), kinds, zones)


@given(
    cron=crons,
    kind=st.sampled_from([None, *TYPES]),
    zone=st.sampled_from([None, "", "UTC", "America/Chicago"]),
    state=live_schedules,
)
def test_a_sent_schedule_reads_back_as_declared(cron: str, kind: str | None, zone: str | None, state: Live) -> None:
    """From any live schedule, one write makes every declared part what the manifest says and leaves the rest."""
    said = {"type": kind, "timeZone": zone}
    value = schedule(cron, **{key: text for key, text in said.items() if text is not None})
    found = compare(declare("SCHEDULE"), value, node(state))
    if found.wire is None:
        stored = node(state)
    else:
        sent = found.wire.as_input()
        stored = node((sent["value"], sent["scheduleType"].upper(), sent["timeZone"]))
    assert stored.value == cron
    assert kind is None or stored.schedule_type == kind.upper()
    assert (stored.time_zone or "") == (zone if zone is not None else state[2] or "")
    assert kind is not None or stored.schedule_type != "NONE"
    assert compare(declare("SCHEDULE"), value, stored).same


def test_an_empty_schedule_is_none() -> None:
    """A schedule without a type travels and shows as ``none``."""
    assert Schedule().wire() == {"scheduleType": "none", "timeZone": ""}
    assert Schedule().show() == {"cron": "", "type": "none"}


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("every day", "a cron expression of five fields .*, found the text 'every day'; it has 2 fields$"),
        ("5", "it has 1 field$"),
        ("0 0 * *", "it has 4 fields"),
        ("61 0 * * *", "the minute is '61', and must be within 0-59$"),
        ("99 * * * *", "the minute is '99', and must be within 0-59$"),
        ("*/0 * * * *", r"the minute is '\*/0', and a step must be a number from 1 on$"),
        ("0 0-23/x * * *", "the hour is '0-23/x', and a step must be a number from 1 on$"),
        ("5-1 * * * *", "minute is '5-1', and a range must go from the lower to the higher; write 1-5, or 5-59,0-1$"),
        ("0 22-6/2 * * *", "must go from the lower to the higher; write 6-22, or 22-23,0-6$"),
        ("0 0 * dec-feb *", "the month is 'dec-feb', .*; write feb-dec, or dec-DEC,JAN-feb$"),
        ("0 0 * * FRI-MON", "the weekday is 'FRI-MON', .*; write MON-FRI, or FRI-SAT,SUN-MON$"),
        ("70-5 * * * *", "the minute is '70-5', and must be within 0-59$"),
        ("0 24 0 13 8",
         "the hour is '24', .* 0-23; the day of the month is '0', .* 1-31; the month is '13', .* 1-12"),
        ("0 0 * * MONDAY", "the weekday is 'MONDAY'"),
        ("0 0 * * mon-fry", "the weekday is 'mon-fry'"),
        ("*/0 * * * *", r"the minute is '\*/0'"),
        ("5-1 * * * *", "the minute is '5-1'"),
        (schedule("0 0 * * * *"), "it has 6 fields; leave the seconds"),
        ("@daily", '@daily is no expression; write "0 0 \\* \\* \\*"'),
        (schedule("@Hourly"), '@Hourly is no expression; write "0 \\* \\* \\* \\*"'),
        ("@reboot", "@reboot is no expression$"),
        (schedule("0 0 * * *", timeZone="Europe/Olso"),
         "an IANA time zone such as Europe/Oslo, found .*; did you mean 'Europe/Oslo'"),
    ],
)  # fmt: skip
def test_a_schedule_that_can_never_run_is_refused(value: Any, message: str) -> None:
    """A cron expression that cannot be read and a time zone that does not exist are errors, whatever is live."""
    for current in (None, node(("0 0 1 1 *", "CUSTOM", "UTC"))):
        with pytest.raises(Mismatch) as refused:
            compare(declare("SCHEDULE"), value, current)
        assert re.search(message, refused.value.message())


FIXED = "name a region, such as Europe/Oslo, which also knows when the clocks change"
ZONES = {
    "Europe/Olso": "did you mean 'Europe/Oslo'?",
    "europe/oslo": "did you mean 'Europe/Oslo'?",
    "Berlin": "did you mean 'Europe/Berlin'?",
    "new york": "did you mean 'America/New_York'?",
    "America/New York": "did you mean 'America/New_York'?",
    "GMT+2": f"{FIXED}; the fixed offset is 'Etc/GMT-2', whose sign is reversed: it is 2 h ahead of UTC",
    "GMT-5": f"{FIXED}; the fixed offset is 'Etc/GMT+5', whose sign is reversed: it is 5 h behind UTC",
    "UTC+1": f"{FIXED}; the fixed offset is 'Etc/GMT-1', whose sign is reversed: it is 1 h ahead of UTC",
    "UTC +01:00": f"{FIXED}; the fixed offset is 'Etc/GMT-1', whose sign is reversed: it is 1 h ahead of UTC",
    "+02:00": f"{FIXED}; the fixed offset is 'Etc/GMT-2', whose sign is reversed: it is 2 h ahead of UTC",
    "-0800": f"{FIXED}; the fixed offset is 'Etc/GMT+8', whose sign is reversed: it is 8 h behind UTC",
    "GMT+5:30": FIXED,
    "UTC+25": FIXED,
    "GMT+00:00": f"{FIXED}; the fixed offset is 'Etc/UTC'",
    "PST": "name a region instead, such as America/Los_Angeles",
    "CEST": "name a region instead, such as Europe/Berlin or Europe/Paris",
    "IST": "name a region instead, such as Asia/Kolkata or Europe/Dublin or Asia/Jerusalem",
    "somewhere": "name a region and a city, such as America/Chicago",
}


@pytest.mark.parametrize("zone", ZONES)
def test_a_time_zone_that_does_not_exist_leads_to_one_with_the_same_clock(zone: str) -> None:
    """An offset never leads to its opposite, an abbreviation leads to regions, a city to its zone."""
    with pytest.raises(Mismatch) as refused:
        compare(declare("SCHEDULE"), schedule("0 0 * * *", timeZone=zone), None)
    assert refused.value.path == ("schedule", "timeZone")
    assert refused.value.message().endswith(f"found the text {zone!r}; {ZONES[zone]}")


def test_a_fixed_offset_leads_to_the_zone_with_its_clock() -> None:
    """Of every whole hour from UTC-12 to UTC+14, the zone that is named is just so far from UTC."""
    for hours in (*range(-12, 0), *range(1, 15)):
        named = suggestion(f"GMT{hours:+d}").partition("the fixed offset is '")[2].partition("'")[0]
        offset = datetime(2026, 6, 1, tzinfo=ZoneInfo(named)).utcoffset()
        assert offset == timedelta(hours=hours)


def test_all_problems_of_a_schedule_are_reported_together() -> None:
    """The cron expression and the time zone each have a mismatch; so have all parts that are no text."""
    with pytest.raises(Mismatch) as refused:
        compare(declare("SCHEDULE"), schedule("99 * * * *", timeZone="GMT+2"), None)
    assert [each.path[-1] for each in refused.value] == ["cron", "timeZone"]
    with pytest.raises(Mismatch) as refused:
        compare(declare("SCHEDULE"), {"schedule": {"cron": 5, "timeZone": True, "typ": "x"}}, None)
    assert [each.path[-1] for each in refused.value] == ["cron", "timeZone", "typ"]


@pytest.mark.parametrize("cron", [HOURLY, "5  * * * *", "never", "", 5, None, Secret(HOURLY)])
@pytest.mark.parametrize("more", [{}, *({"timeZone": each} for each in ("UTC", "Nowhere", "", None))])
def test_a_schedule_that_is_the_same_at_a_glance_is_the_same(cron: Any, more: dict[str, Any]) -> None:
    """The quick comparison of texts says yes only to a valid schedule that the full comparison finds unchanged."""
    declared, value = declare("SCHEDULE"), {"schedule": {"cron": cron, **more}}
    for state in LIVE_FORMS:
        if declared.agrees(value, node(state)):
            assert compare(declared, value, node(state)).same


def test_a_schedule_as_the_api_returns_it_is_the_same_at_a_glance() -> None:
    """The quick comparison recognizes the form in which nearly all live schedules are."""
    declared = declare("SCHEDULE")
    assert declared.agrees(schedule(HOURLY, timeZone="UTC"), node((HOURLY, "CUSTOM", "UTC")))
    assert declared.agrees(schedule(HOURLY), node((HOURLY, "HOUR", "UTC")))
    assert not declared.agrees(schedule(HOURLY), node((HOURLY, "NONE", "UTC")))
