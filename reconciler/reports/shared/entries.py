"""The changes of an outcome, each as its command reports it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reconciler.applying.results import Result
    from reconciler.planning.plan import Change
    from reconciler.reports.shared.outcome import Command, Outcome

Drifted = Literal["differs", "missing", "present"]


@dataclass(frozen=True, slots=True)
class Entry:
    """One change as a command reports it; ``result`` is that of an apply."""

    command: Command
    change: Change
    result: Result | None = None
    origin: str = ""
    said: Sequence[str] = ()
    """The remarks on the change, its cause first."""

    @property
    def word(self) -> str:
        """The actions, planned or done, in a few words."""
        if self.command == "drift":
            return drifted(self.change)
        return self.result.status if self.result else ", ".join(self.change.actions)

    @property
    def bad(self) -> bool:
        """Whether the change was tried, or should have been, and the live object is not as declared."""
        return self.result is not None and not self.result.ok

    @property
    def sayings(self) -> list[str]:
        """The remarks on the change, besides its fields."""
        messages = [*self.result.messages, *self.result.notes] if self.result else []
        return [*messages, *self.said]


def entries(outcome: Outcome) -> list[Entry]:
    """Return the changes of an outcome in the plan's order; none when no plan was made."""
    results = {result.change.address: result for result in outcome.results}
    return [
        Entry(
            outcome.command,
            change,
            results.get(change.address),
            outcome.origins.get(change.address, ""),
            outcome.sayings_of(change.address),
        )
        for change in outcome.plan or ()
    ]


def drifted(change: Change) -> Drifted:
    """Return in which way the live side is not as declared."""
    if change.live is None:
        return "missing"
    return "present" if change.deletes else "differs"
