"""The plan as data: a change for each resource that differs, with its reason."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from reconciler.model.capabilities.ownership import THE_ORGANIZATION
from reconciler.secrets.secret import masked

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterator, Mapping, Sequence

    from reconciler.model.capabilities.differ import Diff, FieldChange
    from reconciler.model.diagnostic import Diagnostic
    from reconciler.model.kind import Kind
    from reconciler.model.place import Path, Place
    from reconciler.model.resource import Resource
    from reconciler.model.rollout import Standing
    from reconciler.model.step import Action, Step
    from reconciler.model.tenant import Identity, Live
    from reconciler.model.view import DiffContext
    from reconciler.planning.members import PlannedSet
    from reconciler.planning.showing import Connections
    from reconciler.planning.unfolding import PartsByAddress
    from reconciler.rollouts.decisions import RolloutStanding

COUNTED: tuple[Action, ...] = ("create", "update", "delete", "deploy", "adopt", "forget")
SELDOM = frozenset({"forget"})
"""Actions newer than the plan format: a summary counts them only if the plan has some."""


@dataclass(frozen=True, slots=True)
class Observed:
    """The live object that a change was computed from; ``digest`` leaves secrets out."""

    id: str
    updated_at: str | None
    digest: str


@dataclass(frozen=True, slots=True)
class Change:
    """The change of one resource; ``resource`` is ``None`` if no manifest declares it."""

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
    """The name of its parent (its customer), by which reports group changes."""
    after: tuple[str, ...] = ()
    """The addresses of changes that must be carried out before, such as those that end the use of a deleted object."""
    drops: frozenset[str] = frozenset()
    """The IDs of live objects that the object no longer uses afterwards."""
    redeploys: frozenset[str] = frozenset()
    """The addresses of other resources whose live objects the API deploys along."""
    rollout: Standing | None = None
    """Its wave, and whether it is carried out now; ``None``: no rollout governs it."""
    goes_back: bool = False
    """Whether it sets the object back, whose manifest failed: what differs from that afterwards is meant to."""

    @property
    def deletes(self) -> bool:
        return "delete" in self.actions

    @property
    def customer(self) -> str:
        """The name of the customer whose object it is; empty for a customer and for what the organization owns."""
        return self.group if self.kind.parent and self.group != THE_ORGANIZATION else ""

    @property
    def shown(self) -> str:
        """The object in a sentence, with its customer: ``Kind/acme-sync 'Sync' of 'Acme'``.

        An object without a manifest has no address but its ID, which means nothing to a reader: it is called by its
        kind.
        """
        called = f"{self.address if self.source else self.kind.name} {self.name!r}"
        return f"{called} of {self.customer!r}" if self.customer else called

    @property
    def waits(self) -> bool:
        """Whether a rollout keeps it from being carried out now."""
        return self.rollout is not None and self.rollout.state != "open"

    def frees(self, path: Path) -> bool:
        """Return whether the object has another value at ``path`` afterwards, or is gone."""
        return self.deletes or any(each.path == path for each in self.fields)


@dataclass(frozen=True, slots=True)
class Compared:
    """The whole comparison of one resource, changed or not; kept only with ``include_unchanged``.

    ``same`` are the fields that are as declared; ``settled``: the resource needs no change. ``identity`` is the
    identity that the manifest declares, ``label`` the ownership label.
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
    """An owned live object that no manifest declares; ``kept`` is the reason why it stays.

    ``group`` is the name of its customer, or of itself if it has none.
    """

    kind: str
    id: str
    name: str
    protected: bool = False
    kept: str = ""
    group: str = ""

    @property
    def address(self) -> str:
        return f"{self.kind}/{self.id}"


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything that a run would do, in the order of its writing."""

    changes: tuple[Change, ...]
    unchanged: int
    tenant: Identity
    manifest_digest: Callable[[], str]
    """Returns the digest of the manifests, which only a saved plan needs."""
    created_at: str
    project: str | None = None
    warnings: tuple[Diagnostic, ...] = ()
    orphans: tuple[Orphan, ...] = ()
    sets: tuple[PlannedSet, ...] = ()
    rollouts: tuple[RolloutStanding, ...] = ()
    """The rollouts that the plan has members of, in the order of their names."""
    later: tuple[Change, ...] = ()
    """Changes that wait in a rollout, where they are listed apart: in a drift, which they are none of."""
    again: Mapping[str, str] = field(default_factory=dict)
    """Why a resource is looked up again after the change of one that it depends on, by address, changed or not."""
    parts: PartsByAddress = field(default_factory=dict)
    """The resources in the place of those about all parts of an object, by the address of these."""
    live_ids: Mapping[str, str] = field(default_factory=dict)
    """Address → ID of every resource that is there already, changed or not."""
    connections: Connections = field(default_factory=dict, repr=False)
    """The inputs of connections by address, from which it follows which of them may be shown."""
    without_secrets: bool = False
    compared: Mapping[str, Compared] = field(default_factory=dict)
    """By address, every comparison in full; empty unless it was asked for."""
    inputs: Mapping[str, Any] = field(default_factory=dict)
    """The command line of the plan (files, environment, targets), so that applying it reads the same."""

    @property
    def summary(self) -> dict[str, int]:
        counts = Counter(action for change in self.changes for action in change.actions)
        shown: dict[str, int] = {action: counts[action] for action in COUNTED if counts[action] or action not in SELDOM}
        return {**shown, "unchanged": self.unchanged}

    def without_waiting(self, changed_outside: Container[str] = ()) -> Plan:
        """Return the plan with the changes that wait in a rollout apart, and those that set something back.

        The addresses ``changed_outside`` are drift, also while their correction waits. What is held differs on
        purpose: it was set back, which also looks like a change made outside.
        """
        drift: list[Change] = []
        apart: list[Change] = []
        for change in self.changes:
            drifted = change.address in changed_outside and not (change.rollout and change.rollout.state == "held")
            (apart if change.goes_back or (change.waits and not drifted) else drift).append(change)
        return replace(self, changes=tuple(drift), later=tuple(apart))

    @property
    def empty(self) -> bool:
        return not self.changes

    def __iter__(self) -> Iterator[Change]:
        return iter(self.changes)

    @property
    def addresses(self) -> Sequence[str]:
        return [change.address for change in self.changes]


def observe(kind: Kind, live: Live, going: Any = None) -> Observed:
    """Return the object's ID, its time of last change and its digest, which leaves secrets out.

    ``going`` are the objects that a deletion takes along.
    """
    observed = masked([kind.differ.observed(live), *([] if going is None else [going])], None)
    text = json.dumps(observed, sort_keys=True, ensure_ascii=False, default=str)
    digest = hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()
    return Observed(live.id, live.updated_at, f"sha256:{digest}")


def actions_of(assessment: Diff, fields: Sequence[FieldChange], *, adopts: bool) -> tuple[Action, ...]:
    """Return the actions in words: writing only the ownership label is an adoption, not an update."""
    done: set[Action] = {step.action for step in assessment.steps}
    if adopts:
        done.add("adopt")
    if not fields:
        done.discard("update")
    order: tuple[Action, ...] = ("create", "adopt", "update", "deploy")
    return tuple(action for action in order if action in done) or ("update",)


def reason_of(
    assessment: Diff,
    live: Live | None,
    fields: Sequence[FieldChange],
    *,
    adopts: bool,
    taken_from: Sequence[str] = (),
) -> str:
    """Return the reason: the fields that differ, and anything else that makes the change due.

    ``taken_from`` are the projects that the object leaves for this one.
    """
    parts = ["new"] if live is None else []
    if taken_from:
        then = "becomes" if adopts else "stays"
        parts.append(f"it leaves the project {' and '.join(taken_from)} and {then} part of this one")
    elif adopts:
        parts.append("it exists and becomes part of this project")
    if live is not None and fields:
        parts.append("1 declared field differs" if len(fields) == 1 else f"{len(fields)} declared fields differ")
    if assessment.reason:
        parts.append(assessment.reason)
    return "; ".join(parts)
