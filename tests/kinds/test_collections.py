"""Lists and key-value lists of every type: order, duplicates, and items written as text or as JSON."""

from __future__ import annotations

from typing import Any

import pytest
from kinds.support import COLLECTIONS, SCALAR_TYPES, declare, live, row_id

from reconciler.kinds.variables.codec import compare

SELECTION = {"object": {"key": "deal"}, "fields": []}
FIELD_MAP = {"fields": [{"field": {"key": "qty"}}]}

EVERY_TYPE: dict[str, tuple[Any, str, Any, Any]] = {
    "BOOLEAN": (True, '"True"', "true", False),
    "CODE": ("x = 1", '"x = 1"', "x = 1", "x = 2"),
    "CREDENTIAL": ("id", '"id"', "id", "other"),
    "DATE": ("2026-01-31", '"2026-01-31T00:00:00Z"', "2026-01-31", "2026-02-01"),
    "JSONFORM": ({"a": 1}, '{"a": 1.0}', {"a": 1}, {"a": 2}),
    "NUMBER": (15, '"15.0"', "15", 16),
    "OBJECTFIELDMAP": (FIELD_MAP, '{"fields": [{"field": {"key": "qty"}}]}', FIELD_MAP, {"fields": []}),
    "OBJECTSELECTION": ([SELECTION], '[{"fields": [], "object": {"key": "deal"}}]', [SELECTION], []),
    "PICKLIST": ("small", '"small"', "small", "large"),
    "SCHEDULE": ("5 * * * *", '"5 * * * *"', "5 * * * *", "6 * * * *"),
    "STRING": ("a", '"a"', "a", "b"),
    "TIMESTAMP": ("2026-01-31T08:30:00Z", '"2026-01-31T09:30:00+01:00"', "2026-01-31T08:30:00Z", "2026-01-31"),
}
"""By type: a value, another spelling of it as an item of a JSON array, how it shows, and a value that differs."""

SAME: list[tuple[str, Any, str | None]] = [
    ("STRING VALUELIST", ["a", "b"], '["a","b"]'),
    ("STRING VALUELIST", ["a", "b"], ' [ "a" , "b" ] '),
    ("STRING VALUELIST", [], "[]"),
    ("STRING VALUELIST", [], ""),
    ("STRING VALUELIST", [], None),
    ("STRING VALUELIST", [], "null"),
    ("STRING VALUELIST", ["1", "true", ""], "[1, true, null]"),
    ("STRING VALUELIST", ["Zoë"], '["Zo\\u00eb"]'),
    ("NUMBER VALUELIST", [1, 2.5, "3"], '["1.0", 2.5, 3]'),
    ("BOOLEAN VALUELIST", [True, "false"], '[true, "False"]'),
    ("STRING KEYVALUELIST", {"a": "1", "b": "2"}, '[{"key":"a","value":"1"},{"key":"b","value":"2"}]'),
    ("STRING KEYVALUELIST", {"a": "1", "b": "2"}, '[{"value":"2","key":"b"},{"key":"a","value":"1"}]'),
    ("STRING KEYVALUELIST", {}, "[]"),
    ("STRING KEYVALUELIST", {}, ""),
    ("STRING KEYVALUELIST", [], None),
    ("STRING KEYVALUELIST", {"a": ""}, '[{"key":"a"}]'),
    ("STRING KEYVALUELIST", {1: "one"}, '[{"key":1,"value":"one"}]'),
    (
        "STRING KEYVALUELIST",
        [{"key": "a", "value": "1"}, {"key": "a", "value": "2"}],
        '[{"key":"a","value":"1"},{"key":"a","value":"2"}]',
    ),
    ("NUMBER KEYVALUELIST", {"a": 1}, '[{"key":"a","value":1.0}]'),
    ("BOOLEAN KEYVALUELIST", {"a": True}, '[{"key":"a","value":"True"}]'),
]

