"""Scalar config variables: when a manifest's value and the API's text mean the same, and what is sent when not."""

from __future__ import annotations

import time
from typing import Any

import pytest
from kinds.support import declare, live, row_id

from reconciler.kinds.variables.codec import Comparison, compare

SAME: list[tuple[str, Any, str | None]] = [
    ("STRING", "as it is", "as it is"),
    ("STRING", "", ""),
    ("STRING", "", None),
    ("STRING", " padded ", " padded "),
    ("STRING", "true", "true"),
    ("CODE", "a = 1\nb = 2\n", "a = 1\nb = 2\n"),
    ("CREDENTIAL", "token", "token"),
    ("PICKLIST", "small", "small"),
    ("PICKLIST", "", None),
    ("BOOLEAN", True, "true"),
    ("BOOLEAN", True, "True"),
    ("BOOLEAN", True, " TRUE "),
    ("BOOLEAN", "true", "true"),
    ("BOOLEAN", "True", "true"),
    ("BOOLEAN", False, "false"),
    ("BOOLEAN", False, "False"),
    ("BOOLEAN", "false", "False"),
    ("NUMBER", 15, "15"),
    ("NUMBER", 15, "15.0"),
    ("NUMBER", 15, "1.5e1"),
    ("NUMBER", 15, " 15 "),
    ("NUMBER", 15.0, "15"),
    ("NUMBER", "15", "15.00"),
    ("NUMBER", "15.0", "15"),
    ("NUMBER", -0.0, "0"),
    ("NUMBER", 0, "-0.0"),
    ("NUMBER", 0.1, "0.1"),
    ("NUMBER", "0.1000000000000000055511151231257827", "0.1"),
    ("NUMBER", 9007199254740993, "9007199254740993"),
    ("NUMBER", 9007199254740993, "9007199254740992.0"),
    ("NUMBER", "1e300", "1" + "0" * 300),
    ("DATE", "2026-01-31", "2026-01-31"),
    ("DATE", " 2026-01-31 ", "2026-01-31"),
    ("DATE", "2026-01-31", "20260131"),
    ("DATE", "2026-01-31", "2026-01-31T00:00:00Z"),
    ("DATE", "2026-01-31", "2026-01-31T00:00:00.000Z"),
    ("DATE", "2026-01-31", "2026-01-31T00:00:00+00:00"),
    ("TIMESTAMP", "2026-01-31T08:30:00Z", "2026-01-31T08:30:00Z"),
    ("TIMESTAMP", "2026-01-31T08:30:00Z", "2026-01-31T08:30:00.000Z"),
    ("TIMESTAMP", "2026-01-31T08:30:00Z", "2026-01-31T09:30:00+01:00"),
    ("TIMESTAMP", "2026-01-31T08:30:00", "2026-01-31T08:30:00+00:00"),
    ("TIMESTAMP", "2026-01-31 08:30", "2026-01-31T08:30:00Z"),
    ("TIMESTAMP", "2026-01-31", "2026-01-31T00:00:00Z"),
    ("TIMESTAMP", "2026-01-31T08:30:00.123456Z", "2026-01-31T08:30:00.123Z"),
    ("JSONFORM", {"a": 1, "b": [True, None]}, '{"b": [true, null], "a": 1.0}'),
    ("JSONFORM", {}, "{}"),
    ("JSONFORM", [], " [ ] "),
    ("JSONFORM", {"name": "Zoë"}, '{"name": "Zo\\u00eb"}'),
    ("JSONFORM", {1: "one"}, '{"1": "one"}'),
    ("OBJECTSELECTION", [{"object": {"key": "deal"}, "fields": []}], '[{"fields":[],"object":{"key":"deal"}}]'),
    ("OBJECTSELECTION", [], "[]"),
    ("OBJECTFIELDMAP", {"fields": [{"field": {"key": "qty"}}]}, '{"fields":[{"field":{"key":"qty"}}]}'),
]

