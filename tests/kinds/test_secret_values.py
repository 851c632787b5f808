"""Canaries: a secret in a config variable shows nowhere but on the wire."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from kinds.support import CANARY, declare, live, mismatch_of, row_id, shows

from reconciler.kinds.shared.clearing import ADVICE, CLEARED
from reconciler.kinds.shared.mismatch import Mismatch
from reconciler.kinds.variables.codec import Comparison, Declaration, Wire, compare
from reconciler.planning.masking import Mask
from reconciler.secrets.secret import Secret, Unresolved, reveal

HELD = Secret(CANARY)
FORM = json.dumps({"token": CANARY})
PAIRS = json.dumps([{"key": CANARY, "value": "1"}])

SENT: list[tuple[str, Any, str]] = [
    ("STRING", HELD, CANARY),
    ("CODE", HELD, CANARY),
    ("CREDENTIAL", CANARY, CANARY),
    ("PICKLIST", HELD, CANARY),
    ("NUMBER", Secret("4711"), "4711"),
    ("BOOLEAN", Secret("True"), "true"),
    ("DATE", Secret("2026-01-31"), "2026-01-31"),
    ("TIMESTAMP", Secret("2026-01-31T08:30:00Z"), "2026-01-31T08:30:00Z"),
    ("JSONFORM", {"token": HELD, "public": [1, HELD]}, f'{{"token":"{CANARY}","public":[1,"{CANARY}"]}}'),
    ("JSONFORM", Secret(FORM), f'{{"token":"{CANARY}"}}'),
    ("OBJECTSELECTION", [{"object": {"key": HELD}}], f'[{{"object":{{"key":"{CANARY}"}}}}]'),
    ("OBJECTSELECTION", Secret(json.dumps([{"object": {"key": CANARY}}])), f'[{{"object":{{"key":"{CANARY}"}}}}]'),
    ("OBJECTFIELDMAP", {"fields": [{"field": HELD}]}, f'{{"fields":[{{"field":"{CANARY}"}}]}}'),
    ("SCHEDULE", HELD, CANARY),
    ("SCHEDULE", {"schedule": HELD}, CANARY),
    ("SCHEDULE", {"schedule": {"cron": HELD, "timeZone": "UTC"}}, CANARY),
    ("SCHEDULE", Secret(json.dumps({"schedule": {"cron": CANARY}})), CANARY),
    ("STRING VALUELIST", ["public", HELD], f'["public","{CANARY}"]'),
    ("STRING VALUELIST", Secret(json.dumps([CANARY])), f'["{CANARY}"]'),
    ("CREDENTIAL VALUELIST", [CANARY], f'["{CANARY}"]'),
    ("STRING KEYVALUELIST", {"token": HELD}, f'[{{"key":"token","value":"{CANARY}"}}]'),
    ("STRING KEYVALUELIST", [{"key": "token", "value": HELD}], f'[{{"key":"token","value":"{CANARY}"}}]'),
    ("STRING KEYVALUELIST", Secret(PAIRS), f'[{{"key":"{CANARY}","value":"1"}}]'),
]

REFUSED: list[tuple[str, Any, str]] = [
    ("CREDENTIAL", [CANARY], "expected text, found a list"),
    ("BOOLEAN", HELD, "expected true or false, found text"),
    ("NUMBER", HELD, "expected a number, found text"),
    ("DATE", HELD, "expected a date such as 2026-01-31 (text), found text"),
    ("TIMESTAMP", HELD, "expected a moment such as 2026-01-31T08:30:00Z (text), found text"),
    ("PICKLIST", HELD, "expected one of its options, found text; options: 'Large', 'Small'"),
    ("PICKLIST VALUELIST", ["Small", HELD], "expected one of its options, found text; options: 'Large', 'Small'"),
    ("JSONFORM", HELD, "expected a mapping or a list, found text"),
    ("JSONFORM", Secret("[" * 100_000 + CANARY), "expected a mapping or a list, found text"),
    ("JSONFORM", Secret(f'"{CANARY}"'), "expected a mapping or a list, found text"),
    ("OBJECTSELECTION", Secret(FORM), "expected a list of {object: {key: …}, fields: […]}, found a mapping"),
    ("STRING VALUELIST", HELD, "expected a list, found text"),
    ("STRING VALUELIST", Secret(FORM), "expected a list, found a mapping"),
    ("NUMBER VALUELIST", [1, HELD], "expected a number, found text"),
    ("STRING KEYVALUELIST", Secret(json.dumps({CANARY: 1})), "expected text, found a number; put it in quotes"),
    ("NUMBER KEYVALUELIST", {"pin": HELD}, "expected a number, found text"),
    ("SCHEDULE", {"schedule": [HELD]}, ("expected {schedule: {cron: …, timeZone: …}}, or the cron expression alone, "
     "found a mapping")),
    ("SCHEDULE", Secret(json.dumps({"schedule": {CANARY: "x"}})),
     "expected cron, type and timeZone (allowed: 'cron', 'timeZone', 'type'), found text"),
    ("SCHEDULE", {"schedule": {"cron": "5 * * * *", "type": HELD}}, ("expected a type of schedule, found text; "
     "options: 'custom', 'day', 'hour', 'minute', 'none', 'week'")),
]  # fmt: skip


@pytest.mark.parametrize("current", [None, live(""), live("old"), live(CANARY + "-old", schedule_type="CUSTOM")])
@pytest.mark.parametrize(("form", "value", "sent"), SENT, ids=row_id)
def test_a_secret_is_sent_and_not_shown(form: str, value: Any, sent: str, current: Any) -> None:
    """A value with a secret in it is hidden whole on both sides, and reaches the API in full."""
    found = compare(declare(form), value, current)
    assert found.sensitive
    assert isinstance(found.after, Secret)
    assert isinstance(found.before, Secret) == bool(current and current.value)
    assert found.wire is not None
    assert reveal(found.wire.as_input())["value"] == sent
    for thing in (found, found.before, found.after, found.wire, found.wire.as_input()):
        assert not shows(thing)
        assert not shows(thing, sent)


@pytest.mark.parametrize(("form", "value", "message"), REFUSED, ids=row_id)
def test_a_secret_of_the_wrong_type_is_refused_without_its_value(form: str, value: Any, message: str) -> None:
    """The complaint about a secret says what sort of value it is, and the secret is in none of its texts."""
    found = mismatch_of(declare(form, pick_list=("Small", "Large")), value, live("old"))
    assert found.message() == message
    assert not shows(found)


@pytest.mark.parametrize(
    ("value", "path"),
    [
        ({"a": {"b": 1}, "pin": HELD}, ("a",)),
        ({"pin": HELD, "b": ["x"]}, ("b",)),
    ],
    ids=row_id,
)
def test_a_complaint_points_into_a_value_that_only_holds_a_secret(value: Any, path: tuple[str, ...]) -> None:
    """The manifest's own keys lead to the wrong value, though its neighbour is a secret."""
    assert mismatch_of(declare("STRING KEYVALUELIST"), value).path == path


