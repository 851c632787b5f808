"""What each type of config variable accepts, and how it reads back."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.sandbox.data.values import ValueRefused, normalise, schedule_type, time_zone
from reconciler.sandbox.data.variants import Variants

_ACCEPTED = [
    ("STRING", None, "anything\n at all"),
    ("CODE", None, "{ not json"),
    ("CREDENTIAL", None, "x"),
    ("BOOLEAN", None, "true"),
    ("BOOLEAN", None, "false"),
    ("NUMBER", None, "15"),
    ("NUMBER", None, "-1.50"),
    ("NUMBER", None, "1e3"),
    ("DATE", None, "2024-05-01"),
    ("DATE", None, ""),
    ("TIMESTAMP", None, "2024-05-01T08:30:00Z"),
    ("TIMESTAMP", None, "2024-05-01T08:30:00+02:00"),
    ("PICKLIST", None, "red"),
    ("PICKLIST", None, ""),
    ("SCHEDULE", None, "5 */1 * * *"),
    ("SCHEDULE", None, ""),
    ("JSONFORM", None, '{"a": [1]}'),
    ("JSONFORM", None, ""),
    ("OBJECTSELECTION", None, '[{"object": {"key": "a"}, "fields": []}]'),
    ("OBJECTSELECTION", None, ""),
    ("OBJECTFIELDMAP", None, '{"fields": [{"field": {"key": "a"}, "mappedObject": {}}]}'),
    ("OBJECTFIELDMAP", None, ""),
    ("STRING", "VALUELIST", '["a", "b"]'),
    ("NUMBER", "VALUELIST", '["1", 2]'),
    ("BOOLEAN", "VALUELIST", '["true", false]'),
    ("PICKLIST", "VALUELIST", '["red"]'),
    ("STRING", "KEYVALUELIST", '[{"key": "a", "value": "b"}]'),
    ("JSONFORM", "KEYVALUELIST", '[{"key": "a", "value": {"b": 1}}]'),
]

_REFUSED = [
    ("BOOLEAN", None, "True", 'a boolean is "true" or "false"'),
    ("BOOLEAN", None, "", 'a boolean is "true" or "false"'),
    ("NUMBER", None, "", "is not a number"),
    ("NUMBER", None, "1_000", "is not a number"),
    ("NUMBER", None, "NaN", "is not a number"),
    ("DATE", None, "tomorrow", "is not a date or time"),
    ("PICKLIST", None, "pink", "is not one of red, green"),
    ("SCHEDULE", None, "daily", "is not a cron expression"),
    ("SCHEDULE", None, "* * * * !", "is not a cron expression"),
    ("JSONFORM", None, "{", "not valid JSON"),
    ("OBJECTSELECTION", None, "{}", "an object selection is written as"),
    ("OBJECTSELECTION", None, '[{"object": "a"}]', "an object selection is written as"),
    ("OBJECTFIELDMAP", None, "[]", "an object field map is written as"),
    ("OBJECTFIELDMAP", None, '{"fields": [1]}', "an object field map is written as"),
    ("STRING", "VALUELIST", "a,b", "not valid JSON"),
    ("STRING", "VALUELIST", '{"a": 1}', "a list is written as a JSON array"),
    ("STRING", "VALUELIST", "[1]", "the values of this list are strings, not 1"),
    ("NUMBER", "VALUELIST", '["x"]', "is not a number"),
    ("PICKLIST", "VALUELIST", '["pink"]', "is not one of"),
    ("STRING", "KEYVALUELIST", '{"a": "b"}', "a list is written as a JSON array"),
    ("STRING", "KEYVALUELIST", '["a"]', "a key-value list is written as"),
    ("STRING", "KEYVALUELIST", '[{"key": 1, "value": "b"}]', "a key-value list is written as"),
    ("STRING", "KEYVALUELIST", '[{"key": "a", "value": "b", "c": 1}]', "a key-value list is written as"),
]

_READ_BACK = [
    ("booleans=title", "BOOLEAN", None, "true", "True"),
    ("booleans=title", "BOOLEAN", None, "False", "False"),
    ("numbers=float", "NUMBER", None, "15", "15.0"),
    ("numbers=float", "NUMBER", None, "1.50", "1.50"),
    ("numbers=float", "NUMBER", None, "1e3", "1000.0"),
    ("json=compact", "JSONFORM", None, '{ "b": 1, "a": "ä" }', '{"b":1,"a":"ä"}'),
    ("json=compact", "STRING", "VALUELIST", '["a", "b"]', '["a","b"]'),
    ("json=pretty", "JSONFORM", None, '{"b":1,"a":2}', '{\n  "a": 2,\n  "b": 1\n}'),
    ("dates=utc", "DATE", None, "2024-05-01", "2024-05-01T00:00:00.000Z"),
    ("dates=utc", "TIMESTAMP", None, "2024-05-01T08:30:00+02:00", "2024-05-01T06:30:00.000Z"),
    ("dates=utc", "DATE", None, "", ""),
]


def _normalise(data_type: str, collection: str | None, value: str, variant: str | None = None) -> str:
    variants = Variants.parse([variant] if variant else [])
    return normalise(data_type, collection, ["red", "green"], value, variants)


@pytest.mark.parametrize(("data_type", "collection", "value"), _ACCEPTED)
def test_a_good_value_reads_back_as_it_was_sent(data_type: str, collection: str | None, value: str) -> None:
    """By default nothing is rewritten."""
    assert _normalise(data_type, collection, value) == value


@pytest.mark.parametrize(("data_type", "collection", "value", "message"), _REFUSED)
def test_a_bad_value_is_refused_with_the_reason(
    data_type: str, collection: str | None, value: str, message: str
) -> None:
    """The message says what the value should have been."""
    with pytest.raises(ValueRefused, match=r"^") as caught:
        _normalise(data_type, collection, value)
    assert message in str(caught.value)


@pytest.mark.parametrize(("variant", "data_type", "collection", "value", "expected"), _READ_BACK)
def test_variants_rewrite_what_is_read_back(
    variant: str, data_type: str, collection: str | None, value: str, expected: str
) -> None:
    """Booleans, numbers, JSON and dates can come back in another form than they were sent."""
    assert _normalise(data_type, collection, value, variant) == expected


def test_options_nobody_knows_are_not_checked() -> None:
    """A picklist whose options come from a data source takes any option."""
    assert normalise("PICKLIST", None, [], "anything", Variants()) == "anything"


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**20), max_value=10**20, places=6))
def test_numbers_keep_their_value_in_every_form(number: Decimal) -> None:
    """Rewriting a number never loses a digit of it."""
    assert Decimal(_normalise("NUMBER", None, format(number, "f"), "numbers=float")) == number


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda part: st.lists(part) | st.dictionaries(st.text(), part),
        max_leaves=8,
    )
)
def test_json_keeps_its_value_in_every_form(data: object) -> None:
    """Rewriting JSON changes white space and the order of keys, nothing else."""
    for variant in ("json=compact", "json=pretty"):
        assert json.loads(_normalise("JSONFORM", None, json.dumps(data), variant)) == data


def test_schedules_have_types_and_time_zones() -> None:
    """Types are lower case when sent and upper case when read; time zones exist."""
    assert schedule_type("week") == "WEEK"
    assert time_zone("America/Chicago") == "America/Chicago"
    assert time_zone("") == ""
    for check, value in ((schedule_type, "WEEK"), (schedule_type, "year"), (time_zone, "Mars"), (time_zone, "../x")):
        with pytest.raises(ValueRefused):
            check(value)
