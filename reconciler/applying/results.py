"""The results of an apply: one for every change."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reconciler.model.tenant import Live
    from reconciler.planning.plan import Change, Compared

Status = Literal["applied", "failed", "skipped", "not converged"]


@dataclass(slots=True)
class Result:
    """The result of one change.

    ``done`` names the mutations that the API carried out, in order. ``messages`` are failures, ``notes`` are remarks,
    and ``outcome`` holds what a person needs next, such as IDs and webhook URLs.
    """

    change: Change
    status: Status = "applied"
    done: list[str] = field(default_factory=list)
    messages: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    outcome: Mapping[str, Any] = field(default_factory=dict)
    created: str = ""
    """The ID of the object, if this run certainly created it."""
    live: Live | None = None
    """The object as the read-back found it; ``None`` where it was not read back."""
    compared: Compared | None = None
    """The whole comparison of the read-back; ``None`` if nobody asked for it or nothing was read back."""

    def fail(self, *messages: str) -> None:
        self.status = "failed"
        self.messages += messages

    def skip(self, message: str) -> None:
        self.status = "skipped"
        self.messages.append(message)

    @property
    def ok(self) -> bool:
        return self.status == "applied"
