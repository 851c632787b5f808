"""An outcome as one JSON document; see ``schemas/plan.schema.json``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reconciler import __version__
from reconciler.planning.plan_file import FORMAT_VERSION, notice_document, plan_document
from reconciler.reports.json.sets import sets_document
from reconciler.reports.shared.health import health_counts, health_document
from reconciler.reports.shared.impact import verdict_document
from reconciler.reports.shared.json_documents import cost_document, drift_document, problem_document, result_document
from reconciler.reports.shared.origins import causes_document
from reconciler.text.escape import json_text

if TYPE_CHECKING:
    from reconciler.reports.shared.outcome import Outcome
    from reconciler.reports.shared.style import Style


def render(outcome: Outcome, _style: Style) -> str:
    """Return the document as text; with an ``error`` in it the result is missing or incomplete."""
    return json_text(outcome_document(outcome))


def outcome_document(outcome: Outcome) -> dict[str, Any]:
    """Return the outcome as plain data: its plan, results and error if any, and the cost."""
    document = _result(outcome)
    if outcome.plan:
        document |= sets_document(outcome, outcome.plan)
    if outcome.failure:
        problems = [problem_document(each) for each in outcome.failure.problems]
        document |= {"command": outcome.command, "error": {"problems": problems, "advice": outcome.failure.advice}}
    if outcome.verdicts:
        document["forecast"] = [verdict_document(verdict) for verdict in outcome.verdicts]
    if outcome.healths or outcome.command == "verify":
        document |= {"verified": dict(health_counts(outcome.healths)), "health": health_document(outcome.healths)}
    if outcome.stats:
        document["cost"] = cost_document(outcome.stats)
    return document


def _result(outcome: Outcome) -> dict[str, Any]:
    if outcome.plan is None:
        return _without_plan(outcome)
    if outcome.command == "plan" or (outcome.failure and not outcome.results):
        return plan_document(outcome.plan)
    if outcome.command == "drift":
        explained = {"receipt": causes_document(outcome.explanation)} if outcome.explanation else {}
        return {**drift_document(outcome.plan, outcome.unmanaged), **explained}
    return result_document(outcome.plan, outcome.results, outcome.authorize_urls)


def _without_plan(outcome: Outcome) -> dict[str, Any]:
    about = {
        "formatVersion": FORMAT_VERSION,
        "reconcilerVersion": __version__,
        "project": outcome.project,
        "environment": outcome.environment,
    }
    if outcome.command == "verify":
        return {**about, "command": outcome.command}
    if outcome.valid is None:
        return about
    warnings = [notice_document(each) for each in outcome.warnings]
    return {**about, "command": outcome.command, "valid": dict(sorted(outcome.valid.items())), "warnings": warnings}
