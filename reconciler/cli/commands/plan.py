"""``reconciler plan``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from reconciler import workflow
from reconciler.cli.options.shared import manifest_options, plan_options, style_of, workflow_options
from reconciler.cli.run.measuring import Measuring
from reconciler.cli.run.outputs import check_files
from reconciler.cli.run.progress import Progress
from reconciler.cli.run.receipts import receipt_option
from reconciler.cli.run.reporting import Reporting
from reconciler.reports.shared.outcome import Outcome

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reconciler.planning.explain import Reasons

DIFFERENCES = 2
WHOLE = {"--out": "out", "--report": "reports", "--metrics": "metrics", "--target": "targets", "--shard": "shard"}
"""Options that belong to a whole plan."""


@click.command("plan")
@manifest_options
@plan_options
@click.option("--out", type=click.Path(path_type=Path), help="Save the plan (no secret is in it), to apply it later.")
@click.option(
    "--explain",
    metavar="ADDRESS",
    help="Tell instead why this is done to one resource, or why nothing is: Instance/acme.",
)
@click.option(
    "--against", multiple=True, metavar="DEFINITION",
    help="Plan as if this integration's definition (YAML) were published and taken: tells whom it would break. "
    "Repeatable.",
)  # fmt: skip
@receipt_option("What apply --receipt recorded: live values that were secrets then stay hidden.")
@click.option("--detailed-exitcode", is_flag=True, help="Exit 2 when something would change.")
def command(**given: Any) -> int:
    """Show what would change, and change nothing."""
    from reconciler.planning.plan_file import save_plan

    check_files(given)
    if given["explain"] == "":
        raise click.UsageError("--explain needs the address of a resource, such as Instance/acme")
    progress = Progress(given)
    with Measuring("plan", given) as measuring, Reporting("plan", given) as reporting:
        measuring.reporting = reporting
        options = workflow_options(given, against=given["against"], warn_of_tenant=True)
        if given["explain"]:
            _refuse_beside_explain(given)
        if given["against"]:
            from reconciler.cli.commands.plan_against import plan_against, refuse_beside_against

            refuse_beside_against(given)
            plan = plan_against(options, reporting, progress)
            return DIFFERENCES if given["detailed_exitcode"] and not plan.empty else 0
        manifests = workflow.validate(options)
        with workflow.connect(options, manifests) as connected:
            reporting.connection = connected.connection
            receipt = workflow.load_receipt(connected, given["receipt"]) if given["receipt"] else None
            session = connected.remembering(receipt)
            with progress.reading(session.stats):
                if given["explain"]:
                    reasons, plan = workflow.explain_change(session, given["explain"])
                else:
                    plan = reporting.plan = workflow.make_plan(session)
        if given["explain"]:
            _tell_reasons(reasons, given)
        else:
            if given["out"]:
                save_plan(plan, given["out"], options.fingerprint_key)
            reporting.tell(Outcome("plan", plan))
    progress.end(session.stats)
    return DIFFERENCES if given["detailed_exitcode"] and not plan.empty else 0


def _refuse_beside_explain(given: Mapping[str, Any]) -> None:
    """Refuse what would tell of a whole plan: to explain one resource, only that is planned."""
    others = {name: given[key] for name, key in WHOLE.items()}
    for option, value in others.items():
        if value:
            raise click.UsageError(
                f"--explain tells of one resource, and {option} belongs to a whole plan; leave one out"
            )
    if given["form"] not in {"text", "json"}:
        raise click.UsageError(f"--explain tells as text or json, not as {given['form']}")


def _tell_reasons(reasons: Reasons, given: Mapping[str, Any]) -> None:
    from reconciler.reports.text.explain import explain_document, explain_text
    from reconciler.text.printable import json_text

    told = json_text(explain_document(reasons)) if given["form"] == "json" else explain_text(reasons, style_of(given))
    click.echo(told, nl=False)