DIFFERS: list[tuple[str, Any, str | None, str, Any, Any]] = [
    ("STRING VALUELIST", ["a", "b"], '["b","a"]', '["a","b"]', ["b", "a"], ["a", "b"]),
    ("STRING VALUELIST", ["a"], '["a","a"]', '["a"]', ["a", "a"], ["a"]),
    ("STRING VALUELIST", ["a"], '["a","b"]', '["a"]', ["a", "b"], ["a"]),
    ("STRING VALUELIST", ["a"], None, '["a"]', [], ["a"]),
    ("STRING VALUELIST", [], '[""]', "[]", [""], []),
    ("STRING VALUELIST", ["a"], "a", '["a"]', "a", ["a"]),
    ("STRING VALUELIST", [], '{"a": 1}', "[]", '{"a": 1}', []),
    ("STRING VALUELIST", [], '"a"', "[]", '"a"', []),
    ("NUMBER VALUELIST", [1], '["one"]', '["1"]', ["one"], ["1"]),
    ("NUMBER VALUELIST", [1], "[null]", '["1"]', [None], ["1"]),
    ("NUMBER VALUELIST", [1], "[true]", '["1"]', ["true"], ["1"]),
    ("BOOLEAN VALUELIST", [True], "[1]", '["true"]', ["1"], ["true"]),
    ("STRING KEYVALUELIST", {"a": "1"}, '[{"key":"a","value":"2"}]', '[{"key":"a","value":"1"}]',
     {"a": "2"}, {"a": "1"}),
    ("STRING KEYVALUELIST", {"a": "1"}, '[{"key":"b","value":"1"}]', '[{"key":"a","value":"1"}]',
     {"b": "1"}, {"a": "1"}),
    ("STRING KEYVALUELIST", {"a": "1"}, '[{"key":"A","value":"1"}]', '[{"key":"a","value":"1"}]',
     {"A": "1"}, {"a": "1"}),
    ("STRING KEYVALUELIST", {"a": "1"}, '[{"key":"a","value":"1"},{"key":"a","value":"1"}]',
     '[{"key":"a","value":"1"}]', [{"key": "a", "value": "1"}, {"key": "a", "value": "1"}], {"a": "1"}),
    ("STRING KEYVALUELIST", {}, "oops", "[]", "oops", {}),
    ("STRING KEYVALUELIST", {}, '{"a": "1"}', "[]", '{"a": "1"}', {}),
    ("STRING KEYVALUELIST", {}, '["a"]', "[]", '["a"]', {}),
    ("STRING KEYVALUELIST", {}, '[{"name": "a"}]', "[]", '[{"name": "a"}]', {}),
    ("STRING KEYVALUELIST", [{"key": "a", "value": "1"}, {"key": "a", "value": "2"}], None,
     '[{"key":"a","value":"1"},{"key":"a","value":"2"}]',
     {}, [{"key": "a", "value": "1"}, {"key": "a", "value": "2"}]),
    ("NUMBER KEYVALUELIST", {"a": 1}, '[{"key":"a"}]', '[{"key":"a","value":"1"}]', {"a": None}, {"a": "1"}),
]  # fmt: skip


@pytest.mark.parametrize(("form", "value", "text"), SAME, ids=row_id)
def test_an_equal_collection_is_no_difference(form: str, value: Any, text: str | None) -> None:
    """Spacing, items as text or as JSON, and a mapping's order do not make a collection differ."""
    assert compare(declare(form), value, live(text)).same


@pytest.mark.parametrize(("form", "value", "text", "sent", "before", "after"), DIFFERS, ids=row_id)
def test_a_collection_that_differs_is_shown_as_data_and_sent_as_json(
    form: str, value: Any, text: str | None, sent: str, before: Any, after: Any
) -> None:
    """A difference shows lists and mappings, malformed live text as it is, and sends a JSON array."""
    found = compare(declare(form), value, live(text))
    assert found.wire is not None
    assert (found.wire.text, found.before, found.after) == (sent, before, after)


def test_the_order_of_keys_means_nothing() -> None:
    """A list of pairs is the same in another order of its keys, but not with the values of one key turned round."""
    wanted = [{"key": "b", "value": "1"}, {"key": "a", "value": "2"}, {"key": "b", "value": "3"}]
    sorted_ = '[{"key":"a","value":"2"},{"key":"b","value":"1"},{"key":"b","value":"3"}]'
    turned = '[{"key":"b","value":"3"},{"key":"a","value":"2"},{"key":"b","value":"1"}]'
    assert compare(declare("STRING KEYVALUELIST"), wanted, live(sorted_)).same
    found = compare(declare("STRING KEYVALUELIST"), wanted, live(turned))
    assert found.wire is not None
    assert found.before != found.after


@pytest.mark.parametrize("collection", COLLECTIONS)
@pytest.mark.parametrize("data_type", SCALAR_TYPES)
def test_items_compare_by_the_rules_of_their_type(data_type: str, collection: str) -> None:
    """An item spelled another way is the same; one that means something else is shown and sent."""
    value, spelled, shown, other = EVERY_TYPE[data_type]
    declared = declare(f"{data_type} {collection}")
    pairs = collection == "KEYVALUELIST"
    text = f'[{{"key": "k", "value": {spelled}}}]' if pairs else f"[{spelled}]"
    assert compare(declared, {"k": value} if pairs else [value], live(text)).same
    found = compare(declared, {"k": other} if pairs else [other], live(text))
    assert found.wire is not None
    assert found.sensitive == (data_type == "CREDENTIAL")
    created = compare(declared, {"k": value} if pairs else [value], None)
    assert created.wire is not None
    if not found.sensitive:
        assert created.after == ({"k": shown} if pairs else [shown])
        assert compare(declared, {"k": value} if pairs else [value], live(str(created.wire.text))).same
