"""The API's clock: soaks and windows of rollouts are counted on it, since deploys are dated by it too."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime


class ServerClock:
    """The time on the server, by the ``Date`` header of its latest answer and the time that passed since.

    The header has whole seconds and is older than its arrival, so the time is never ahead of the server's: a soak is
    never too short.

    >>> clock = ServerClock()
    >>> clock.note("Tue, 01 Dec 2026 12:00:00 GMT")
    >>> clock.now() >= datetime(2026, 12, 1, 12, tzinfo=UTC)
    True
    """

    def __init__(self) -> None:
        self._read: tuple[datetime, float] | None = None

    def note(self, header: str | None) -> None:
        """Take in the ``Date`` header of an answer; one that is missing or no date changes nothing."""
        try:
            found = parsedate_to_datetime(header or "")
        except (ValueError, TypeError, OverflowError):
            return
        # A date without a zone is in UTC, as every date of HTTP is.
        self._read = found.replace(tzinfo=found.tzinfo or UTC).astimezone(UTC), time.monotonic()

    @property
    def known(self) -> bool:
        """Whether an answer had a date."""
        return self._read is not None

    def now(self) -> datetime:
        """Return the server's time in UTC; the local time until an answer had a date."""
        if self._read is None:
            return datetime.now(UTC)
        noted, moment = self._read
        return noted + timedelta(seconds=time.monotonic() - moment)
