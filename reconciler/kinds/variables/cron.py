"""Cron expressions of five fields: whether one is valid, and which of its fields is not."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

FIELDS = {
    "minute": "0-59",
    "hour": "0-23",
    "day of the month": "1-31",
    "month": "1-12 or JAN-DEC",
    "weekday": "0-7 or SUN-SAT (0 and 7 are Sunday)",
}
"""By name, in their order, what each may be."""
MACROS = {
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
    "@monthly": "0 0 1 * *",
    "@weekly": "0 0 * * 0",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@hourly": "0 * * * *",
}
"""Shorthands of other schedulers, and what they stand for."""

_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_WEEKDAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
_NAMES = {
    **{each: str(number) for number, each in enumerate(_MONTHS, 1)},
    **{each: str(number) for number, each in enumerate(_WEEKDAYS)},
}
_ENDS = {
    "minute": (("0", "59"), ("0", "59")),
    "hour": (("0", "23"), ("0", "23")),
    "day of the month": (("1", "31"), ("1", "31")),
    "month": (("1", "12"), ("JAN", "DEC")),
    "weekday": (("0", "6"), ("SUN", "SAT")),
}
"""The first and the last value of each field, in numbers and in names."""


@cache
def is_cron(cron: str) -> bool:
    """Return whether an expression is valid: five fields, with one blank between them."""
    from cronsim import CronSim, CronSimError

    if len(cron.split()) != len(FIELDS):
        return False
    try:
        CronSim(cron, datetime(2026, 1, 1, tzinfo=UTC))
    except CronSimError:
        return False
    return True


def why_not_cron(cron: str) -> str:
    """Return the mistake in an expression that ``is_cron`` refuses, and what to write instead."""
    if cron.startswith("@"):
        macro = MACROS.get(cron.lower())
        return f'{cron} is no expression; write "{macro}"' if macro else f"{cron} is no expression"
    fields = cron.split()
    if len(fields) == len(FIELDS) + 1:
        return "it has 6 fields; leave the seconds (or the year) out"
    if len(fields) != len(FIELDS):
        return f"it has {len(fields)} field{'' if len(fields) == 1 else 's'}"
    return "; ".join(_wrong_fields(fields)) or "it never runs"


def _wrong_fields(fields: list[str]) -> Iterator[str]:
    for number, (name, allowed) in enumerate(FIELDS.items()):
        alone = ["*"] * len(FIELDS)
        alone[number] = fields[number]
        if not is_cron(" ".join(alone)):
            yield _wrong(name, fields[number], allowed)


def _wrong(name: str, field: str, allowed: str) -> str:
    """Return the mistake in a field: a step, a range that goes backwards, else its values."""
    for part in field.split(","):
        values, slash, step = part.partition("/")
        if slash and not (step.isdecimal() and int(step)):
            return f"the {name} is {field!r}, and a step must be a number from 1 on"
        turned = _turned_round(name, *values.partition("-"))
        if turned:
            return f"the {name} is {field!r}, and a range must go from the lower to the higher; write {turned}"
    return f"the {name} is {field!r}, and must be within {allowed}"


def _turned_round(name: str, first: str, dash: str, last: str) -> str | None:
    """Return the range that may be meant by one that goes backwards: the other way round, or past the end."""
    numbers = [_NAMES.get(each.upper(), each) for each in (first, last)]
    if not dash or not all(each.isdecimal() for each in numbers) or int(numbers[0]) <= int(numbers[1]):
        return None
    named = first.upper() in _NAMES and last.upper() in _NAMES
    lowest, highest = _ENDS[name][named]
    if int(_NAMES.get(highest, highest)) < int(numbers[0]):
        return None
    round_it = ",".join(low if low == high else f"{low}-{high}" for low, high in ((first, highest), (lowest, last)))
    return f"{last}-{first}, or {round_it}"
