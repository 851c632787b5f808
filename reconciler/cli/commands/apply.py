"""``reconciler apply``."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from reconciler import workflow
from reconciler.cli.options.shared import manifest_options, plan_options, workflow_options
from reconciler.cli.run.asking import approved, can_ask
from reconciler.cli.run.carrying_out import carrying_out
from reconciler.cli.run.measuring import Measuring
from reconciler.cli.run.outputs import check_all_writable, check_files
from reconciler.cli.run.progress import Progress
from reconciler.cli.run.receipts import Kept, everything, receipt_option
from reconciler.cli.run.reporting import Reporting
from reconciler.errors import ReconcilerError
from reconciler.prismatic.settings import defaults
from reconciler.reports.shared.outcome import Failure, Outcome

if TYPE_CHECKING:
    from collections.abc import Mapping


TRUE_FOR = 5.0
"""Seconds, from when the first was read of what a plan rests on; later it is looked at once more before writing."""


@click.command("apply")
@click.argument("saved", metavar="[PLAN]", required=False, type=click.Path(path_type=Path))
@manifest_options
@plan_options
@click.option("--auto-approve", is_flag=True, help="Do not ask.")
@click.option(
    "--batch-size", type=click.IntRange(1, 100), default=defaults.BATCH_SIZE, help="Mutations a request, at most."
)
@receipt_option("Record there what was applied (no secrets), to explain drift by.")
@click.option(
    "--show-authorize-urls", is_flag=True, help="Print where connections must be authorized. These are secrets."
)
def command(**given: Any) -> int:
    """Make the tenant what the manifests say, and deploy.

    With PLAN, a file that "plan --out" saved: does just that, and refuses when anything moved since.
    """
    check_files(given)
    progress = Progress(given)
    with Measuring("apply", given) as measuring, Reporting("apply", given) as reporting:
        measuring.reporting = reporting
        options = everything(workflow_options(given, warn_of_tenant=True), given)
        _refuse_to_guess(given, options)
        check_all_writable(given)
        saved = _load(given["saved"])
        if saved is not None:
            options = workflow.options_of_saved(options, saved)
        manifests = workflow.validate(options)
        with workflow.connect(options, manifests) as connected:
            reporting.connection = connected.connection
            kept = Kept(connected, given["receipt"])
            kept.check()
            session = connected.remembering(kept.before)
            started = time.monotonic()
            with progress.reading(session.stats):
                plan = workflow.check_plan(session, saved) if saved is not None else workflow.make_plan(session)
            reporting.plan = plan
            if not approved(plan, given, "Apply this plan?"):
                click.echo("Nothing was changed.", err=True)
                reporting.tell(Outcome("apply", plan, failure=Failure.saying("not approved: nothing was changed")))
                return 1
            # Labels are written as a whole set, so what somebody added meanwhile would be lost.
            if plan.summary.get("forget") or (not plan.empty and time.monotonic() - started > TRUE_FOR):
                workflow.check_still_true(session, plan)
            with options.stop.holding():
                with carrying_out(plan, "Applying", session.stats, reporting, progress) as add_result:
                    results = workflow.apply_plan(session, plan, add_result)
                asked = given["show_authorize_urls"]
                urls, known = _authorize_urls(session) if asked else ({}, True)
                unkept = kept.keep(plan, results)
                reporting.tell(Outcome("apply", plan, results, authorize_urls=urls))
            if unkept:
                raise unkept
    progress.end(session.stats)
    return options.stop.exit_code or (0 if known and all(result.ok for result in results) else 1)


def _refuse_to_guess(given: Mapping[str, Any], options: workflow.Options) -> None:
    """Refuse to run where nobody could be asked, and nobody said that asking is not needed."""
    if options.manifests.without_secrets:
        raise click.UsageError("--without-secrets is for plans; what is applied needs its secrets")
    if given["auto_approve"]:
        return
    if "-" in options.manifests.files:
        raise click.UsageError("the manifests come from standard input, so nobody can be asked; add --auto-approve")
    if not can_ask():
        raise click.UsageError("there is no terminal to ask on; --auto-approve applies without asking")


def _load(path: Path | None) -> Mapping[str, Any] | None:
    from reconciler.planning.plan_file import load_plan

    return None if path is None else load_plan(path)


def _authorize_urls(session: workflow.Session) -> tuple[Mapping[str, Mapping[str, str]], bool]:
    """Return where connections must be authorized, and whether that could be told: the results must not be lost."""
    from reconciler.text.escape import safe

    try:
        return workflow.authorize_urls(session), True
    except ReconcilerError as error:
        click.echo(f"error: where connections must be authorized cannot be told: {safe(str(error))}", err=True)
        return {}, False