DIFFERS: list[tuple[str, Any, str | None, str, Any, Any]] = [
    ("STRING", "new", "old", "new", "old", "new"),
    ("STRING", "new", None, "new", "", "new"),
    ("STRING", "", "old", "", "old", ""),
    ("STRING", "True", "true", "True", "true", "True"),
    ("STRING", "15", "15.0", "15", "15.0", "15"),
    ("STRING", "a", "a ", "a", "a ", "a"),
    ("CODE", "a = 1\n", "a = 1", "a = 1\n", "a = 1", "a = 1\n"),
    ("PICKLIST", "small", "Small", "small", "Small", "small"),
    ("BOOLEAN", True, "false", "true", "false", "true"),
    ("BOOLEAN", False, "true", "false", "true", "false"),
    ("BOOLEAN", False, None, "false", None, "false"),
    ("BOOLEAN", False, "", "false", None, "false"),
    ("BOOLEAN", True, "1", "true", "1", "true"),
    ("BOOLEAN", True, "yes", "true", "yes", "true"),
    ("NUMBER", 15, "16", "15", "16", "15"),
    ("NUMBER", 1.50, "15", "1.5", "15", "1.5"),
    ("NUMBER", 0, None, "0", None, "0"),
    ("NUMBER", -0.0, "", "0", None, "0"),
    ("NUMBER", "1e3", "100", "1000", "100", "1000"),
    ("NUMBER", 1e-7, "0", "0.0000001", "0", "0.0000001"),
    ("NUMBER", 1, "true", "1", "true", "1"),
    ("NUMBER", 15, "fifteen", "15", "fifteen", "15"),
    ("NUMBER", 15, "1_5", "15", "1_5", "15"),
    ("NUMBER", 15, "NaN", "15", "NaN", "15"),
    ("NUMBER", 15, "Infinity", "15", "Infinity", "15"),
    ("NUMBER", 15, "1e999999", "15", "1e999999", "15"),
    ("NUMBER", 15, " ", "15", " ", "15"),
    ("DATE", "2026-01-31", "2026-02-01", "2026-01-31", "2026-02-01", "2026-01-31"),
    ("DATE", "2026-01-31", None, "2026-01-31", None, "2026-01-31"),
    ("DATE", "2026-01-31", "2026-01-31T08:00:00Z", "2026-01-31", "2026-01-31T08:00:00Z", "2026-01-31"),
    ("DATE", "2026-01-31", "2026-01-31T00:00:00+01:00", "2026-01-31", "2026-01-31T00:00:00+01:00", "2026-01-31"),
    ("DATE", "2026-01-31", "soon", "2026-01-31", "soon", "2026-01-31"),
    ("TIMESTAMP", "2026-01-31T08:30:00Z", "2026-01-31T08:30:00-05:00", "2026-01-31T08:30:00Z",
     "2026-01-31T08:30:00-05:00", "2026-01-31T08:30:00Z"),
    ("TIMESTAMP", "2026-01-31T08:30:00.123Z", "2026-01-31T08:30:00.124Z", "2026-01-31T08:30:00.123Z",
     "2026-01-31T08:30:00.124Z", "2026-01-31T08:30:00.123Z"),
    ("TIMESTAMP", " 2026-01-31T08:30:00Z ", None, "2026-01-31T08:30:00Z", None, "2026-01-31T08:30:00Z"),
    ("TIMESTAMP", "2026-01-31T08:30:00Z", "noon", "2026-01-31T08:30:00Z", "noon", "2026-01-31T08:30:00Z"),
    ("TIMESTAMP", "2026-01-31", "0001-01-01T00:00:00+23:00", "2026-01-31", "0001-01-01T00:00:00+23:00", "2026-01-31"),
    ("JSONFORM", {"a": 1}, '{"a": 2}', '{"a":1}', {"a": 2}, {"a": 1}),
    ("JSONFORM", {"a": 1}, '{"a": 1, "b": 2}', '{"a":1}', {"a": 1, "b": 2}, {"a": 1}),
    ("JSONFORM", {"a": 1}, None, '{"a":1}', None, {"a": 1}),
    ("JSONFORM", {}, None, "{}", None, {}),
    ("JSONFORM", {}, "  ", "{}", None, {}),
    ("JSONFORM", {}, "null", "{}", None, {}),
    ("JSONFORM", {}, "{", "{}", "{", {}),
    ("JSONFORM", {"a": 1}, '{"a": NaN}', '{"a":1}', '{"a": NaN}', {"a": 1}),
    ("JSONFORM", {"a": 1}, '{"a": 1e999}', '{"a":1}', '{"a": 1e999}', {"a": 1}),
    ("JSONFORM", ["a", "b"], '["b", "a"]', '["a","b"]', ["b", "a"], ["a", "b"]),
    ("JSONFORM", {"name": "Zoë"}, "{}", '{"name":"Zoë"}', {}, {"name": "Zoë"}),
    ("JSONFORM", {"a": 1}, '{"a": "1"}', '{"a":1}', {"a": "1"}, {"a": 1}),
    ("JSONFORM", {"a": None}, "{}", '{"a":null}', {}, {"a": None}),
    ("OBJECTSELECTION", [{"object": {"key": "deal"}}], "[]", '[{"object":{"key":"deal"}}]', [],
     [{"object": {"key": "deal"}}]),
    ("OBJECTFIELDMAP", {"fields": []}, None, '{"fields":[]}', None, {"fields": []}),
]  # fmt: skip


