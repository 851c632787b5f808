"""The proof before an export writes: a plan of the drafts must find nothing to do. Other drafts are left out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.errors import PlanRefused
from reconciler.planning.ownership import Ownership
from reconciler.planning.planner import find_changes
from reconciler.planning.rules import Rules

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from reconciler.model.kind import Registry
    from reconciler.model.resource import Resource
    from reconciler.planning.plan import Change
    from reconciler.planning.prefetch import Reading


def prove(
    resources: Sequence[Resource],
    reading: Reading,
    refused: dict[str, str],
    hold: Callable[[Change], Resource | None] | None = None,
) -> dict[str, Change]:
    """Compare the resources with the tenant, and return the changes that a plan would make, by address.

    Resources that a plan refuses, and all that depend on them, are added to ``refused`` with the reasons;
    with ``hold``, those that a plan would change, too, unless ``hold`` returns one that it would not change.
    """
    changes: dict[str, Change] = {}
    while left := _without(resources, refused, reading.registry):
        view = reading.read_for(left)
        try:
            found = find_changes(left, reading.registry, view, Rules(Ownership(None), enforce_guardrails=False))
        except PlanRefused as refusal:
            refused |= _by_address(refusal, left)
            continue
        changes = {change.address: change for change in found.changes}
        if hold is None or not changes:
            break
        held = {address: resource for address, change in changes.items() if (resource := hold(change))}
        resources = [held.get(each.address, each) for each in resources]
        for address in changes.keys() - held.keys():
            refused[address] = f"a plan of its manifest would change it: {', '.join(changes[address].actions)}"
    return changes


def _without(resources: Sequence[Resource], refused: dict[str, str], registry: Registry) -> list[Resource]:
    """Return the resources left to plan; refuse those that depend on a refused one."""
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
