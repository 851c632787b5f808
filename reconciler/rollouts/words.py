"""Times and lists in the words of reports."""

from __future__ import annotations

from datetime import UTC, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from reconciler.text.plural import listed

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

MOST_NAMED = 3


def moment(when: datetime, time_zone: str = "UTC") -> str:
    """Return a moment to the minute, rounded up, in its time zone and in UTC; a day that both share is written once.

    >>> from datetime import datetime
    >>> moment(datetime(2026, 12, 1, 10, 0, 30, tzinfo=UTC))
    '2026-12-01 10:01 UTC'
    >>> moment(datetime(2026, 12, 1, 4, tzinfo=UTC), "Asia/Tokyo")
    '2026-12-01 13:00 Asia/Tokyo, 04:00 UTC'
    >>> moment(datetime(2026, 12, 2, 4, tzinfo=UTC), "America/Chicago")
    '2026-12-01 22:00 America/Chicago, 2026-12-02 04:00 UTC'
    """
    whole = when if not (when.second or when.microsecond) else when.replace(second=0, microsecond=0) + _MINUTE
    day, time = f"{whole.astimezone(UTC):%Y-%m-%d %H:%M} UTC".split(" ", 1)
    if time_zone == "UTC":
        return f"{day} {time}"
    local = whole.astimezone(ZoneInfo(time_zone))
    return f"{local:%Y-%m-%d %H:%M} {time_zone}, {time if f'{local:%Y-%m-%d}' == day else f'{day} {time}'}"


def span(length: timedelta) -> str:
    """Return a length of time in its two largest units, rounded up to a minute.

    >>> span(timedelta(hours=3, minutes=12)), span(timedelta(days=2)), span(timedelta(seconds=1))
    ('3 h 12 min', '2 d', '1 min')
    """
    minutes = -(-length // _MINUTE)
    days, minutes = divmod(minutes, 24 * 60)
    hours, minutes = divmod(minutes, 60)
    parts = [f"{count} {unit}" for count, unit in ((days, "d"), (hours, "h"), (minutes, "min")) if count]
    return " ".join(parts[:2]) or "0 min"


def names(found: Sequence[str]) -> str:
    """Return some of the names, and how many more there are.

    >>> names(["a", "b"]), names(list("abcde"))
    ('a, b', 'a, b, c and 2 more')
    """
    return listed(found, MOST_NAMED)


_MINUTE = timedelta(minutes=1)
