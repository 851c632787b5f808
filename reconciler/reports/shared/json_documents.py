"""Results as plain data, for ``--format json`` and ``--report json=FILE``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, get_args

from reconciler.planning.plan_file import plan_document
from reconciler.reports.shared.entries import Drifted, drifted
from reconciler.reports.shared.headline import result_counts
from reconciler.reports.shared.unmanaged import unmanaged_document

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from reconciler.applying.results import Result, SetBack
    from reconciler.model.diagnostic import Diagnostic
    from reconciler.model.listed import Listed
    from reconciler.model.place import Place
    from reconciler.planning.plan import Plan
    from reconciler.prismatic.http.stats import Stats


def problem_document(problem: Diagnostic) -> dict[str, Any]:
    """Return one thing that is wrong, and where."""
    return {"message": problem.message, "source": place_document(problem.place)}


def place_document(place: Place | None) -> dict[str, Any] | None:
    return {"file": place.file, "line": place.line, "column": place.column} if place else None


def result_document(
    plan: Plan, results: Sequence[Result], authorize_urls: Mapping[str, Mapping[str, str]]
) -> dict[str, Any]:
    """Return the plan's document with the result of each change; complete also after failures."""
    return {
        **plan_document(plan),
        "outcome": result_counts(results),
        "results": [
            {
                "address": result.change.address,
                "status": result.status,
                "done": result.done,
                "messages": result.messages,
                "notes": result.notes,
                "outcome": dict(result.outcome),
                **({"notTried": list(result.not_tried)} if result.not_tried else {}),
                **(_set_back_document(result.set_back) if result.set_back else {}),
            }
            for result in results
        ],
        **({"authorizeUrls": authorize_urls} if authorize_urls else {}),
    }


def _set_back_document(outcome: SetBack) -> dict[str, Any]:
    return {"rollback": {"version": outcome.version, "held": outcome.held, "failure": outcome.failure}}


def drift_document(plan: Plan, unmanaged: Sequence[Listed] | None = None) -> dict[str, Any]:
    """Return the plan's document with the meaning of each difference, and what nobody declares if it was asked for."""
    document = plan_document(plan)
    return {
        **document,
        "drift": {
            **{word: [each.address for each in plan if drifted(each) == word] for word in get_args(Drifted)},
            "unclaimed": document["unclaimed"],
            **({"waiting": [each.address for each in plan.later]} if plan.later else {}),
            **({} if unmanaged is None else {"unmanaged": unmanaged_document(unmanaged)}),
        },
    }


def cost_document(stats: Stats) -> dict[str, Any]:
    """Return the ``cost`` of a JSON report; see ``schemas/plan.schema.json``."""
    return {
        "requests": stats.requests,
        "operations": stats.operations,
        "retries": stats.retries,
        "throttles": stats.throttles,
        "throttledSeconds": round(stats.throttled_seconds, 3),
        "lowestRate": stats.lowest_rate,
        "bytesReceived": stats.bytes_received,
        "seconds": round(stats.seconds, 3),
    }
