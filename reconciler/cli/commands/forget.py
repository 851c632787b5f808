"""``reconciler forget``."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from reconciler import workflow
from reconciler.cli.options.numbers import Finite
from reconciler.cli.options.shared import Report, workflow_options
from reconciler.cli.run.asking import approved, can_ask
from reconciler.cli.run.carrying_out import carrying_out
from reconciler.cli.run.outputs import check_all_writable, check_files
from reconciler.cli.run.progress import Progress
from reconciler.cli.run.receipts import Kept
from reconciler.cli.run.reporting import Reporting
from reconciler.prismatic.settings import defaults
from reconciler.reports.registry import FORMATS
from reconciler.reports.shared.outcome import Failure, Outcome

if TYPE_CHECKING:
    from collections.abc import Mapping

NOT_ASKED_FOR = {"allow_exec": False, "keep_secrets": False, "locked": False, "without_secrets": True}
"""Giving something up needs no secret and no version."""


@click.command("forget")
@click.argument("names", metavar="ADDRESS|ID...", nargs=-1, required=True)
@click.option(
    "-f", "--file", "files", multiple=True, metavar="FILE|DIR",
    help="Manifests: a file or a folder. Repeatable. Default: what reconciler.yaml in this folder says.",
)  # fmt: skip
@click.option("-e", "--environment", metavar="NAME", help="An environment of reconciler.yaml.")
@click.option("--dry-run", is_flag=True, help="Show what would be taken off, and change nothing.")
@click.option("--auto-approve", is_flag=True, help="Do not ask.")
@click.option(
    "--receipt", type=click.Path(path_type=Path), metavar="FILE", help="A receipt of apply's that forgets it as well."
)
@click.option("--profile", metavar="NAME", help="A profile of Prismatic's own command line tool.")
@click.option("--format", "form", type=click.Choice(list(FORMATS)), default="text", help="What stdout carries.")
@click.option(
    "--report", "reports", multiple=True, type=Report(),
    help=f"Also write a report to a file ({', '.join(FORMATS)}). Repeatable.",
)  # fmt: skip
@click.option("--rate", type=Finite(0.1, 1000), default=defaults.RATE, help="Requests a second, at most.")
@click.option(
    "--timeout", type=Finite(1), metavar="SECONDS", default=defaults.TIMEOUT, help="Give up after so long (3600)."
)
@click.option("-q", "--quiet", is_flag=True, help="No progress on stderr; only questions and errors.")
@click.option("-v", "--verbose", count=True, help="Say more; -vv still more. Never a secret.")
@click.option("--no-color", is_flag=True, help="Plain text. NO_COLOR does the same.")
def command(**given: Any) -> int:
    """Give objects up: take this project's labels off, and change nothing else.

    ADDRESS is that of a manifest, such as Customer/acme. ID is that of a live object, as drift lists what is owned and
    not declared; Customer/ID says the same.
    """
    check_files(given)
    progress = Progress(given)
    with Reporting("forget", given) as reporting:
        options = workflow_options({**given, **NOT_ASKED_FOR})
        options = replace(options, manifests=replace(options.manifests, follow_lock=False))
        _refuse_to_guess(given)
        if not given["dry_run"]:
            check_all_writable(given)
        manifests = workflow.validate(options, may_be_empty=True)
        # The manifests were read without their secrets, and what is written needs none.
        options = replace(options, manifests=replace(options.manifests, without_secrets=False))
        with workflow.connect(options, manifests) as session:
            reporting.connection = session.connection
            kept = Kept(session, given["receipt"])
            kept.check()
            with progress.reading(session.stats):
                forgetting = workflow.plan_to_forget(session, given["names"])
            plan = reporting.plan = forgetting.plan
            if given["dry_run"]:
                reporting.tell(Outcome("plan", plan))
                return 0
            if not approved(plan, given, "Forget this?" if len(plan.changes) == 1 else "Forget these?"):
                click.echo("Nothing was changed.", err=True)
                reporting.tell(Outcome("forget", plan, failure=Failure.saying("not approved: nothing was changed")))
                return 1
            if not plan.empty:
                workflow.check_still_so(forgetting, session, given["names"])
            with options.stop.holding():
                with carrying_out(plan, "Forgetting", session.stats, reporting, progress) as add_result:
                    results = workflow.apply_plan(forgetting.session, plan, add_result)
                unkept = kept.forget(results)
                reporting.tell(Outcome("forget", plan, results))
            if unkept:
                raise unkept
    progress.end(session.stats)
    return options.stop.exit_code or (0 if all(result.ok for result in results) else 1)


def _refuse_to_guess(given: Mapping[str, Any]) -> None:
    """Refuse to run where nobody could be asked, and nobody said that asking is not needed."""
    if "-" in given["files"]:
        raise click.UsageError("forget reads manifests from files; name a file or a folder with -f")
    if not given["auto_approve"] and not given["dry_run"] and not can_ask():
        raise click.UsageError("there is no terminal to ask on; --auto-approve forgets without asking")
