"""What is done to a resource and why, in the words of a plan."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.model.diff import FieldChange

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reconciler.model.diff import Diff
    from reconciler.model.live import Live
    from reconciler.model.resource import Resource
    from reconciler.model.step import Action
    from reconciler.planning.ownership import Claim


def protection_change(claim: Claim, live: Live | None) -> list[FieldChange]:
    """Return the protection as a field, where it is put on or taken off."""
    if claim.protects is None:
        return []
    return [FieldChange(("lifecycle", "preventDestroy"), None if live is None else not claim.protects, claim.protects)]


def protection_kept(resource: Resource, claim: Claim) -> list[FieldChange]:
    """Return the protection that a manifest asks for, where it is on the object."""
    protect = resource.lifecycle.prevent_destroy
    kept = protect and claim.required and claim.protects is None
    return [FieldChange(("lifecycle", "preventDestroy"), protect, protect)] if kept else []


def actions_of(assessment: Diff, claim: Claim, fields: Sequence[FieldChange]) -> tuple[Action, ...]:
    """Return the actions in words: writing only the ownership label is an adoption, not an update."""
    done: set[Action] = {step.action for step in assessment.steps}
    if claim.adopts:
        done.add("adopt")
    if not fields:
        done.discard("update")
    order: tuple[Action, ...] = ("create", "adopt", "update", "deploy")
    return tuple(action for action in order if action in done) or ("update",)


def reason_of(live: Live | None, claim: Claim, fields: Sequence[FieldChange], assessment: Diff) -> str:
    """Return the reason: the fields that differ, and anything else that makes the change due."""
    parts = ["new"] if live is None else []
    if claim.adopts:
        parts.append("it exists and becomes part of this project")
    if live is not None and fields:
        parts.append("1 declared field differs" if len(fields) == 1 else f"{len(fields)} declared fields differ")
    if assessment.reason:
        parts.append(assessment.reason)
    # The remaining case: the object carried this project's label and another project's.
    return "; ".join(parts) or "another project's label is removed"
