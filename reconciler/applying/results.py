"""The results of an apply: one for every change."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from reconciler.model.tenant import Live
    from reconciler.planning.plan import Change, Compared

Status = Literal["applied", "failed", "skipped", "not converged", "waiting", "held"]
"""``waiting`` and ``held``: a rollout keeps the change for a later run."""
LATER: frozenset[Status] = frozenset({"waiting", "held"})
IN_PART = "changed in part"
"""The word for a change of which the run did the first steps, and ended before the others."""


@dataclass(frozen=True, slots=True)
class SetBack:
    """What became of an object whose change failed, in a rollout that sets such objects back."""

    version: int | str | None
    """The version that it went back to; ``None``: it stays at the one that it has."""
    back: bool
    """Whether anything of it went back; otherwise it is held as it is."""
    held: bool
    """Whether it carries the label that keeps its manifest from being tried again."""
    failure: str = ""
    """Why it could not be set back; empty if nothing went wrong."""


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

    unreached: bool = False
    """Whether it failed for a reason of ours or of the network's, which shows nothing about the object."""
    set_back: SetBack | None = None
    """What became of the object since; ``None`` if nothing was to be set back."""
    not_tried: Sequence[str] = ()
    """The mutations that are left, if the run ended between two steps of the change."""

    def fail(self, *messages: str) -> None:
        self.status = "failed"
        self.messages += messages

    def skip(self, message: str) -> None:
        self.status = "skipped"
        self.messages.append(message)

    def cut_short(self, not_tried: Sequence[str], reason: str) -> None:
        """Note that the run ended between two steps of the change; as a status that is a failure."""
        self.not_tried = not_tried
        done, left = (", ".join(dict.fromkeys(names)) for names in (self.done, not_tried))
        self.fail(f"{done} done; {left} not tried: {reason}", "the next apply does the rest")

    @property
    def word(self) -> str:
        """What a person reads as the result: the status, unless only a part of the change was carried out."""
        return IN_PART if self.not_tried else self.status

    def wait(self, status: Status, reason: str) -> None:
        """Note that a rollout keeps the change for a later run, and why."""
        self.status = status
        self.notes.append(reason)

    @property
    def ok(self) -> bool:
        """Whether nothing went wrong with the change; one that waits for a later run is no failure."""
        return self.status == "applied" or self.status in LATER
