"""The changes of an outcome, each as its command reports it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from reconciler.reports.shared.names import by_customer

if TYPE_CHECKING:
    from reconciler.applying.results import Result
    from reconciler.planning.plan import Change
    from reconciler.reports.shared.outcome import Command, Outcome

Drifted = Literal["differs", "missing", "present"]


@dataclass(frozen=True, slots=True)
class Entry:
    """One change of an outcome; ``result`` is that of an apply."""

    outcome: Outcome
    change: Change
    result: Result | None = None

    @property
    def command(self) -> Command:
        return self.outcome.command

    @property
    def origin(self) -> str:
        """The cause of a drift, in two or three words; empty if unknown."""
        return self.outcome.origins.get(self.change.address, "")

    @property
    def said(self) -> list[str]:
        """The remarks on the change, its cause first."""
        return self.outcome.sayings_of(self.change.address)

    @property
    def called(self) -> str:
        """The object's address; the kind of one that has only an ID, unless IDs are asked for."""
        known = self.outcome.verbose or self.change.source
        return self.change.address if known else self.change.kind.name

    @property
    def title(self) -> str:
        """The object with its name and its customer, without quotes: ``Instance/acme-sync Sync of Acme``."""
        name = f"{self.called} {self.change.name}"
        return f"{name} of {self.change.customer}" if self.change.customer else name

    @property
    def word(self) -> str:
        """The actions, planned or done, in a few words."""
        if self.command == "drift":
            return drifted(self.change)
        return self.result.word if self.result else ", ".join(self.change.actions)

    @property
    def in_short(self) -> str:
        """How the live side differs, the cause, and whether its correction waits in a rollout."""
        waits = "its correction waits in a rollout" if self.change.waits else ""
        return ", ".join(filter(None, (self.word, self.origin, waits)))

    @property
    def bad(self) -> bool:
        """Whether the change was tried, or should have been, and the live object is not as declared."""
        return self.result is not None and not self.result.ok

    @property
    def deleted(self) -> bool:
        """Whether an object is to be deleted, or was."""
        return self.change.deletes and not self.bad and self.command != "drift"

    @property
    def sayings(self) -> list[str]:
        """The remarks on the change, besides its fields."""
        messages = [*self.result.messages, *self.result.notes] if self.result else []
        return [*map(self.outcome.readable, messages), *self.said]


def entries(outcome: Outcome) -> list[Entry]:
    """Return the changes of an outcome by customer, in natural order; none when no plan was made."""
    results = {result.change.address: result for result in outcome.results}
    ordered = sorted(outcome.plan or (), key=by_customer)
    return [Entry(outcome, change, results.get(change.address)) for change in ordered]


def drifted(change: Change) -> Drifted:
    """Return in which way the live side is not as declared."""
    if change.live is None:
        return "missing"
    return "present" if change.deletes else "differs"
