"""What came of applying a plan: one result for every change."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reconciler.planning.plan import Change, Compared

Status = Literal["applied", "failed", "skipped", "not converged"]


@dataclass(slots=True)
class Result:
    """One change's outcome.

    ``done`` names the mutations that were carried out, in their order; ``messages`` say what went wrong,
    ``notes`` what a person should know; ``outcome`` is what a person needs next (IDs, webhook URLs).
    """

    change: Change
    status: Status = "applied"
    done: list[str] = field(default_factory=list)
    messages: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    outcome: Mapping[str, Any] = field(default_factory=dict)
    created: str = ""
    """The ID of what this run has certainly created itself."""
    compared: Compared | None = None
    """What it was read back as, in full; ``None`` unless that was asked for, and where nothing was read back."""

    def fail(self, *messages: str) -> None:
        self.status = "failed"
        self.messages += messages

    def skip(self, message: str) -> None:
        self.status = "skipped"
        self.messages.append(message)

    @property
    def ok(self) -> bool:
        return self.status == "applied"
