"""Time in the sandbox: no two events have the same timestamp."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

_MICROSECOND = timedelta(microseconds=1)


def utc_now() -> datetime:
    return datetime.now(UTC)


def stamp(moment: datetime) -> str:
    """Return a moment as the sandbox stores and compares it: in UTC, with microseconds."""
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


class Clock:
    """A clock whose timestamps always increase."""

    def __init__(self, now: Callable[[], datetime] = utc_now, last: str | None = None) -> None:
        self._now = now
        self._last = datetime.fromisoformat(last) if last else datetime.min.replace(tzinfo=UTC)

    def now(self) -> datetime:
        """Return the current time; it does not advance."""
        return max(self._now(), self._last)

    def tick(self) -> str:
        """Return a timestamp that is later than all before it."""
        self._last = max(self._now(), self._last + _MICROSECOND)
        return stamp(self._last)