@pytest.mark.parametrize(("form", "value", "text"), SAME, ids=row_id)
def test_an_equal_value_is_no_difference(form: str, value: Any, text: str | None) -> None:
    """However both are written, equal values leave nothing to show and nothing to send."""
    assert compare(declare(form), value, live(text)).same


@pytest.mark.parametrize(("form", "value", "text", "sent", "before", "after"), DIFFERS, ids=row_id)
def test_a_value_that_differs_is_shown_and_sent(
    form: str, value: Any, text: str | None, sent: str, before: Any, after: Any
) -> None:
    """A difference shows both sides as plain values and sends the API's text of the wanted one."""
    found = compare(declare(form), value, live(text))
    assert found.wire is not None
    assert found.wire.as_input() == {"key": "Variable", "value": sent}
    assert (found.before, found.after, found.sensitive) == (before, after, False)
    assert (type(found.before), type(found.after)) == (type(before), type(after))


@pytest.mark.parametrize(
    ("form", "value", "text"),
    [
        ("JSONFORM", {"a": True}, '{"a": 1}'),
        ("JSONFORM", {"a": 1}, '{"a": true}'),
        ("JSONFORM", [0], "[false]"),
        ("JSONFORM", {"a": {"b": [False]}}, '{"a": {"b": [0]}}'),
        ("JSONFORM VALUELIST", [{"a": True}], '[{"a": 1}]'),
    ],
    ids=row_id,
)
def test_a_boolean_is_never_a_number(form: str, value: Any, text: str) -> None:
    """``true`` and ``1`` differ in JSON however deep they stand, and the two sides shown differ as well."""
    found = compare(declare(form), value, live(text))
    assert found.wire is not None
    assert found.before != found.after


