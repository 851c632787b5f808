"""``reconciler forget``."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import click

from reconciler.cli.options.forms import takes
from reconciler.cli.options.helping import Command
from reconciler.cli.options.shared import (
    RunArguments,
    environment_option,
    format_option,
    no_color_option,
    profile_option,
    rate_option,
    receipt_option,
    report_option,
    timeout_option,
    verbose_option,
)
from reconciler.cli.run.asking import approved, can_ask
from reconciler.cli.run.outputs import check_files, outputs_of
from reconciler.cli.run.receipts import Kept
from reconciler.cli.run.reporting import Reporting
from reconciler.reports.registry import FORMATS
from reconciler.reports.shared.outcome import Outcome
from reconciler.workflow.applying import apply_plan
from reconciler.workflow.forgetting import check_still_so, plan_to_forget
from reconciler.workflow.validating import validate_for_tenant
from reconciler.writing.output import check_writable

if TYPE_CHECKING:
    from pathlib import Path

    from reconciler.planning.plan import Plan
    from reconciler.workflow.session import Session


@dataclass(frozen=True, slots=True)
class ForgetArguments(RunArguments):
    names: tuple[str, ...] = ()
    dry_run: bool = False
    auto_approve: bool = False
    receipt: Path | None = None


@click.command("forget", cls=Command)
@click.argument("names", metavar="ADDRESS|ID...", nargs=-1, required=True)
@click.option(
    "-f", "--file", "files", multiple=True, metavar="FILE|DIR",
    help="Manifests: a file or a folder. Repeatable. Default: the project in this folder.",
)  # fmt: skip
@environment_option
@click.option("--dry-run", is_flag=True, help="Show the labels to take off, and change nothing.")
@click.option("--auto-approve", is_flag=True, help="Do not ask.")
@receipt_option("A receipt of apply, from which to remove the objects, too.")
@profile_option
@format_option(*FORMATS)
@report_option
@rate_option
@timeout_option("End the run this long after connecting (3600).")
@click.option("-q", "--quiet", is_flag=True, help="No progress on stderr; only questions and errors.")
@verbose_option
@no_color_option
@takes(ForgetArguments)
def command(asked: ForgetArguments) -> int:
    """Release objects: take this project's labels off, and change nothing else.

    ADDRESS is the address of a manifest, such as Customer/acme. ID is the ID of a live object, alone or as Customer/ID,
    as drift -v lists orphans.
    """
    outputs = outputs_of(asked.output, receipt=asked.receipt)
    check_files(outputs, asked.manifests.files)
    reporting = Reporting("forget", asked.manifests, asked.output)
    with reporting:
        # To release an object, neither its secrets nor its version is needed.
        options = asked.options(without_secrets=True, follow_lock=False)
        _refuse_to_guess(asked)
        if not asked.dry_run:
            check_writable(outputs)
        manifests = validate_for_tenant(options, may_be_empty=True)
        # The manifests were read without their secrets, and what is written needs none.
        options = replace(options, manifests=replace(options.manifests, without_secrets=False))
        with reporting.connect(options, manifests) as session:
            kept = Kept.read(session, asked.receipt)
            with reporting.progress.reading(session.stats):
                plan, released = plan_to_forget(session, asked.names)
            reporting.planned(plan)
            if asked.dry_run:
                reporting.report(Outcome("plan", plan))
                return 0
            question = "Forget this?" if len(plan.changes) == 1 else "Forget these?"
            if not approved(plan, reporting, question, auto_approve=asked.auto_approve):
                return 1
            if not plan.empty:
                check_still_so(plan, session, asked.names)
            success = _forget(plan, released, kept, reporting)
    reporting.progress.end(session.stats)
    return options.stop.exit_code or (0 if success else 1)


def _forget(plan: Plan, session: Session, kept: Kept, reporting: Reporting) -> bool:
    """Release the objects, take them out of the receipt and report; return whether all of it succeeded."""
    with session.options.stop.holding():
        with reporting.applying(plan, "Forgetting", session.stats) as add_result:
            results = apply_plan(session, plan, add_result)
        unkept = kept.forget(results)
        reporting.report(Outcome("forget", plan, results))
    if unkept:
        raise unkept
    return all(result.ok for result in results)


def _refuse_to_guess(asked: ForgetArguments) -> None:
    """Refuse to run if nobody can be asked and --auto-approve is missing."""
    if "-" in asked.manifests.files:
        raise click.UsageError("forget reads manifests from files; name a file or a folder with -f")
    if not asked.auto_approve and not asked.dry_run and not can_ask():
        raise click.UsageError("there is no terminal to ask on; --auto-approve forgets without asking")
