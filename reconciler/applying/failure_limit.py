"""The end of a run that fails alike everywhere: a hundred deploys that the API refuses for one reason help nobody."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from reconciler.text.causes import cause_of
from reconciler.text.plural import counted

if TYPE_CHECKING:
    from reconciler.applying.results import Result

MAX_FAILURES = 10


@dataclass(slots=True)
class FailureLimit:
    """Counts failures by their cause; several executors of one run share it.

    Failures of different causes are counted apart: they say nothing of what is still to be tried.
    """

    largest: int = MAX_FAILURES
    _seen: Counter[str] = field(default_factory=Counter)
    _ended_by: tuple[str, str] | None = None
    """The cause that reached the limit first, and the message of the failure that did."""

    @property
    def reason(self) -> str:
        """Why nothing more is tried, with all failures of the cause; empty as long as none has reached the limit.

        Requests that are under way still end, and their failures count.
        """
        if self._ended_by is None:
            return ""
        cause, message = self._ended_by
        alike = f"{counted(self._seen[cause], 'change')} failed alike"
        return f"{alike}, which ends the run (--max-failures): {message}"

    def note(self, result: Result) -> None:
        """Count a result that failed."""
        if result.status != "failed" or not result.messages:
            return
        message = result.messages[0]
        cause = cause_of(message, (result.change.name, result.change.address))
        self._seen[cause] += 1
        if self._ended_by is None and self._seen[cause] >= self.largest:
            self._ended_by = (cause, message)
