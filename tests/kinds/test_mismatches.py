"""Values that cannot be of the declared type: the exact complaint, and the place it points at."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from kinds.support import declare, mismatch_of, row_id

from reconciler.kinds.shared.mismatch import Mismatch, describe, sort_of
from reconciler.kinds.variables.codec import compare
from reconciler.secrets.secret import Secret, Unresolved

DATE = "a date such as 2026-01-31 (text)"
MOMENT = "a moment such as 2026-01-31T08:30:00Z (text)"
SELECTION = "a list of {object: {key: …}, fields: […]}"
FIELD_MAP = "a mapping {fields: [{field: …, mappedObject: …, mappedField: …}]}"
PAIRS = "a mapping, or a list of {key: …, value: …}"
PAIR = "{key: …, value: …} with a key that is text"
SCHEDULE = "{schedule: {cron: …, timeZone: …}}, or the cron expression alone"
SCHEDULE_KEYS = "allowed: 'cron', 'timeZone', 'type'"
TYPES = "options: 'custom', 'day', 'hour', 'minute', 'none', 'week'"

WRONG: list[tuple[str, Any, str, tuple[Any, ...]]] = [
    ("STRING", 15, "expected text, found the number 15; put it in quotes", ()),
    ("STRING", 1.5, "expected text, found the number 1.5; put it in quotes", ()),
    ("STRING", True, "expected text, found true; put it in quotes", ()),
    ("STRING", ["a"], "expected text, found a list", ()),
    ("CODE", {"a": 1}, "expected text, found a mapping", ()),
    ("CREDENTIAL", 15, "expected text, found a number; put it in quotes", ()),
    ("PICKLIST", False, "expected text, found false; put it in quotes", ()),
    ("BOOLEAN", 1, "expected true or false, found the number 1", ()),
    ("BOOLEAN", "yes", "expected true or false, found the text 'yes'", ()),
    ("BOOLEAN", "", "expected true or false, found the text ''", ()),
    ("BOOLEAN", [], "expected true or false, found a list", ()),
    ("NUMBER", True, "expected a number, found true", ()),
    ("NUMBER", "", "expected a number, found the text ''", ()),
    ("NUMBER", "fifteen", "expected a number, found the text 'fifteen'", ()),
    ("NUMBER", "1_000", "expected a number, found the text '1_000'", ()),
    ("NUMBER", "NaN", "expected a number, found the text 'NaN'", ()),
    ("NUMBER", float("inf"), "expected a number, found the number inf", ()),
    ("NUMBER", "1e401", "expected a number, found the text '1e401'", ()),
    ("NUMBER", "1e-401", "expected a number, found the text '1e-401'", ()),
    ("NUMBER", {}, "expected a number, found a mapping", ()),
    ("DATE", 20260131, f"expected {DATE}, found the number 20260131; write it as YYYY-MM-DD", ()),
    ("DATE", "20260131", f"expected {DATE}, found the text '20260131'", ()),
    ("DATE", "31.01.2026", f"expected {DATE}, found the text '31.01.2026'", ()),
    ("DATE", "2026-02-30", f"expected {DATE}, found the text '2026-02-30'", ()),
    ("DATE", "2026-01-31T00:00:00Z", f"expected {DATE}, found the text '2026-01-31T00:00:00Z'", ()),
    ("DATE", date(2026, 1, 31), f"expected {DATE}, found date", ()),
    ("TIMESTAMP", "noon", f"expected {MOMENT}, found the text 'noon'", ()),
    ("TIMESTAMP", 5, f"expected {MOMENT}, found the number 5; write it as YYYY-MM-DDThh:mm:ssZ", ()),
    ("DATE", 2026, f"expected {DATE}, found the number 2026; write it as YYYY-MM-DD", ()),
    ("DATE", True, f"expected {DATE}, found true; write it as YYYY-MM-DD", ()),
    ("TIMESTAMP", False, f"expected {MOMENT}, found false; write it as YYYY-MM-DDThh:mm:ssZ", ()),
    ("TIMESTAMP", "9999-12-31T23:59:59-23:00", f"expected {MOMENT}, found the text '9999-12-31T23:59:59-23:00'", ()),
    ("JSONFORM", "{}", "expected a mapping or a list, found the text '{}'", ()),
    ("JSONFORM", True, "expected a mapping or a list, found true", ()),
    ("JSONFORM", {"a": float("nan")}, "expected numbers that JSON knows, found a mapping", ()),
    ("OBJECTSELECTION", {"object": {"key": "deal"}}, f"expected {SELECTION}, found a mapping", ()),
    ("OBJECTSELECTION", ["deal"], f"expected {SELECTION}, found a list", ()),
    ("OBJECTSELECTION", [{"object": "deal"}], f"expected {SELECTION}, found a list", ()),
    ("OBJECTSELECTION", [{"object": {"name": "deal"}}], f"expected {SELECTION}, found a list", ()),
    ("OBJECTFIELDMAP", [], f"expected {FIELD_MAP}, found a list", ()),
    ("OBJECTFIELDMAP", {"fields": {}}, f"expected {FIELD_MAP}, found a mapping", ()),
    ("STRING VALUELIST", "a", "expected a list, found the text 'a'", ()),
    ("STRING VALUELIST", {"a": "b"}, "expected a list, found a mapping", ()),
    ("STRING VALUELIST", ["a", 2], "expected text, found the number 2; put it in quotes", (1,)),
    ("STRING VALUELIST", [None], "expected text, found nothing", (0,)),
    ("NUMBER VALUELIST", [1, "two"], "expected a number, found the text 'two'", (1,)),
    ("STRING KEYVALUELIST", "a", f"expected {PAIRS}, found the text 'a'", ()),
    ("STRING KEYVALUELIST", {"a": 1}, "expected text, found the number 1; put it in quotes", ("a",)),
    ("STRING KEYVALUELIST", ["a"], f"expected {PAIR}, found the text 'a'", (0,)),
    ("STRING KEYVALUELIST", [{"key": "a"}], f"expected {PAIR}, found a mapping", (0,)),
    ("STRING KEYVALUELIST", [{"key": 1, "value": "a"}],
     "expected a key that is text, found the number 1; put it in quotes", (0, "key")),
    ("STRING KEYVALUELIST", [{"key": "a", "value": True}], "expected text, found true; put it in quotes",
     (0, "value")),
    ("SCHEDULE", 5, f"expected {SCHEDULE}, found the number 5", ()),
    ("SCHEDULE", {"cron": "5 * * * *"}, f"expected {SCHEDULE}, found a mapping", ()),
    ("SCHEDULE", {"schedule": {"cron": "5 * * * *"}, "more": 1}, f"expected {SCHEDULE}, found a mapping", ()),
    ("SCHEDULE", {"schedule": ["5 * * * *"]}, f"expected {SCHEDULE}, found a mapping", ()),
    ("SCHEDULE", {"schedule": {"crom": "5 * * * *"}},
     f"expected cron, type and timeZone (did you mean 'cron'? {SCHEDULE_KEYS}), found the text 'crom'",
     ("schedule", "crom")),
    ("SCHEDULE", {"schedule": {"cron": 5}}, 'expected a cron expression such as "0 6 * * *", found the number 5',
     ("schedule", "cron")),
    ("SCHEDULE", {"schedule": {"cron": "5 * * * *", "type": 5}},
     "expected one of none, custom, minute, hour, day, week, found the number 5", ("schedule", "type")),
    ("SCHEDULE", {"schedule": {"cron": "5 * * * *", "timeZone": 5}},
     "expected an IANA time zone such as Europe/Oslo, found the number 5", ("schedule", "timeZone")),
    ("SCHEDULE", {"schedule": {"cron": "5 * * * *", "type": "hours"}},
     f"expected a type of schedule, found the text 'hours'; did you mean 'hour'? {TYPES}", ("schedule", "type")),
    ("SCHEDULE", {"schedule": {"timeZone": "UTC"}}, f"expected a cron expression in {SCHEDULE}, found a mapping",
     ("schedule",)),
    ("SCHEDULE VALUELIST", [{"schedule": "5 * * * *"}], "expected text, found a mapping", (0,)),
]  # fmt: skip

OPTIONS = ("Small", "Medium", "Large")
LISTED = "options: 'Large', 'Medium', 'Small'"


@pytest.mark.parametrize(("form", "value", "message", "path"), WRONG, ids=row_id)
def test_a_value_of_another_type_is_refused_at_its_place(
    form: str, value: Any, message: str, path: tuple[Any, ...]
) -> None:
    """The complaint says what was expected and found, what to do, and where within the value."""
    found = mismatch_of(declare(form), value)
    assert (found.message(), found.path) == (message, path)


@pytest.mark.parametrize(
    ("form", "value", "option", "hint", "path"),
    [
        ("PICKLIST", "Smal", "Smal", "did you mean 'Small'? ", ()),
        ("PICKLIST", "small", "small", "did you mean 'Small'? ", ()),
        ("PICKLIST", "Gigantic", "Gigantic", "", ()),
        ("PICKLIST", "", "", "", ()),
        ("PICKLIST VALUELIST", ["Small", "Mediun"], "Mediun", "did you mean 'Medium'? ", (1,)),
        ("PICKLIST KEYVALUELIST", {"shirt": "large"}, "large", "did you mean 'Large'? ", ("shirt",)),
        ("PICKLIST KEYVALUELIST", [{"key": "a", "value": "zzz"}], "zzz", "", (0, "value")),
    ],
    ids=row_id,
)
def test_an_option_that_is_not_on_the_pick_list_is_refused_with_a_suggestion(
    form: str, value: Any, option: str, hint: str, path: tuple[Any, ...]
) -> None:
    """A pick list takes its options alone, as they are written, and the complaint names the nearest."""
    found = mismatch_of(declare(form, pick_list=OPTIONS), value)
    assert found.message() == f"expected one of its options, found the text {option!r}; {hint}{LISTED}"
    assert found.path == path


@pytest.mark.parametrize(
    ("form", "value", "sent"),
    [
        ("PICKLIST", "Small", "Small"),
        ("PICKLIST VALUELIST", ["Small", "Large"], '["Small","Large"]'),
        ("PICKLIST VALUELIST", [], "[]"),
        ("PICKLIST KEYVALUELIST", {"shirt": "Large"}, '[{"key":"shirt","value":"Large"}]'),
        ("PICKLIST KEYVALUELIST", [{"key": "a", "value": "Small"}], '[{"key":"a","value":"Small"}]'),
    ],
    ids=row_id,
)
def test_options_on_the_pick_list_are_accepted(form: str, value: Any, sent: str) -> None:
    """Options of the list pass, by themselves and in collections."""
    found = compare(declare(form, pick_list=OPTIONS), value, None)
    assert found.wire is not None
    assert found.wire.text == sent


def test_without_a_pick_list_every_option_is_accepted() -> None:
    """Options that come from a data source are not known to us, and the API judges them."""
    assert compare(declare("PICKLIST"), "anything", None).wire is not None


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (True, "true"),
        (15, "the number 15"),
        ("a" * 60, f"the text {'a' * 60!r}"),
        ("a" * 61, f"the text {'a' * 57 + '…'!r}"),
        ([1], "a list"),
        (None, "nothing"),
        (Secret("x"), "a secret"),
        (Unresolved(), "a secret"),
    ],
    ids=row_id,
)
def test_a_value_is_described_briefly(value: Any, shown: str) -> None:
    """Scalars are quoted, long text is cut, and of everything else only the sort is told."""
    assert describe(value) == shown


@pytest.mark.parametrize(
    ("value", "sort"),
    [
        (True, "true or false"),
        (15, "a number"),
        (1.5, "a number"),
        ("hidden", "text"),
        ([], "a list"),
        ({}, "a mapping"),
        (None, "nothing"),
        ((), "tuple"),
    ],
    ids=row_id,
)
def test_the_description_of_a_secret_reveals_only_its_type(value: Any, sort: str) -> None:
    """Where a value must not be told, what sort of value it is still helps."""
    assert sort_of(value) == sort
    assert Mismatch("else", value).without_value().message() == f"expected else, found {sort}"


def test_a_suggestion_for_a_hidden_value_names_the_options_alone() -> None:
    """Which option is the nearest would tell something of a secret."""
    message = Mismatch("one of its options", "Smal", options=OPTIONS).without_value().message()
    assert message == f"expected one of its options, found text; {LISTED}"