def test_every_part_of_a_secret_schedule_is_hidden() -> None:
    """A time zone from outside is as hidden as the expression, on the wire's input too."""
    value = {"schedule": {"cron": "5 * * * *", "timeZone": Secret(CANARY)}}
    found = compare(declare("SCHEDULE"), value, live("6 * * * *", schedule_type="CUSTOM", time_zone=CANARY + "-old"))
    assert found.wire is not None
    sent = found.wire.as_input()
    assert reveal(sent) == {"key": "Variable", "value": "5 * * * *", "scheduleType": "custom", "timeZone": CANARY}
    assert not any(map(shows, (found, found.before, found.after, sent, sent["timeZone"])))


@pytest.mark.parametrize("form", ["STRING", "STRING VALUELIST", "JSONFORM", "SCHEDULE"])
def test_a_variable_that_the_api_marks_secret_is_hidden_whatever_its_value(form: str) -> None:
    """Plain text in a manifest is hidden as well where the integration calls the variable a secret."""
    value: dict[str, Any] = {"STRING": CANARY, "STRING VALUELIST": [CANARY], "JSONFORM": {"a": CANARY}}
    found = compare(declare(form, sensitive=True), value.get(form, CANARY), live("old", schedule_type="CUSTOM"))
    assert found.wire is not None
    assert found.sensitive
    assert not any(map(shows, (found, found.before, found.after, found.wire, found.wire.as_input())))


