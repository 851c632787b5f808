"""The flows that an apply would run, in words: once for all objects that they are run for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.planning.planned_runs import by_flow

if TYPE_CHECKING:
    from reconciler.planning.plan import Plan

HEADING = "Test runs after the deploys, with their side effects (apply --no-verify runs none)"
MOST_NAMED = 5


def planned_run_lines(plan: Plan) -> list[str]:
    """Return a line for each flow that is run, with the addresses, many of them counted."""
    lines = []
    for flow, addresses in by_flow(plan).items():
        named = ", ".join(addresses[:MOST_NAMED])
        more = len(addresses) - MOST_NAMED
        lines.append(f"{flow}: {named}{f' and {more} more' if more > 0 else ''}")
    return lines
