"""The syntax of faults: ``KIND`` or ``KIND:NAME=VALUE,NAME=VALUE…``."""

from __future__ import annotations

import re
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from reconciler.sandbox.faults.fault import DATE, KINDS, Fault

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

ALWAYS = "always"
_SECONDS = {"timeout": 300.0, "timeout-after": 300.0}
_STATUS = {"throttle": 429, "error": 503, "error-after": 504}


class FaultError(ValueError):
    """A fault that cannot be set; the message is one clear line."""


def fault_of(spec: str, options: Mapping[str, Any]) -> Fault:
    """Return the fault of a spec and more options; values are text, or numbers and booleans of JSON."""
    kind, _, listed = spec.partition(":")
    kind = kind.strip()
    if kind not in KINDS:
        raise FaultError(f"There is no fault {kind!r}{_meant(kind, KINDS)} Known: {', '.join(KINDS)}.")
    given = {**_split(listed), **{name.replace("-", "_"): value for name, value in options.items()}}
    unknown = [name for name in given if name not in _OPTIONS]
    if unknown:
        name = unknown[0].replace("_", "-")
        raise FaultError(f"A fault has no option {name!r}{_meant(name, _names())} Known: {', '.join(_names())}.")
    read = {name: _read(name, value) for name, value in given.items() if value is not None or name == "times"}
    if "every" in read or "chance" in read:
        read.setdefault("times", None)
    return Fault(kind, **{**_defaults(kind), **read})


def _defaults(kind: str) -> dict[str, Any]:
    found = {"seconds": _SECONDS.get(kind), "status": _STATUS.get(kind)}
    return {name: value for name, value in found.items() if value is not None}


def _split(listed: str) -> dict[str, str]:
    options = {}
    for item in filter(str.strip, listed.split(",")):
        name, equals, value = item.partition("=")
        if not equals:
            raise FaultError(f"A fault's options are NAME=VALUE, not {item.strip()!r}.")
        options[name.strip().replace("-", "_")] = value.strip()
    return options


def _read(name: str, value: Any) -> Any:
    expected, read = _OPTIONS[name]
    try:
        return read(value)
    except FaultError:
        raise
    except (TypeError, ValueError):
        shown = name.replace("_", "-")
        raise FaultError(f"The fault's option {shown} is {expected}, not {value!r}.") from None


def _count(value: Any) -> int:
    if isinstance(value, (bool, float)) or int(value) < 1:
        raise ValueError
    return int(value)


def _times(value: Any) -> int | None:
    return None if value in {ALWAYS, None} else _count(value)


def _chance(value: Any) -> float:
    if not 0 < float(value) <= 1:
        raise ValueError
    return float(value)


def _seconds(value: Any) -> float:
    # Neither "nan" nor "inf" is less than a week.
    if not 0 <= float(value) < 604_800:
        raise ValueError
    return float(value)


def _status(value: Any) -> int:
    if not 200 <= int(value) <= 599:
        raise ValueError
    return int(value)


def _retry_after(value: Any) -> str:
    if not re.fullmatch(rf"({re.escape(DATE)})?\d+", str(value)):
        raise ValueError
    return str(value)


def _field(value: Any) -> str:
    from reconciler.sandbox.resolvers.schema import executable_schema

    schema = executable_schema()
    known = {name for kind in (schema.query_type, schema.mutation_type) if kind for name in kind.fields}
    if value not in known:
        raise FaultError(f"The API has no root field {value!r}{_meant(str(value), known)}")
    return str(value)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


_OPTIONS: Mapping[str, tuple[str, Callable[[Any], Any]]] = {
    "at": ("a number from 1", _count),
    "operation": ("a number from 1", _count),
    "field": ("a root field", _field),
    "every": ("a number from 1", _count),
    "chance": ("more than 0 and at most 1", _chance),
    "times": (f"a number from 1, or {ALWAYS}", _times),
    "status": ("an HTTP status from 200 to 599", _status),
    "retry_after": (f"a number of seconds, or {DATE}SECONDS", _retry_after),
    "seconds": ("a number of seconds", _seconds),
    "message": ("a text", _text),
}


def _names() -> list[str]:
    return [name.replace("_", "-") for name in _OPTIONS]


def _meant(name: str, known: Iterable[str]) -> str:
    close = get_close_matches(name, list(known), 1)
    return f"; did you mean {close[0]!r}?" if close else "."