@pytest.mark.parametrize("blank", [None, ""], ids=["null", "empty"])
@pytest.mark.parametrize("current", [None, live(None), live(""), live(CANARY)], ids=["new", "unset", "empty", "set"])
def test_a_secret_variable_without_a_value_is_refused(blank: Any, current: Any) -> None:
    """``null`` and empty text, which a template leaves behind, blank no secret variable, whatever is live."""
    for declared in (declare("CREDENTIAL", default=CANARY), declare("STRING", sensitive=True)):
        with pytest.raises(Mismatch) as refused:
            compare(declared, blank, current)
        assert refused.value.message().endswith(ADVICE)
        assert not shows(refused.value)


@pytest.mark.parametrize(
    ("form", "value", "paths"),
    [
        ("CREDENTIAL VALUELIST", ["a", "", "b", None], [(1,), (3,)]),
        ("CREDENTIAL KEYVALUELIST", {"a": "", "b": "x", "c": None}, [("a",), ("c",)]),
        ("CREDENTIAL KEYVALUELIST", [{"key": "a", "value": ""}, {"key": "b", "value": "x"}], [(0, "value")]),
    ],
    ids=row_id,
)
def test_an_item_of_a_secret_list_without_a_value_is_refused(form: str, value: Any, paths: list[Any]) -> None:
    """Every blank item is said at its place."""
    with pytest.raises(Mismatch) as refused:
        compare(declare(form), value, None)
    assert [each.path for each in refused.value] == paths


@pytest.mark.parametrize(
    ("form", "default", "current", "sent", "before"),
    [
        ("CREDENTIAL", None, live(CANARY), "", CANARY),
        ("CREDENTIAL", CANARY, live("old"), "", "old"),
        ("CREDENTIAL", CANARY, None, "", CANARY),
        ("CREDENTIAL", None, None, None, None),
        ("CREDENTIAL", CANARY, live(""), None, ""),
        ("CREDENTIAL VALUELIST", None, live('["a"]'), "[]", '["a"]'),
        ("CREDENTIAL VALUELIST", None, live("[]"), None, "[]"),
    ],
    ids=row_id,
)
def test_clear_empties_a_secret_variable(
    form: str, default: str | None, current: Any, sent: str | None, before: str | None
) -> None:
    """``{clear: true}`` sends the empty value, and shows nothing on the right side; emptied, it is no difference."""
    found = compare(declare(form, default=default), CLEARED, current)
    assert (None if found.wire is None else reveal(found.wire.text)) == sent
    assert reveal(found.before) == before
    assert Mask().hide(found.after) is None
    assert not shows(found)


@pytest.mark.parametrize(("form", "value", "sent"), SENT, ids=row_id)
def test_an_equal_secret_is_no_difference(form: str, value: Any, sent: str) -> None:
    """A secret that is live already leaves nothing to do."""
    assert compare(declare(form), value, live(sent, schedule_type="CUSTOM", time_zone="UTC")).same


@pytest.mark.parametrize(
    ("form", "value"),
    [
        ("STRING", Unresolved()),
        ("NUMBER", Unresolved()),
        ("STRING VALUELIST", ["a", Unresolved()]),
        ("STRING KEYVALUELIST", {"a": "b", "c": Unresolved()}),
        ("STRING KEYVALUELIST", [{"key": "a", "value": Unresolved()}]),
        ("JSONFORM", {"a": [{"b": Unresolved()}]}),
        ("SCHEDULE", {"schedule": {"cron": Unresolved()}}),
    ],
    ids=row_id,
)
def test_an_unresolved_secret_is_not_compared(form: str, value: Any) -> None:
    """Without its secrets a variable is neither compared with what is live nor sent."""
    for current in (live(None), live("old")):
        assert compare(declare(form), value, current).same
    assert compare(declare(form), value, None) == Comparison(after=Unresolved(), sensitive=True)


def test_an_input_without_a_schedule_is_key_and_value() -> None:
    """Only a schedule sends a type and a time zone."""
    assert Wire("Endpoint", "x").as_input() == {"key": "Endpoint", "value": "x"}


@pytest.mark.parametrize("secret", ["guess", "no guess"])
def test_a_pick_list_does_not_reveal_a_secret(secret: str) -> None:
    """Whoever writes a definition that is not published may list guesses: a right one and a wrong one are the same."""
    declared = Declaration("Word", "PICKLIST", pick_list=("guess", "other"), unpublished=True)
    assert compare(declared, Secret(secret), live("old")).sensitive
    with pytest.raises(Mismatch):
        compare(replace(declared, unpublished=False), Secret("no guess"), live("old"))
    with pytest.raises(Mismatch):
        compare(declared, "no guess", live("old"))
