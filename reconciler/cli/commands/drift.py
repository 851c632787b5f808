"""``reconciler drift``."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import click

from reconciler.cli.options.forms import takes
from reconciler.cli.options.helping import Command
from reconciler.cli.options.shared import PlanningArguments, manifest_options, plan_options, receipt_option
from reconciler.cli.options.values import Since
from reconciler.cli.run.measuring import measuring
from reconciler.cli.run.notifying import Notifying
from reconciler.cli.run.outputs import check_files, outputs_of
from reconciler.cli.run.reporting import Reporting
from reconciler.cli.run.webhook import Webhook
from reconciler.reports.shared.origins import NOT_YET, words
from reconciler.reports.shared.outcome import Outcome
from reconciler.workflow.planning import make_plan
from reconciler.workflow.receipts import explain_drift, load_receipt
from reconciler.workflow.unmanaged import find_unmanaged
from reconciler.workflow.validating import validate_for_tenant

if TYPE_CHECKING:
    from datetime import datetime

    from reconciler.planning.plan import Plan
    from reconciler.receipts.compare import Explanation
    from reconciler.secrets.secret import Secret

DIFFERENCES = 2


@dataclass(frozen=True, slots=True)
class DriftArguments(PlanningArguments):
    since: datetime | None = None
    notify: Secret | None = None
    notify_always: bool = False
    unmanaged: bool = False


@click.command("drift", cls=Command, silent=("--allow-delete", "--allow-delete-customers", "--allow-deletes"))
@manifest_options
@plan_options
@receipt_option("The receipt of apply --receipt: separates changes made outside from commits that are not applied.")
@click.option("--since", type=Since(), help="Also list what changed since: 2026-01-31, 24h, 7d.")
@click.option(
    "--notify", type=Webhook(), metavar="URL", envvar="RECONCILER_NOTIFY_URL",
    help="Post the outcome to a webhook (Slack, Teams, any other) if it differs from the last one. The address is "
    "a secret: RECONCILER_NOTIFY_URL keeps it off the command line.",
)  # fmt: skip
@click.option("--unmanaged", is_flag=True, help="Also list the live objects that nobody declares. They are no drift.")
@click.option("--notify-always", is_flag=True, help="Post every outcome.")
@takes(DriftArguments)
def command(asked: DriftArguments) -> int:
    """Report what differs from the manifests, and change nothing. Exit 0: nothing; 2: differences; 1: an error."""
    # A drift writes a receipt only to remember what it posted.
    written, read = (asked.receipt, None) if asked.notify is not None else (None, asked.receipt)
    check_files(outputs_of(asked.output, receipt=written), asked.manifests.files, [read])
    reporting = Reporting("drift", asked.manifests, asked.output)
    notifying = Notifying(reporting, asked.notify, asked.receipt, always=asked.notify_always)
    with measuring(reporting), notifying, reporting:
        options = asked.planning(enforce_guardrails=False, include_unchanged=asked.receipt is not None)
        with reporting.connect(options, validate_for_tenant(options)) as connected:
            receipt = load_receipt(connected, asked.receipt) if asked.receipt else None
            session = connected.remembering(receipt)
            with reporting.progress.reading(session.stats):
                made = make_plan(session)
                explanation = explain_drift(session, receipt, made) if receipt and receipt.applied_at else None
                outside = explanation.changed_outside if explanation else frozenset()
                plan = reporting.planned(made.without_waiting(outside))
                unmanaged = find_unmanaged(session, options.manifests) if asked.unmanaged else None
        reporting.report(replace(_outcome(plan, explanation, asked), unmanaged=unmanaged))
    reporting.progress.end(session.stats)
    if plan.empty:
        return 1 if notifying.failed else 0
    return DIFFERENCES


def _outcome(plan: Plan, explanation: Explanation | None, asked: DriftArguments) -> Outcome:
    """Return the drift, with how it came about as far as the receipt shows it."""
    explained = words(plan, explanation, missing=NOT_YET if asked.receipt else "", since=asked.since)
    return Outcome(
        "drift",
        plan,
        origins=explained.origins,
        remarks=explained.remarks,
        notes=explained.notes,
        explanation=explanation,
    )
