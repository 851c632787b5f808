"""Points in time, as the API writes them."""

from __future__ import annotations

from datetime import UTC, datetime


def instant(text: str | None) -> datetime | None:
    """Return a time of the API; ``None`` for none, and for a text that is none. Without a zone it is UTC.

    >>> instant("2026-01-31T12:00:00Z") == instant("2026-01-31T13:00:00.000+01:00")
    True
    """
    try:
        found = datetime.fromisoformat(text) if text else None
    except ValueError:
        return None
    return found.replace(tzinfo=UTC) if found and found.tzinfo is None else found


def not_before(text: str | None, since: str | None) -> bool:
    """Return whether a time is known and not before another; without another one, every time is."""
    time, start = instant(text), instant(since)
    return time is not None and (start is None or time >= start)
