"""Values of config variables: as a manifest says them, as they travel, and what they mean.

Worked out without the codec under test.
"""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta, timezone
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from reconciler.secrets.doubtful_text import is_blank_text

if TYPE_CHECKING:
    from collections.abc import Callable

    from hypothesis.strategies import SearchStrategy

    from support.declared import Variable

ODD_TEXTS = (
    "",
    " ",
    "true",
    "null",
    "1e3",
    "0o17",
    "~",
    "'",
    '"quoted" \\ and/or',
    "line one\nline two\n",
    "\ttab",
    "ünïcödé 東京 🚀",
    "מְעֻרְבָּב mixed العربية",
    "{{#var}} ${notVar} $$",
    "- not: a list # nor a comment",
    "\u2028\x85\ufeff\x7f",
    "x" * 300,
)
texts = st.one_of(
    st.sampled_from(ODD_TEXTS), st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=8)
).filter(lambda text: "${" not in text or text in ODD_TEXTS)
"""Text that a variable can hold; a NUL is left out, since no database of the API's kind takes it.

So is what may be the beginning of a manifest's variable: hypothesis draws the constants of the code under test, too.
"""
filled_texts = texts.filter(lambda text: not is_blank_text(text))
"""Text with something to be seen in it: a secret of blanks is a mistake."""
leaves = st.one_of(st.none(), st.booleans(), texts, st.integers(-(2**40), 2**40), st.sampled_from([0.1, -2.5, 1e21]))
json_values = st.recursive(
    leaves,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(texts, inner, max_size=3)),
    max_leaves=5,
)
decimals = st.builds(lambda digits, places: f"{digits / 10**places:.{places}f}", st.integers(-9999, 9999), st.just(2))
offsets = st.sampled_from([None, UTC, timezone(timedelta(hours=5, minutes=30)), timezone(timedelta(hours=-8))])
moments = st.builds(
    lambda second, millisecond, zone: (
        datetime(2024, 2, 28, 20, tzinfo=zone) + timedelta(seconds=second, milliseconds=millisecond)
    ),
    st.integers(0, 10**8),
    st.sampled_from([0, 250, 999]),
    offsets,
)
crons = st.sampled_from(["5 */1 * * *", "0 2 * * *", "*/15 8-18 * * MON-FRI", "0 0 1 1 *"])
zones = st.sampled_from(["", "UTC", "America/Chicago", "Asia/Kolkata"])
schedules = st.fixed_dictionaries(
    {"cron": crons}, optional={"timeZone": zones, "type": st.sampled_from(["custom", "hour", "day"])}
)
objects = st.fixed_dictionaries({"key": st.sampled_from(["lead", "account"])}, optional={"label": texts})

SCALARS: dict[str, SearchStrategy[Any]] = {
    "STRING": texts,
    "CODE": st.one_of(texts, st.sampled_from(['{"a": 1}', "<a>\n  <b/>\n</a>"])),
    "BOOLEAN": st.sampled_from([True, False, "true", "false"]),
    "NUMBER": st.one_of(st.integers(-(10**12), 10**12), decimals, st.sampled_from([0, 0.5, -2.25, 50, "50", "1e3"])),
    "DATE": st.dates(date(1970, 1, 1), date(2069, 12, 31)).map(date.isoformat),
    "TIMESTAMP": moments.map(datetime.isoformat),
    "PICKLIST": st.one_of(st.sampled_from(["north", "south"]), texts),
    "SCHEDULE": st.one_of(crons, st.builds(lambda inner: {"schedule": inner}, schedules)),
    "JSONFORM": st.one_of(st.dictionaries(texts, json_values, max_size=3), st.lists(json_values, max_size=3)),
    "OBJECTSELECTION": st.lists(
        st.fixed_dictionaries({"object": objects}, optional={"fields": st.lists(objects, max_size=2)}), max_size=2
    ),
    "OBJECTFIELDMAP": st.builds(
        lambda fields: {"fields": fields},
        st.lists(
            st.fixed_dictionaries({"field": objects}, optional={"mappedObject": objects, "mappedField": objects}),
            max_size=2,
        ),
    ),
}


def values_of(variable: Variable) -> SearchStrategy[Any]:
    """Return what a manifest can say of a variable that is no connection."""
    item = st.sampled_from(variable.options) if variable.options else SCALARS[variable.data_type]
    if variable.collection == "VALUELIST":
        return st.lists(item, max_size=3)
    if variable.collection == "KEYVALUELIST":
        pair = st.fixed_dictionaries({"key": st.sampled_from(["a", "b", "ключ"]), "value": item})
        return st.one_of(st.dictionaries(texts, item, max_size=3), st.lists(pair, max_size=3))
    return item


def entry(variable: Variable, value: Any) -> dict[str, Any]:
    """Return a value as ``InputInstanceConfigVariable`` takes it."""
    if variable.data_type == "SCHEDULE" and variable.collection is None:
        inner = value["schedule"] if isinstance(value, dict) else {"cron": value}
        written = {"key": variable.key, "value": inner["cron"], "scheduleType": inner.get("type", "custom")}
        return {**written, "timeZone": inner["timeZone"]} if "timeZone" in inner else written
    return {"key": variable.key, "value": _text(variable, value)}


def _text(variable: Variable, value: Any) -> str:
    if variable.collection == "VALUELIST":
        return _json([_scalar(variable.data_type, item) for item in value])
    if variable.collection == "KEYVALUELIST":
        pairs = value.items() if isinstance(value, dict) else ((pair["key"], pair["value"]) for pair in value)
        return _json([{"key": key, "value": _scalar(variable.data_type, item)} for key, item in pairs])
    return _scalar(variable.data_type, value)


def _scalar(data_type: str, value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else str(value) if isinstance(value, int | float) else _json(value)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def respelled(variable: Variable, written: dict[str, Any]) -> dict[str, Any]:
    """Return what is written of a variable in another spelling that means the same."""
    text = written["value"]
    if variable.collection or variable.data_type in {"JSONFORM", "OBJECTSELECTION", "OBJECTFIELDMAP"}:
        text = json.dumps(json.loads(text), indent=2, sort_keys=True)
    elif variable.data_type == "NUMBER":
        text = f"{text}.000" if text.lstrip("-").isdigit() else text
    elif variable.data_type == "TIMESTAMP":
        text = _moment(text).astimezone(timezone(timedelta(hours=3))).isoformat()
    elif variable.data_type == "SCHEDULE":
        text = text.replace(" ", "  ", 1)
    return {**written, "value": text}


def meaning(variable: Variable, text: str | None) -> Any:
    """Return what a stored text means, for comparing with ``==``."""
    if variable.collection is None:
        return _scalar_meaning(variable.data_type, text or "")
    items = json.loads(text or "[]")
    if variable.collection == "VALUELIST":
        return [_scalar_meaning(variable.data_type, item) for item in items]
    return [(pair["key"], _scalar_meaning(variable.data_type, pair["value"])) for pair in items]


def _scalar_meaning(data_type: str, text: str) -> Any:
    return MEANINGS[data_type](text) if text and data_type in MEANINGS else text


def _moment(text: str) -> datetime:
    found = datetime.fromisoformat(text)
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)


MEANINGS: dict[str, Callable[[str], Any]] = {
    "BOOLEAN": str.lower,
    "NUMBER": Fraction,
    "DATE": lambda text: text[:10],
    "TIMESTAMP": _moment,
    "SCHEDULE": str.split,
    **dict.fromkeys(("JSONFORM", "OBJECTSELECTION", "OBJECTFIELDMAP"), json.loads),
}
"""What texts mean, of the data types whose text is not its own meaning."""
