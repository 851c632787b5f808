"""The end of a run that fails alike everywhere: a hundred deploys that the API refuses for one reason help nobody."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from reconciler.text.causes import cause_of

if TYPE_CHECKING:
    from reconciler.applying.results import Result

MAX_FAILURES = 10


@dataclass(slots=True)
class FailureLimit:
    """Counts failures by their cause; several executors of one run share it.

    Failures of different causes are counted apart: they say nothing of what is still to be tried.
    """

    largest: int = MAX_FAILURES
    reason: str = ""
    """Why nothing more is tried; empty as long as no cause has reached the limit."""
    _seen: Counter[str] = field(default_factory=Counter)

    def note(self, result: Result) -> None:
        """Count a result that failed."""
        if self.reason or result.status != "failed" or not result.messages:
            return
        message = result.messages[0]
        cause = cause_of(message, (result.change.name, result.change.address))
        self._seen[cause] += 1
        if self._seen[cause] >= self.largest:
            self.reason = f"{self._seen[cause]} changes failed alike, which ends the run (--max-failures): {message}"
