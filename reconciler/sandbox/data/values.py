"""The values of config variables: which ones the API accepts for each data type, and how they read back."""

from __future__ import annotations

import json
import re
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from collections.abc import Callable

    from reconciler.sandbox.data.variants import Variants

_NUMBER = re.compile(r"-?\d+(\.\d+)?([eE][+-]?\d+)?")
_CRON_FIELD = re.compile(r"[0-9A-Za-z*/,\-?#]+")
SCHEDULE_TYPES = ("none", "custom", "minute", "hour", "day", "week")


class ValueRefused(ValueError):
    """A value that a config variable cannot have; the message gives the reason."""


def normalise(data_type: str, collection: str | None, options: list[str], value: str, variants: Variants) -> str:
    """Return the value as it will read back, or raise :class:`ValueRefused`."""
    if collection is not None:
        return _collection(data_type, collection, options, value, variants)
    check = _SCALARS.get(data_type)
    if check is not None:
        return check(value, variants)
    if data_type == "PICKLIST":
        return _option(value, options)
    return value


def _collection(data_type: str, collection: str, options: list[str], value: str, variants: Variants) -> str:
    items = parse_json(value)
    if not isinstance(items, list):
        raise ValueRefused("a list is written as a JSON array")
    if collection == "KEYVALUELIST":
        for item in items:
            if not isinstance(item, dict) or set(item) != {"key", "value"} or not isinstance(item["key"], str):
                raise ValueRefused('a key-value list is written as [{"key": …, "value": …}]')
    for item in items:
        element = item["value"] if collection == "KEYVALUELIST" else item
        if isinstance(element, str):
            normalise(data_type, None, options, element, variants)
        elif data_type in {"STRING", "CODE", "PICKLIST", "DATE", "TIMESTAMP"}:
            raise ValueRefused(f"the values of this list are strings, not {json.dumps(element)}")
    if collection == "KEYVALUELIST" and variants.key_value_order == "sorted":
        value = json.dumps(sorted(items, key=lambda item: str(item["key"])), ensure_ascii=False)
    return write_json(value, variants)


def parse_json(value: str) -> Any:
    try:
        return json.loads(value)
    except ValueError as error:
        raise ValueRefused("the value is not valid JSON") from error


def write_json(value: str, variants: Variants) -> str:
    """Return valid JSON as it reads back under the variant."""
    if variants.json == "sent":
        return value
    pretty = variants.json == "pretty"
    return json.dumps(
        json.loads(value),
        ensure_ascii=False,
        sort_keys=pretty,
        indent=2 if pretty else None,
        separators=None if pretty else (",", ":"),
    )


def _boolean(value: str, variants: Variants) -> str:
    if variants.booleans == "title" and value in {"True", "False"}:
        return value
    if value not in {"true", "false"}:
        raise ValueRefused(f'a boolean is "true" or "false", not {value!r}')
    return value.title() if variants.booleans == "title" else value


def _number(value: str, variants: Variants) -> str:
    if not _NUMBER.fullmatch(value):
        raise ValueRefused(f"{value!r} is not a number")
    if variants.numbers == "sent":
        return value
    text = format(Decimal(value), "f")
    return text if "." in text else f"{text}.0"


def _option(value: str, options: list[str]) -> str:
    if value and options and value not in options:
        raise ValueRefused(f"{value!r} is not one of {', '.join(options)}")
    return value


def _date(value: str, variants: Variants) -> str:
    moment = _moment(value)
    return value if variants.dates == "sent" or moment is None else _utc(moment)


def _moment(value: str) -> datetime | None:
    if not value:
        return None
    try:
        return datetime.fromisoformat(value)
    except ValueError:
        pass
    try:
        return datetime.combine(date.fromisoformat(value), time())
    except ValueError as error:
        raise ValueRefused(f"{value!r} is not a date or time in ISO 8601") from error


def _utc(moment: datetime) -> str:
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _cron(value: str, variants: Variants) -> str:
    del variants
    parts = value.split()
    if value and not (len(parts) in {5, 6} and all(_CRON_FIELD.fullmatch(part) for part in parts)):
        raise ValueRefused(f"{value!r} is not a cron expression")
    return value


def _json_form(value: str, variants: Variants) -> str:
    if not value:
        return value
    parse_json(value)
    return write_json(value, variants)


def _object_selection(value: str, variants: Variants) -> str:
    if not value:
        return value
    items = parse_json(value)
    if not isinstance(items, list) or not all(_has_key(item, "object") for item in items):
        raise ValueRefused('an object selection is written as [{"object": {"key": …}, "fields": …}]')
    return write_json(value, variants)


def _object_field_map(value: str, variants: Variants) -> str:
    if not value:
        return value
    data = parse_json(value)
    fields = data.get("fields") if isinstance(data, dict) else None
    if not isinstance(fields, list) or not all(_has_key(item, "field") for item in fields):
        raise ValueRefused('an object field map is written as {"fields": [{"field": {"key": …}, …}]}')
    return write_json(value, variants)


def _has_key(item: Any, name: str) -> bool:
    return isinstance(item, dict) and isinstance(item.get(name), dict) and "key" in item[name]


_SCALARS: dict[str, Callable[[str, Variants], str]] = {
    "BOOLEAN": _boolean,
    "NUMBER": _number,
    "DATE": _date,
    "TIMESTAMP": _date,
    "SCHEDULE": _cron,
    "JSONFORM": _json_form,
    "OBJECTSELECTION": _object_selection,
    "OBJECTFIELDMAP": _object_field_map,
}


def schedule_type(value: str) -> str:
    """Return a schedule type as it reads back, in upper case; it is sent in lower case."""
    if value not in SCHEDULE_TYPES:
        raise ValueRefused(f"the schedule type is one of {', '.join(SCHEDULE_TYPES)}, not {value!r}")
    return value.upper()


def time_zone(value: str) -> str:
    try:
        if value:
            ZoneInfo(value)
    except (KeyError, ValueError, OSError) as error:
        raise ValueRefused(f"{value!r} is not a time zone") from error
    return value
