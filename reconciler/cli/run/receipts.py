"""``--receipt FILE``: read before anything else is done, and written when it is over."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from reconciler import workflow
from reconciler.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from reconciler.applying.results import Result
    from reconciler.planning.plan import Plan
    from reconciler.receipts.receipt import Receipt
    from reconciler.workflow import Options, Session

UNITS = {"m": "minutes", "h": "hours", "d": "days"}


class Since(click.ParamType[datetime]):
    """A time: ISO 8601, or so long ago (``90m``, ``24h``, ``7d``)."""

    name = "TIME"

    def convert(self, value: str | datetime, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """Return the time, in UTC; fails for what is none."""
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


def receipt_option(text: str) -> Callable[[Any], Any]:
    return click.option("--receipt", type=click.Path(path_type=Path), metavar="FILE", help=text)


def everything(options: Options, given: Mapping[str, Any]) -> Options:
    """Return the options; a receipt needs to hear also of what is right already."""
    return replace(options, plan=replace(options.plan, include_unchanged=given["receipt"] is not None))


@dataclass(slots=True)
class Kept:
    """The receipt of one apply: checked before anything is changed, written after all of it."""

    session: Session
    path: Path | None
    before: Receipt | None = None
    revision: str | None = None
    """The commit of the manifests, looked for before anything is changed: they were read just now."""

    def check(self) -> None:
        """Read the receipt that is there; raises ``UsageError`` when it is another's."""
        if self.path:
            self.before = workflow.load_receipt(self.session, self.path)
            self.revision = workflow.revision_of(self.session, self.path)

    def keep(self, plan: Plan, results: Sequence[Result]) -> UsageError | None:
        """Write the receipt; return why that was not possible: the results have to be told all the same."""
        if self.path is None:
            return None
        return self._save(workflow.record_apply(self.session, self.before, plan, results, revision=self.revision))

    def forget(self, results: Sequence[Result]) -> UsageError | None:
        """Take what was given up out of the receipt, if there is one; return why that was not possible."""
        if self.path is None or self.before is None:
            return None
        return self._save(workflow.record_forgotten(self.before, results))

    def _save(self, receipt: Receipt) -> UsageError | None:
        from reconciler.receipts.file import save_receipt

        if self.path is None:
            return None
        try:
            save_receipt(receipt, self.path)
        except UsageError as error:
            return error
        return None
