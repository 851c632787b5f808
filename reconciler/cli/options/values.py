"""The types of options' values. Each returns the value of a text, and fails for any other text."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from reconciler.errors import UsageError
from reconciler.kinds.registry import default_registry
from reconciler.reports.registry import FORMATS
from reconciler.text.suggest import did_you_mean

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from reconciler.planning.shards import Shard

UNITS = {"m": "minutes", "h": "hours", "d": "days"}
SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


Completer = Callable[[click.Context, click.Parameter, str], "list[CompletionItem]"]


def completed(what: str) -> Completer:
    """Return what a shell asks for the values of an option, which is imported only then.

    Whatever is wrong with the manifests: a shell that completes has no place for a message, and offers nothing.
    """

    def complete(ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        try:
            from reconciler.cli.options.completing import candidates

            return candidates(what, ctx, incomplete)
        except Exception:  # noqa: BLE001 - a traceback would be printed into the line that somebody types
            return []

    return complete


class Whole(click.IntRange):
    """A whole number within a range."""

    name = "number"


class Finite(click.FloatRange):
    """A finite number within a range. click would accept ``nan``, which is neither below nor above a limit."""

    name = "number"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        number = float(super().convert(value, param, ctx))
        if not math.isfinite(number):
            self.fail(f"{value!r} is not a number that can be counted with", param, ctx)
        return number


class Since(click.ParamType[datetime]):
    """A point in time in UTC: ISO 8601, or a duration before now (``90m``, ``24h``, ``7d``)."""

    name = "TIME"

    def convert(self, value: str | datetime, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
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


class Duration(click.ParamType[float]):
    """A duration in seconds: ``90s``, ``5m``, ``1h``; at least ``least`` seconds, at most a day."""

    name = "DURATION"

    def __init__(self, least: int) -> None:
        self.least = least

    def convert(self, value: str | float, param: click.Parameter | None, ctx: click.Context | None) -> float:
        if isinstance(value, float):
            return value
        number, unit = value[:-1], value[-1:]
        if unit not in SECONDS or not (number.isascii() and number.isdigit()):
            self.fail(f"{value!r}: expected a duration such as 90s, 5m or 1h", param, ctx)
        seconds = float(int(number[:9]) * SECONDS[unit])
        if not self.least <= seconds <= SECONDS["d"]:
            self.fail(f"{value!r}: expected at least {self.least}s and at most 24h", param, ctx)
        return seconds


class ShardType(click.ParamType["Shard"]):
    """``I/N``."""

    name = "I/N"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Shard:
        from reconciler.planning.shards import Shard

        try:
            return Shard.parse(value)
        except UsageError as error:
            self.fail(str(error), param, ctx)


class KindName(click.ParamType[str]):
    """The name of a kind, as in a manifest's ``kind``."""

    name = "KIND"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        known = default_registry().kinds
        if value not in known:
            self.fail(f"unknown kind {value!r}; {did_you_mean(value, known, listed_as='known kinds')}", param, ctx)
        return value


class Report(click.ParamType[tuple[str, Path]]):
    """``FORMAT=FILE``: a report's format and its file."""

    name = "FORMAT=FILE"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, Path]:
        form, equals, file = value.partition("=")
        if not equals or not file:
            self.fail(f"{value!r}: expected FORMAT=FILE, such as json=plan.json", param, ctx)
        if form not in FORMATS:
            self.fail(f"{form!r} is not a report format; expected one of: {', '.join(FORMATS)}", param, ctx)
        return form, Path(file)
