"""Executions: the runs of what was deployed, as the API lists them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from reconciler.text.instants import instant

State = Literal["running", "retrying", "succeeded", "failed", "nothing"]
"""``retrying``: it failed, and the API will try again. ``nothing``: it ended, and shows nothing either way."""
NOTHING = {
    "POLLED_NO_CHANGES": "it polled and found nothing new",
    "CANCELED_AS_DUPLICATE": "it was cancelled as a duplicate of another run",
}
"""Result types that prove nothing, in words."""
_EARLIEST = datetime.min.replace(tzinfo=UTC)
LONGEST_ERROR = 300
"""Characters of a run's error that a report shows."""


@dataclass(frozen=True, slots=True)
class Execution:
    """One run. ``attempts`` are its retries, the earliest first; times are the API's, as it writes them."""

    id: str
    status: str
    started_at: str
    ended_at: str | None = None
    result_type: str | None = None
    error: str | None = None
    queued_at: str | None = None
    retry_next_at: str | None = None
    flow: str = ""
    target: str = ""
    """The ID of what was run, such as a flow of one object."""
    invoked_by: str = ""
    owner: str = ""
    """The ID of the object that ran."""
    is_test: bool = False
    retry_of: str | None = None
    """The ID of the run that this one is a retry of."""
    attempts: tuple[Execution, ...] = ()

    @property
    def last(self) -> Execution:
        """The last attempt of the request: a retry, or the run itself.

        >>> first = Execution("e-1", "ERROR", "2026-01-01T00:00:00Z", "2026-01-01T00:00:01Z")
        >>> again = Execution("e-2", "SUCCESS", "2026-01-01T00:01:00Z", "2026-01-01T00:01:01Z")
        >>> first.state, Execution("e-1", "ERROR", "", "", attempts=(again,)).state
        ('failed', 'succeeded')
        """
        return max(self.attempts, key=lambda each: instant(each.started_at) or _EARLIEST) if self.attempts else self

    @property
    def state(self) -> State:
        """What the request has come to so far, its retries included."""
        if any(each.single_state == "succeeded" for each in self.attempts):
            return "succeeded"
        return self.last.single_state

    @property
    def single_state(self) -> State:
        """What this run alone has come to."""
        if self.status == "ERROR" and self.retry_next_at:
            return "retrying"
        if self.ended_at is None:
            return "running"
        if self.result_type in NOTHING:
            return "nothing"
        if self.status == "ERROR":
            return "failed"
        return "succeeded" if self.status == "SUCCESS" else "nothing"

    @property
    def error_line(self) -> str:
        """The beginning of the last attempt's error, on one line. Reports escape it, as any text from outside."""
        text = " ".join((self.last.error or "").split())
        return text if len(text) <= LONGEST_ERROR else f"{text[:LONGEST_ERROR]}…"
