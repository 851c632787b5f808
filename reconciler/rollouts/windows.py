"""Windows: the times in which changes are carried out. Clocks that are put forward or back are taken into account."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from reconciler.model.rollout import Window

MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Opening:
    """Whether changes are carried out at a moment.

    ``opens`` is when the next window begins, in UTC, with its time zone; ``None`` while one is open, and if none will.
    """

    open: bool
    opens: datetime | None = None
    time_zone: str = "UTC"


ALWAYS = Opening(open=True)


def opening(windows: Sequence[Window], now: datetime) -> Opening:
    """Return whether one of the windows is open; without windows it always is.

    A window lasts ``duration`` from where it begins, in hours that pass, not in hours of the clock on the wall.
    """
    if not windows or any(is_open(window, now) for window in windows):
        return ALWAYS
    next_ones = [(begin, window.time_zone) for window in windows if (begin := next_begin(window, now))]
    return Opening(False, *min(next_ones)) if next_ones else Opening(open=False)


def is_open(window: Window, now: datetime) -> bool:
    """Return whether a window is open: it began at most its duration ago."""
    begin = last_begin(window, now)
    return begin is not None and now < begin + window.duration


def last_begin(window: Window, now: datetime) -> datetime | None:
    """Return the last moment, now included, at which a window began, in UTC; ``None`` if it never did."""
    found = _fires(window, now.replace(second=0, microsecond=0) + MINUTE, reverse=True)
    # Looking back from the hour that a clock put back repeats, the library misses what began in its first pass.
    while found and (later := next_begin(window, found)) and later <= now:
        found = later
    return found


def next_begin(window: Window, now: datetime) -> datetime | None:
    """Return the next moment after now at which a window begins, in UTC; ``None`` if it never does."""
    return _fires(window, now, reverse=False)


def _fires(window: Window, moment: datetime, *, reverse: bool) -> datetime | None:
    from cronsim import CronSim

    zone = UTC if window.time_zone == "UTC" else ZoneInfo(window.time_zone)
    found = next(CronSim(window.schedule, moment.astimezone(zone), reverse=reverse), None)
    return found.astimezone(UTC) if found else None
