"""The flows that an apply of a plan would run, to verify what it deploys: test runs have side effects."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from reconciler.planning.plan import Plan


def planned_test_runs(plan: Plan) -> Mapping[str, Sequence[str]]:
    """Return, by address, the flows that are run after the deploy of a resource."""
    found = {}
    for change in plan:
        health = change.kind.health if change.resource and "deploy" in change.actions else None
        flows = tuple(health.flows(change.resource.spec)) if health and change.resource else ()
        if flows:
            found[change.address] = flows
    return found


def by_flow(plan: Plan) -> Mapping[str, Sequence[str]]:
    """Return, by flow, the addresses that it is run for."""
    found: dict[str, list[str]] = {}
    for address, flows in planned_test_runs(plan).items():
        for flow in flows:
            found.setdefault(flow, []).append(address)
    return found
