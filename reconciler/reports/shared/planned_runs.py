"""The flows that an apply would run, in words: once for all objects that they are run for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.planning.planned_runs import by_flow
from reconciler.reports.shared.fleets import concerned

if TYPE_CHECKING:
    from reconciler.planning.plan import Plan

HEADING = "Test runs after the deploys, with their side effects (apply --no-verify runs none)"


def planned_run_lines(plan: Plan) -> list[str]:
    """Return a line for each flow that is run, with whom it is run for."""
    changes = {change.address: change for change in plan}
    return [f"{flow}: {concerned(map(changes.__getitem__, found))}" for flow, found in by_flow(plan).items()]
