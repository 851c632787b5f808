"""Values of every type, and what they mean, worked out without the code under test."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from fractions import Fraction
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from reconciler.secrets.doubtful_text import is_blank_text

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    from hypothesis.strategies import SearchStrategy


@dataclass(frozen=True)
class Sort:
    """The values a manifest can give to a variable of one form, and a function from a value to its meaning."""

    form: str
    values: SearchStrategy[Any]
    meaning: Callable[[Any], Hashable]

    def __repr__(self) -> str:
        return self.form


def json_meaning(value: Any) -> Hashable:
    """Return what a JSON value means: numbers by value, booleans apart, mappings without order."""
    if isinstance(value, dict):
        return ("mapping", frozenset((key, json_meaning(item)) for key, item in value.items()))
    if isinstance(value, list):
        return ("list", tuple(map(json_meaning, value)))
    if isinstance(value, (bool, str)) or value is None:
        return (type(value).__name__, value)
    return ("number", Fraction(value))


def _moment(text: str) -> datetime:
    found = datetime.fromisoformat(text)
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)


def _boolean(value: Any) -> bool:
    return value if isinstance(value, bool) else value.lower() == "true"


texts = st.text(max_size=8)
digits = st.integers(-(10**14), 10**14)
decimals = st.builds(lambda number, places: f"{number}e-{places}", digits, st.integers(0, 12))
numbers = st.one_of(digits, digits.map(str), decimals, st.floats(-1e9, 1e9, width=32))
offsets = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
whole_milliseconds = st.datetimes(datetime(1970, 1, 2), datetime(9000, 1, 1), timezones=st.one_of(st.none(), offsets))  # noqa: DTZ001 - the strategy adds the time zone
moments = whole_milliseconds.map(lambda moment: moment.replace(microsecond=moment.microsecond // 1000 * 1000))
scalars = st.one_of(
    st.none(), st.booleans(), texts, st.integers(-(2**53), 2**53), st.floats(allow_nan=False, allow_infinity=False)
)
json_data = st.recursive(
    scalars,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(texts, inner, max_size=3)),
    max_leaves=5,
)
forms = st.one_of(st.dictionaries(texts, json_data, max_size=3), st.lists(json_data, max_size=3))
selections = st.lists(
    st.builds(lambda key, fields: {"object": {"key": key}, "fields": fields}, texts, st.lists(json_data, max_size=2)),
    max_size=3,
)
field_maps = st.lists(st.fixed_dictionaries({"field": json_data, "mappedField": json_data}), max_size=3).map(
    lambda fields: {"fields": fields}
)

SCALARS = (
    Sort("STRING", texts, str),
    Sort("CODE", texts, str),
    Sort("CREDENTIAL", texts.filter(lambda text: not is_blank_text(text)), str),
    Sort("PICKLIST", st.sampled_from(["Small", "Medium", "Large"]), str),
    Sort("BOOLEAN", st.sampled_from([True, False, "true", "True", "FALSE"]), _boolean),
    Sort("NUMBER", numbers, Fraction),
    Sort("DATE", st.dates(date(1, 1, 1)).map(date.isoformat), str),
    Sort("TIMESTAMP", moments.map(datetime.isoformat), _moment),
    Sort("JSONFORM", forms, json_meaning),
    Sort("OBJECTSELECTION", selections, json_meaning),
    Sort("OBJECTFIELDMAP", field_maps, json_meaning),
)
CRON = Sort("SCHEDULE", st.from_regex(re.compile(r"\*/[1-9] [0-9] \* \* \*"), fullmatch=True), str)


def _list_of(sort: Sort) -> Sort:
    return Sort(
        f"{sort.form} VALUELIST",
        st.lists(sort.values, max_size=3),
        lambda value: tuple(map(sort.meaning, value)),
    )


def _mapping_of(sort: Sort) -> Sort:
    return Sort(
        f"{sort.form} KEYVALUELIST",
        st.dictionaries(texts, sort.values, max_size=3),
        lambda value: frozenset((key, sort.meaning(item)) for key, item in value.items()),
    )


def _pairs_of(sort: Sort) -> Sort:
    pair = st.fixed_dictionaries({"key": st.sampled_from("abc"), "value": sort.values})
    return Sort(
        f"{sort.form} KEYVALUELIST",
        st.lists(pair, max_size=3),
        lambda value: tuple(
            (each["key"], sort.meaning(each["value"])) for each in sorted(value, key=itemgetter("key"))
        ),
    )


LISTS = tuple(map(_list_of, (*SCALARS, CRON)))
MAPPINGS = tuple(map(_mapping_of, (*SCALARS, CRON)))
PAIRS = tuple(map(_pairs_of, (*SCALARS, CRON)))
