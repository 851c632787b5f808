"""Time in the sandbox: no two events have the same timestamp, and the clock can be moved forwards."""

from __future__ import annotations

import re
from datetime import MAXYEAR, MINYEAR, UTC, datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

NEVER = "9999"
"""A text above all timestamps."""
_MICROSECOND = timedelta(microseconds=1)
_UNITS = {"w": "weeks", "d": "days", "h": "hours", "m": "minutes", "s": "seconds"}
_DURATION = re.compile("".join(rf"(?:(?P<{unit}>\d+(?:\.\d+)?){unit})?" for unit in _UNITS), re.ASCII)
_LONGEST = timedelta(days=36_500)


class ClockError(ValueError):
    """A time that the clock cannot be set to, or a text that is no time."""


def utc_now() -> datetime:
    return datetime.now(UTC)


def stamp(moment: datetime) -> str:
    """Return a moment as the sandbox stores and compares it: in UTC, with microseconds."""
    return _in_utc(moment).isoformat(timespec="microseconds")


def parse_duration(text: object) -> timedelta:
    """Return a duration; raise :class:`ClockError` with what was expected.

    >>> parse_duration("1h30m")
    datetime.timedelta(seconds=5400)
    """
    found = _DURATION.fullmatch(text) if isinstance(text, str) else None
    if not text or found is None:
        raise ClockError(f"expected a duration such as 30s, 10m, 1h30m or 7d, not {text!r}")
    parts = {_UNITS[unit]: float(number) for unit, number in found.groupdict().items() if number}
    try:
        duration = timedelta(**parts)
    except OverflowError:
        duration = timedelta.max
    if duration > _LONGEST:
        raise ClockError(f"expected a duration of at most 100 years, not {text!r}")
    return duration


def parse_moment(text: object) -> datetime:
    """Return a time with its zone, in UTC; raise :class:`ClockError` with what was expected."""
    try:
        moment = datetime.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        moment = None
    # Near its ends, the calendar has no room for other zones.
    if moment is None or moment.tzinfo is None or not MINYEAR + 1 < moment.year < MAXYEAR - 1:
        raise ClockError(f"expected a time with its zone such as 2026-03-01T08:00:00Z, not {text!r}")
    return moment.astimezone(UTC)


def _in_utc(moment: datetime) -> datetime:
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


class Clock:
    """A clock whose timestamps always increase; it goes on from wherever it was moved to.

    ``ahead`` is how far it is ahead of the real time, negative for a clock that started in the past.
    """

    def __init__(
        self, now: Callable[[], datetime] = utc_now, last: str | None = None, ahead: timedelta = timedelta()
    ) -> None:
        self._now = now
        self._last = datetime.fromisoformat(last) if last else datetime.min.replace(tzinfo=UTC)
        self.ahead = ahead
        self.alarm = NEVER
        """The time of the next event, as a timestamp."""

    def wake(self, at: str | None) -> None:
        """Ring at a time, unless an earlier one is set; ``None`` changes nothing."""
        self.alarm = min(self.alarm, at or NEVER)

    def now(self) -> datetime:
        """Return the current time; this does not advance it."""
        return max(self._now() + self.ahead, self._last)

    def tick(self) -> str:
        """Return a timestamp that is later than all before it."""
        self._last = max(self._now() + self.ahead, self._last + _MICROSECOND)
        return stamp(self._last)

    def advance(self, by: timedelta) -> None:
        """Move the clock forwards by a duration; raise :class:`ClockError` beyond the calendar's end."""
        try:
            self._set(parse_moment((self.now() + by).isoformat()))
        except OverflowError as error:
            raise ClockError("the calendar ends before that time") from error

    def move_to(self, moment: datetime) -> None:
        """Move the clock forwards to a moment; raise :class:`ClockError` for one that is past."""
        if _in_utc(moment) < self.now():
            raise ClockError(
                f"the sandbox's clock is at {stamp(self.now())} and only moves forwards, so not to {stamp(moment)}"
                " (a reset puts it back to the start)"
            )
        self._set(moment)

    def _set(self, moment: datetime) -> None:
        self.ahead = _in_utc(moment) - _in_utc(self._now())

    def follow(self, other: Clock) -> None:
        """Take over the time of another clock, also an earlier one."""
        self._last, self.ahead, self.alarm = other._last, other.ahead, other.alarm
