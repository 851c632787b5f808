"""Times on the command line."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import click

UNITS = {"m": "minutes", "h": "hours", "d": "days"}


class Since(click.ParamType[datetime]):
    """A point in time: ISO 8601, or a duration before now (``90m``, ``24h``, ``7d``)."""

    name = "TIME"

    def convert(self, value: str | datetime, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """Return the time in UTC; fails for any other text."""
        if isinstance(value, datetime):
            return value
        number, unit = value[:-1], value[-1:]
        try:
            if unit in UNITS and number.isascii() and number.isdigit():
                return datetime.now(UTC) - timedelta(**{UNITS[unit]: int(number)})
            found = datetime.fromisoformat(value)
            return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
        except (ValueError, OverflowError):
            self.fail(
                f"{value!r}: expected a time such as 2026-01-31 or 2026-01-31T06:00:00Z, or 24h or 7d", param, ctx
            )
