"""``reconciler drift``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from reconciler import workflow
from reconciler.cli.options.shared import manifest_options, plan_options, workflow_options
from reconciler.cli.run.measuring import Measuring
from reconciler.cli.run.notifying import Notifying, notify_options
from reconciler.cli.run.outputs import check_files
from reconciler.cli.run.progress import Progress
from reconciler.cli.run.receipts import Since, everything, receipt_option
from reconciler.cli.run.reporting import Reporting
from reconciler.reports.shared.outcome import Outcome

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reconciler.planning.plan import Plan
    from reconciler.receipts.receipt import Receipt
    from reconciler.workflow import Session

DIFFERENCES = 2


@click.command("drift")
@manifest_options
@plan_options
@receipt_option("What apply --receipt recorded: tells what was changed outside from what is not applied yet.")
@click.option("--since", type=Since(), help="Say what was changed since: 2026-01-31, 24h, 7d.")
@notify_options
def command(**given: Any) -> int:
    """Tell what is no longer as the manifests say. Exit 0: nothing; 2: differences; 1: an error."""
    check_files(given)
    progress = Progress(given)
    with Measuring("drift", given) as measuring, Notifying(given) as notifying, Reporting("drift", given) as reporting:
        measuring.reporting = notifying.reporting = reporting
        options = everything(workflow_options(given, enforce_guardrails=False), given)
        manifests = workflow.validate(options)
        with workflow.connect(options, manifests) as connected:
            reporting.connection = connected.connection
            path = given["receipt"]
            notifying.scope = workflow.receipt_scope(connected)
            receipt = workflow.load_receipt(connected, path) if path else None
            session = connected.remembering(receipt)
            with progress.reading(session.stats):
                plan = reporting.plan = workflow.make_plan(session)
        reporting.tell(_outcome(session, plan, receipt, given))
    progress.end(session.stats)
    if plan.empty:
        return 1 if notifying.failed else 0
    return DIFFERENCES


def _outcome(session: Session, plan: Plan, receipt: Receipt | None, given: Mapping[str, Any]) -> Outcome:
    """Return what the drift came to, and how it came about as far as a receipt tells."""
    from reconciler.reports.shared.origins import NOT_YET, words

    explanation = None
    if receipt and receipt.applied_at:
        explanation = workflow.explain_drift(session, receipt, plan)
    missing = NOT_YET if given["receipt"] else ""
    told = words(plan, explanation, missing=missing, since=given["since"])
    return Outcome(
        "drift",
        plan,
        origins=told.origins,
        remarks=told.remarks,
        notes=told.notes,
        explanation=explanation,
    )
