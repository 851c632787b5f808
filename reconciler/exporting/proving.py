"""Before anything is written: a plan of the drafts must find nothing to do. What cannot be said so is left out."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from reconciler.errors import PlanRefused
from reconciler.planning.ownership import Ownership
from reconciler.planning.planner import Rules, find_changes
from reconciler.planning.prefetch import read_for

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from reconciler.model.kind import Registry
    from reconciler.model.resource import Resource
    from reconciler.model.tenant import Read, Tenant
    from reconciler.planning.plan import Change


@dataclass(slots=True)
class Proof:
    """What a plan of resources would do, by address, and which of them cannot be planned and why."""

    changes: dict[str, Change] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)


def prove(
    resources: Sequence[Resource],
    registry: Registry,
    tenant: Tenant,
    read: Callable[[Tenant, Sequence[Read]], None],
    refused: dict[str, str],
    *,
    unchanging: bool = False,
) -> Proof:
    """Compare the resources with the tenant; those that a plan refuses are set aside, with all that need them.

    ``refused`` are addresses that are set aside already, with the reasons; ``unchanging``: so is what a plan would
    change.
    """
    proof = Proof(refused=refused)
    while left := _without(resources, proof.refused, registry):
        view = read_for(left, registry, tenant, read)
        try:
            found = find_changes(left, registry, view, Rules(Ownership(None), enforce_guardrails=False))
        except PlanRefused as refusal:
            proof.refused |= _by_address(refusal, left)
            continue
        proof.changes = {change.address: change for change in found.changes}
        if not (unchanging and proof.changes):
            break
        for address, change in proof.changes.items():
            proof.refused[address] = f"a manifest of it would not be what it is: {', '.join(change.actions)}"
    return proof


def _without(resources: Sequence[Resource], refused: dict[str, str], registry: Registry) -> list[Resource]:
    """Return what can still be planned; note what is refused because something that it needs is."""
    left: list[Resource] = []
    for resource in resources:
        needs = [reference.address for reference in registry[resource.kind].spec.references(resource.spec)]
        broken = next((address for address in needs if address in refused), None)
        if broken and resource.address not in refused:
            refused[resource.address] = f"it belongs to {broken}, which cannot be exported"
        if resource.address not in refused:
            left.append(resource)
    return left


def _by_address(refusal: PlanRefused, resources: Sequence[Resource]) -> Mapping[str, str]:
    """Return the problems by the resource that each is about; without one, all the resources share them."""
    found: dict[str, str] = {}
    for problem in refusal.problems:
        address, _, message = problem.message.partition(": ")
        found.setdefault(address, message)
    known = {resource.address for resource in resources}
    about = {address: message for address, message in found.items() if address in known}
    return about or dict.fromkeys(known, refusal.problems[0].message)
