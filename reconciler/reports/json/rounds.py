"""The rounds of a watch as JSON, one document on a line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reconciler.planning.plan_file import rollout_document
from reconciler.reports.shared.health import health_document

if TYPE_CHECKING:
    from reconciler.reports.shared.rounds import Round

IN_SHORT = ("address", "name", "customer", "verdict", "reason")
"""What a round says about the health of an object."""


def round_document(found: Round) -> dict[str, Any]:
    """Return a round as plain data: every difference, whether it is news or not.

    Fields are named without their values.
    """
    outcome = found.outcome
    plan, stats = outcome.plan, outcome.stats
    return {
        "round": found.number,
        "endedAt": found.ended.isoformat(timespec="seconds"),
        "seconds": round(found.seconds, 3),
        "requests": stats.requests if stats else None,
        "project": outcome.project,
        "environment": outcome.environment,
        "ready": found.ready,
        "success": found.success,
        "problems": list(found.failures),
        "unchanged": plan.unchanged if plan else None,
        "differences": [
            {
                "address": each.address,
                "name": each.name,
                "actions": list(each.actions),
                "fields": list(each.fields),
                "state": each.state,
                "reason": each.reason,
            }
            for each in found.differences()
        ]
        if plan
        else None,
        "rollouts": [rollout_document(each) for each in plan.rollouts] if plan else None,
        "healths": [{key: each[key] for key in IN_SHORT} for each in health_document(outcome.healths)],
    }
