"""The plan: what would be done to which resource, and why. Data only."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from reconciler.model.diagnostic import Diagnostic
    from reconciler.model.diff import FieldChange
    from reconciler.model.kind import Kind
    from reconciler.model.live import Live
    from reconciler.model.place import Place
    from reconciler.model.resource import Resource
    from reconciler.model.step import Action, Step
    from reconciler.model.tenant import Identity
    from reconciler.model.view import DiffContext

COUNTED: tuple[Action, ...] = ("create", "update", "delete", "deploy", "adopt", "forget")
SELDOM = frozenset({"forget"})
"""Actions that a summary counts only where there are some: they are newer than the format."""


@dataclass(frozen=True, slots=True)
class Observed:
    """The live object a change was computed from; ``digest`` covers what of it is no secret."""

    id: str
    updated_at: str | None
    digest: str


@dataclass(frozen=True, slots=True)
class Change:
    """What would be done to one resource. ``resource`` is ``None`` for one that is in no manifest."""

    address: str
    kind: Kind
    name: str
    actions: tuple[Action, ...]
    reason: str
    steps: tuple[Step, ...]
    fields: tuple[FieldChange, ...] = ()
    source: Place | None = None
    resource: Resource | None = None
    context: DiffContext | None = None
    live: Live | None = None
    observed: Observed | None = None
    depends_on: tuple[str, ...] = ()
    group: str = ""
    """What the resource belongs to (its customer's name), for showing what belongs together side by side."""

    @property
    def deletes(self) -> bool:
        return "delete" in self.actions


@dataclass(frozen=True, slots=True)
class Compared:
    """What comparing one resource came to, also where nothing is to be done; kept only when it was asked for.

    ``same`` are the declared fields that are as declared; ``settled`` says that nothing is to be done. ``identity`` is
    what the manifest means by the resource, and ``label`` marks what is owned.
    """

    resource: Resource
    live: Live | None
    differing: tuple[FieldChange, ...] = ()
    same: tuple[FieldChange, ...] = ()
    settled: bool = False
    identity: str = ""
    label: str | None = None


@dataclass(frozen=True, slots=True)
class Orphan:
    """A live object that carries our label and is in no manifest; ``kept`` says why it stays."""

    kind: str
    id: str
    name: str
    protected: bool = False
    kept: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything that a run would do, in the order of its writing."""

    changes: tuple[Change, ...]
    unchanged: int
    tenant: Identity
    manifest_digest: str
    created_at: str
    project: str | None = None
    warnings: tuple[Diagnostic, ...] = ()
    orphans: tuple[Orphan, ...] = ()
    live_ids: Mapping[str, str] = field(default_factory=dict)
    """Address → ID of every resource that is there already, changed or not."""
    without_secrets: bool = False
    compared: Mapping[str, Compared] = field(default_factory=dict)
    """By address, every comparison in full; empty unless it was asked for."""
    inputs: Mapping[str, Any] = field(default_factory=dict)
    """What the plan was asked with (files, environment, targets), so that applying it can ask the same."""

    @property
    def summary(self) -> dict[str, int]:
        counts = Counter(action for change in self.changes for action in change.actions)
        told: dict[str, int] = {action: counts[action] for action in COUNTED if counts[action] or action not in SELDOM}
        return {**told, "unchanged": self.unchanged}

    @property
    def empty(self) -> bool:
        return not self.changes

    def __iter__(self) -> Iterator[Change]:
        return iter(self.changes)

    @property
    def addresses(self) -> Sequence[str]:
        return [change.address for change in self.changes]