@pytest.mark.parametrize(
    ("form", "default", "text"),
    [
        ("STRING", "start", "start"),
        ("STRING", None, None),
        ("STRING", None, ""),
        ("STRING", "", None),
        ("BOOLEAN", "true", "True"),
        ("BOOLEAN", None, None),
        ("NUMBER", "15", "15.0"),
        ("NUMBER", "not set", "not set"),
        ("DATE", "2026-01-31", "2026-01-31T00:00:00Z"),
        ("TIMESTAMP", "2026-01-31T08:30:00Z", "2026-01-31T09:30:00+01:00"),
        ("TIMESTAMP", "later", "later"),
        ("JSONFORM", '{"a": 1}', '{"a":1.0}'),
        ("JSONFORM", None, "null"),
        ("STRING VALUELIST", None, None),
        ("STRING VALUELIST", None, "[]"),
        ("STRING VALUELIST", '["a"]', '[ "a" ]'),
        ("STRING VALUELIST", "a, b", "a, b"),
        ("STRING KEYVALUELIST", "[]", None),
        ("STRING KEYVALUELIST", "none", "none"),
        ("PICKLIST", "gone", "gone"),
    ],
    ids=row_id,
)
def test_null_is_the_default(form: str, default: str | None, text: str | None) -> None:
    """``null`` is no difference where the variable has its default, even one that is not of its type."""
    assert compare(declare(form, default=default, pick_list=("small",)), None, live(text)).same


@pytest.mark.parametrize(
    ("form", "default", "text", "sent", "before", "after"),
    [
        ("STRING", "start", "other", "start", "other", "start"),
        ("STRING", None, "other", "", "other", ""),
        ("BOOLEAN", "false", "true", "false", "true", "false"),
        ("BOOLEAN", None, "true", "", "true", None),
        ("NUMBER", "15", "16", "15", "16", "15"),
        ("JSONFORM", None, "{}", "", {}, None),
        ("JSONFORM", '{"a": 1}', "{}", '{"a": 1}', {}, {"a": 1}),
        ("STRING VALUELIST", None, '["a"]', "[]", ["a"], []),
        ("STRING KEYVALUELIST", None, '[{"key": "a", "value": "b"}]', "[]", {"a": "b"}, {}),
        ("NUMBER VALUELIST", "[1]", "[]", "[1]", [], ["1"]),
    ],
    ids=row_id,
)
def test_null_goes_back_to_the_default(
    form: str, default: str | None, text: str, sent: str, before: Any, after: Any
) -> None:
    """``null`` sends the declared default, a list without one becoming the empty list, which is JSON."""
    declared = declare(form, default=default)
    found = compare(declared, None, live(text))
    assert found.wire is not None
    assert (found.wire.text, found.before, found.after) == (sent, before, after)
    assert compare(declared, None, live(sent)).same


@pytest.mark.parametrize("form", ["STRING", "SCHEDULE", "NUMBER VALUELIST", "JSONFORM"])
def test_null_sends_nothing_for_a_new_variable(form: str) -> None:
    """A new variable starts with its default, so ``null`` sends nothing."""
    assert compare(declare(form, default="[]"), None, None) == Comparison()


@pytest.mark.parametrize(
    ("form", "value", "default", "sent", "after"),
    [
        ("STRING", "start", "start", "start", "start"),
        ("BOOLEAN", True, "true", "true", "true"),
        ("STRING VALUELIST", [], "[]", "[]", []),
        ("JSONFORM", {}, "{}", "{}", {}),
    ],
    ids=row_id,
)
def test_a_declared_value_is_sent_to_a_new_variable(form: str, value: Any, default: str, sent: str, after: Any) -> None:
    """What a manifest says is written at creation, also where it is the default today."""
    found = compare(declare(form, default=default), value, None)
    assert found.wire is not None
    assert (found.wire.text, found.before, found.after) == (sent, None, after)


def test_a_type_unknown_to_us_is_json() -> None:
    """A data type that the API may add later takes a mapping or a list."""
    assert compare(declare("NOVELTY"), {"a": 1}, live('{"a":1}')).same


def test_a_time_without_an_offset_is_utc(monkeypatch: pytest.MonkeyPatch) -> None:
    """The time zone of the machine that plans says nothing about a manifest's moment."""
    set_zone = getattr(time, "tzset", lambda: None)  # Windows has none, and takes no zone from the environment
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    set_zone()
    try:
        found = compare(declare("TIMESTAMP"), "2026-01-31T08:30:00", live("2026-01-31T08:30:00Z"))
    finally:
        monkeypatch.undo()
        set_zone()
    assert found.same
