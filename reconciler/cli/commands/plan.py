"""``reconciler plan``."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from reconciler.cli.options.forms import takes
from reconciler.cli.options.helping import Command
from reconciler.cli.options.shared import (
    PlanningArguments,
    check_schema_option,
    manifest_options,
    plan_options,
    receipt_option,
)
from reconciler.cli.options.values import completed
from reconciler.cli.run.measuring import measuring
from reconciler.cli.run.outputs import check_files, outputs_of
from reconciler.cli.run.reporting import Reporting
from reconciler.errors import WouldBreak
from reconciler.reports.shared.outcome import Failure, Outcome
from reconciler.text.plural import counted
from reconciler.workflow.planning import explain_change, make_plan
from reconciler.workflow.schema_check import check_schema
from reconciler.workflow.validating import validate_for_tenant

if TYPE_CHECKING:
    from reconciler.options import Options
    from reconciler.planning.plan import Plan
    from reconciler.receipts.receipt import Receipt
    from reconciler.workflow.session import Session

DIFFERENCES = 2


@dataclass(frozen=True, slots=True)
class PlanArguments(PlanningArguments):
    out: Path | None = None
    explain: str | None = None
    detailed_exitcode: bool = False
    check_schema: bool = False


@click.command("plan", cls=Command)
@manifest_options
@plan_options
@check_schema_option
@click.option("--out", type=click.Path(path_type=Path), help="Save the plan for apply. It contains no secret.")
@click.option(
    "--explain", metavar="ADDRESS", help="Explain the plan of one resource instead, such as Instance/acme.",
    shell_complete=completed("address"),
)  # fmt: skip
@click.option(
    "--against", multiple=True, metavar="DEFINITION",
    help="Plan as if this definition of an integration (YAML) were published and used; report what it would break. "
    "Repeatable.",
)  # fmt: skip
@click.option("--new", is_flag=True, help="With --against: the tenant need not have the integration yet.")
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
    with measuring(reporting), reporting:
        options = asked.planning(warn_of_tenant=True, include_unchanged=asked.receipt is not None)
        if asked.explain:
            _refuse_beside_explain(asked)
        if asked.plan.new and not definitions:
            raise click.UsageError("--new belongs to --against DEFINITION")
        if definitions:
            _refuse_beside_against(asked)
            plan = _plan_against(options, reporting)
        else:
            plan = _plan(asked, options, reporting)
    return DIFFERENCES if asked.detailed_exitcode and not plan.empty else 0


def _plan(asked: PlanArguments, options: Options, reporting: Reporting) -> Plan:
    """Make the plan, or explain it for one address; save and report it."""
    with reporting.connect(options, validate_for_tenant(options)) as connected:
        receipt = _receipt(connected, asked.receipt)
        session = connected.remembering(receipt)
        with reporting.progress.reading(session.stats):
            if asked.explain:
                reasons, plan = explain_change(session, asked.explain)
            else:
                plan = reporting.planned(make_plan(session))
                if asked.check_schema:
                    check_schema(session, plan)
    if asked.explain:
        from reconciler.reports.text.explain import explain_document, explain_text

        asked.output.print(
            explain_document(reasons), explain_text(reasons, asked.output.style(), verbose=asked.output.verbose > 0)
        )
    else:
        if asked.out:
            from reconciler.planning.plan_file import save_plan

            save_plan(plan, asked.out, options.fingerprint_key)
        reporting.report(Outcome("plan", _warned(session, receipt, plan)))
    reporting.progress.end(session.stats)
    return plan


def _warned(session: Session, receipt: Receipt | None, plan: Plan) -> Plan:
    """Return the plan with what only a receipt shows; a saved plan has none of it."""
    if receipt is None:
        return plan
    from reconciler.workflow.receipts import with_dropped

    return with_dropped(session, receipt, plan)


def _receipt(session: Session, path: Path | None) -> Receipt | None:
    if path is None:
        return None
    from reconciler.workflow.receipts import load_receipt

    return load_receipt(session, path)


def _refuse_beside_explain(asked: PlanArguments) -> None:
    """Refuse what belongs to a whole plan: to explain one resource, only that is planned."""
    others = {
        "--out": asked.out,
        "--report": asked.output.reports,
        "--metrics": asked.output.metrics,
        "--target": asked.manifests.targets,
        **{f"--{facet}": names for facet, names in asked.manifests.facets.items()},
        "--shard": asked.plan.shard,
    }
    for option, value in others.items():
        if value:
            raise click.UsageError(
                f"--explain explains one resource, but {option} belongs to a whole plan; use one of them"
            )
    if asked.output.form not in {"text", "json"}:
        raise click.UsageError(f"--explain supports --format text and json, not {asked.output.form}")


def _refuse_beside_against(asked: PlanArguments) -> None:
    """Refuse options that mean nothing for a version that is not published."""
    beside = (
        ("--out", asked.out, "a plan against a version that is not published cannot be applied, so it is not saved"),
        ("--explain", asked.explain, "it explains a plan that can be applied"),
        ("--receipt", asked.receipt, "a receipt is of published versions"),
        ("--shard", asked.plan.shard, "it reports on all instances; use --target for a part of them"),
    )
    for option, value, why in beside:
        if value:
            raise click.UsageError(f"--against and {option} do not go together: {why}")


def _plan_against(options: Options, reporting: Reporting) -> Plan:
    """Report what the definitions would change; raises ``WouldBreak`` after that where an instance would break."""
    from reconciler.reports.shared.impact import verdict_sentences
    from reconciler.workflow.forecasting import forecast, validate_with_definitions

    manifests, definitions = validate_with_definitions(options)
    with reporting.connect(options, manifests) as session, reporting.progress.reading(session.stats):
        plan, found = forecast(session, definitions)
    reporting.planned(plan)
    notes = [line for verdict in found.verdicts for line in verdict_sentences(verdict)]
    failure = Failure(found.problems) if found.problems else None
    reporting.report(Outcome("plan", plan, failure=failure, verdicts=found.verdicts, notes=notes))
    reporting.progress.end(session.stats)
    if failure:
        raise WouldBreak(f"{counted(len(found.problems), 'problem')} against {', '.join(options.plan.against)}")
    return plan
