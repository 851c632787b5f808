"""Why something is done to one resource, or why nothing is: the rule, and each field with its two sources."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

from reconciler.errors import UsageError
from reconciler.model.place import dotted
from reconciler.planning.prefetch import lookups
from reconciler.secrets.secret import Unresolved
from reconciler.text.suggest import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from reconciler.model.capabilities.differ import FieldChange
    from reconciler.model.diagnostic import Diagnostic
    from reconciler.model.kind import Registry
    from reconciler.model.place import Path, Place
    from reconciler.model.resource import Resource
    from reconciler.model.rollout import Standing
    from reconciler.model.step import Action
    from reconciler.model.view import View
    from reconciler.planning.plan import Compared, Plan

State = Literal["differs", "as declared", "not compared", "ignored"]
NOTHING = "everything that is declared is as declared, and nothing is left to be done"
GONE = "it is declared absent, and it is not there"
GIVEN_UP = (
    "its manifest declares state: unmanaged, and it carries no label of this project: reconciler compares nothing"
)
KEPT = "this project owns it, by its label, and no manifest declares it; it is kept: {}"
UNRESOLVED = "secrets are not resolved (--without-secrets)"
WRITE_ONLY = "write-only: the API does not return it"
VERIFIED = "checked after a deploy, and by reconciler verify"
FINGERPRINT = "write-only: compared by its fingerprint on the object"


@dataclass(frozen=True, slots=True)
class FieldReason:
    """One field: its live and its declared value, and the place of the declaration."""

    path: Path
    state: State
    live: Any = None
    declared: Any = None
    place: Place | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Reasons:
    """The explanation of one address.

    ``sources`` are the queries that looked for the live object, ``operations`` the mutations that an apply would send,
    ``needs`` its dependencies with their actions, and ``undeclared`` the fields that the manifest does not declare,
    which reconciler therefore does not compare.
    """

    address: str
    name: str
    actions: tuple[Action, ...]
    reason: str
    place: Place | None = None
    live_id: str | None = None
    live_changed: str | None = None
    sources: tuple[str, ...] = ()
    operations: tuple[str, ...] = ()
    needs: tuple[tuple[str, str], ...] = ()
    rows: tuple[FieldReason, ...] = ()
    undeclared: tuple[str, ...] = ()
    unmanaged: tuple[str, ...] = ()
    """The dotted paths of values, below a declared field or not, that are live and set, and that are not declared."""
    warnings: tuple[Diagnostic, ...] = ()
    rollout: Standing | None = None
    """Its wave, and whether the change is carried out now; ``None`` without a change that a rollout governs."""


def explain_address(
    address: str, plan: Plan, view: View, registry: Registry, fields: Mapping[str, Sequence[str]]
) -> Reasons:
    """Return the reasons for the plan's actions on an address; the plan must include unchanged fields.

    ``fields`` are the possible fields of each kind's spec. Raises ``UsageError`` for an unknown address.
    """
    change = next((change for change in plan if change.address == address), None)
    compared = plan.compared.get(address)
    if compared is None:
        return _stray(address, plan)
    resource, live = compared.resource, compared.live
    kind = registry[resource.kind]
    lifecycle = resource.lifecycle
    done = {change.address: ", ".join(change.actions) for change in plan}
    warnings = tuple(warning for warning in plan.warnings if warning.address == address)
    needs = [reference.address for reference in kind.spec.references(resource.spec)]
    reasons = Reasons(
        address,
        kind.spec.title(resource.spec),
        change.actions if change else (),
        change.reason if change else NOTHING if lifecycle.managed else GONE if lifecycle.absent else GIVEN_UP,
        place=resource.origin.start,
        live_id=live.id if live else None,
        live_changed=live.updated_at if live else None,
        sources=tuple(lookups(resource, registry, view)),
        operations=tuple(step.operation.field for step in change.steps) if change else (),
        needs=tuple((each, done.get(each, "as declared")) for each in needs),
        warnings=warnings,
        rollout=change.rollout if change else None,
    )
    if not lifecycle.managed:
        return reasons
    return replace(
        reasons,
        rows=(
            *_rows(compared, {each.place for each in warnings}),
            *_ignored(resource, kind.spec.fixed),
            *_verified(resource, kind.health.field if kind.health else ""),
        ),
        undeclared=tuple(
            name
            for name in fields.get(resource.kind, ())
            if name not in resource.spec and not (kind.health and kind.health.field == name)
        ),
        unmanaged=tuple(map(dotted, kind.differ.undeclared(resource, live, view))) if live else (),
    )


def _stray(address: str, plan: Plan) -> Reasons:
    """Return the reasons for a live object that no manifest declares."""
    for change in plan:
        if change.address == address:
            return Reasons(
                address,
                change.name,
                change.actions,
                change.reason,
                live_id=change.live.id if change.live else None,
                live_changed=change.observed.updated_at if change.observed else None,
                operations=tuple(step.operation.field for step in change.steps),
                warnings=tuple(warning for warning in plan.warnings if warning.address == address),
            )
    for found in plan.orphans:
        if found.address == address:
            return Reasons(address, found.name, (), KEPT.format(found.kept), live_id=found.id)
    known = (*plan.compared, *plan.addresses, *(each.address for each in plan.orphans))
    raise UsageError(f"--explain {address}: no manifest has this address; {did_you_mean(address, known)}")


def _rows(compared: Compared, unverified: Collection[Place | None]) -> Iterator[FieldReason]:
    """Yield the compared fields, different ones first; ``unverified`` are the places of fields not compared."""
    for each in compared.differing:
        yield _row(compared.resource, each, "differs")
    for each in compared.same:
        if isinstance(each.after, Unresolved):
            yield _row(compared.resource, each, "not compared", UNRESOLVED)
        elif each.sensitive and each.before is None and each.after is not None:
            row = _row(compared.resource, each, "as declared", FINGERPRINT)
            yield replace(row, state="not compared", note=WRITE_ONLY) if row.place in unverified else row
        else:
            yield _row(compared.resource, each, "as declared")


def _row(resource: Resource, field: FieldChange, state: State, note: str = "") -> FieldReason:
    root: Path = () if field.path[0] == "lifecycle" else ("spec",)
    return FieldReason(field.path, state, field.before, field.after, resource.origin.place((*root, *field.path)), note)


def _ignored(resource: Resource, fixed: frozenset[str]) -> Iterator[FieldReason]:
    """Yield what ``ignoreChanges`` keeps from being compared, as far as it is declared."""
    ignored = set(resource.lifecycle.ignore_changes) - fixed
    for path in _paths(resource.spec, ()):
        if dotted(path) in ignored:
            note = "lifecycle.ignoreChanges names it"
            yield FieldReason(path, "ignored", place=resource.origin.place(("spec", *path)), note=note)


def _verified(resource: Resource, field: str) -> Iterator[FieldReason]:
    """Yield the field that declares how the object is verified, if it is declared."""
    if field in resource.spec:
        yield FieldReason((field,), "not compared", place=resource.origin.place(("spec", field)), note=VERIFIED)


def _paths(value: Any, path: Path) -> Iterator[Path]:
    for key, item in value.items() if isinstance(value, dict) else ():
        yield (*path, key)
        yield from _paths(item, (*path, key))
