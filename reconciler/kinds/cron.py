"""Cron expressions of five fields: whether one can run, and which field is in the way if not."""

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


@cache
def is_cron(cron: str) -> bool:
    """Say whether an expression, its fields a blank apart, is one of five fields that can be read."""
    from cronsim import CronSim, CronSimError

    if len(cron.split()) != len(FIELDS):
        return False
    try:
        CronSim(cron, datetime(2026, 1, 1, tzinfo=UTC))
    except CronSimError:
        return False
    return True


def why_not_cron(cron: str) -> str:
    """Return what is wrong with an expression that ``is_cron`` refuses, and what to write instead."""
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
            yield f"the {name} is {fields[number]!r}, and must be within {allowed}"
