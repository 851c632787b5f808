"""``reconciler plan``."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from reconciler.cli.options.forms import takes
from reconciler.cli.options.shared import PlanningArguments, manifest_options, plan_options, receipt_option
from reconciler.cli.run.measuring import Measuring
from reconciler.cli.run.outputs import check_files, outputs_of
from reconciler.cli.run.reporting import Reporting
from reconciler.reports.shared.outcome import Outcome
from reconciler.workflow.planning import explain_change, make_plan
from reconciler.workflow.receipts import load_receipt
from reconciler.workflow.validating import validate

if TYPE_CHECKING:
    from reconciler.options import Options
    from reconciler.planning.explain import Reasons
    from reconciler.planning.plan import Plan

DIFFERENCES = 2


@dataclass(frozen=True, slots=True)
class PlanArguments(PlanningArguments):
    """What ``plan`` takes."""

    out: Path | None = None
    explain: str | None = None
    detailed_exitcode: bool = False


@click.command("plan")
@manifest_options
@plan_options
@click.option("--out", type=click.Path(path_type=Path), help="Save the plan for apply. It contains no secret.")
@click.option(
    "--explain",
    metavar="ADDRESS",
    help="Explain the plan of one resource instead, such as Instance/acme.",
)
@click.option(
    "--against", multiple=True, metavar="DEFINITION",
    help="Plan as if this definition of an integration (YAML) were published and used; report what it would break. "
    "Repeatable.",
)  # fmt: skip
@receipt_option("The receipt of apply --receipt. Live values that were secret then stay hidden.")
@click.option("--detailed-exitcode", is_flag=True, help="Exit with 2 if something would change.")
@takes(PlanArguments)
def command(asked: PlanArguments) -> int:
    """Show every change, and change nothing."""
    definitions = asked.plan.against
    outputs = outputs_of(asked.output, plan=asked.out)
    check_files(outputs, asked.manifests.files, [asked.receipt, *map(Path, definitions)])
    if asked.explain == "":
        raise click.UsageError("--explain needs the address of a resource, such as Instance/acme")
    reporting = Reporting("plan", asked.manifests, asked.output)
    with Measuring(reporting), reporting:
        options = asked.planning(warn_of_tenant=True)
        if asked.explain:
            _refuse_beside_explain(asked)
        if definitions:
            from reconciler.cli.commands.plan_against import plan_against, refuse_beside_against

            refuse_beside_against(asked.out, asked.explain, asked.receipt, asked.plan.shard)
            plan = plan_against(options, reporting)
        else:
            plan = _plan(asked, options, reporting)
    return DIFFERENCES if asked.detailed_exitcode and not plan.empty else 0


def _plan(asked: PlanArguments, options: Options, reporting: Reporting) -> Plan:
    """Make the plan, or explain it for one address; save and report it."""
    from reconciler.planning.plan_file import save_plan

    with reporting.connect(options, validate(options)) as connected:
        receipt = load_receipt(connected, asked.receipt) if asked.receipt else None
        session = connected.remembering(receipt)
        with reporting.progress.reading(session.stats):
            if asked.explain:
                reasons, plan = explain_change(session, asked.explain)
            else:
                plan = reporting.planned(make_plan(session))
    if asked.explain:
        _show_reasons(reasons, asked)
    else:
        if asked.out:
            save_plan(plan, asked.out, options.fingerprint_key)
        reporting.report(Outcome("plan", plan))
    reporting.progress.end(session.stats)
    return plan


def _refuse_beside_explain(asked: PlanArguments) -> None:
    """Refuse what belongs to a whole plan: to explain one resource, only that is planned."""
    others = {
        "--out": asked.out,
        "--report": asked.output.reports,
        "--metrics": asked.output.metrics,
        "--target": asked.manifests.targets,
        "--shard": asked.plan.shard,
    }
    for option, value in others.items():
        if value:
            raise click.UsageError(
                f"--explain explains one resource, but {option} belongs to a whole plan; use one of them"
            )
    if asked.output.form not in {"text", "json"}:
        raise click.UsageError(f"--explain supports --format text and json, not {asked.output.form}")


def _show_reasons(reasons: Reasons, asked: PlanArguments) -> None:
    from reconciler.reports.text.explain import explain_document, explain_text
    from reconciler.text.escape import json_text

    as_json = asked.output.form == "json"
    text = json_text(explain_document(reasons)) if as_json else explain_text(reasons, asked.output.style())
    click.echo(text, nl=False)
