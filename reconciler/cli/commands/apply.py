"""``reconciler apply``."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from reconciler.cli.options.forms import takes
from reconciler.cli.options.helping import Command
from reconciler.cli.options.shared import (
    PlanningArguments,
    batch_size_option,
    check_schema_option,
    manifest_options,
    max_failures_option,
    plan_options,
    receipt_option,
)
from reconciler.cli.process.terminal import say
from reconciler.cli.run.asking import approved, can_ask
from reconciler.cli.run.measuring import measuring
from reconciler.cli.run.outputs import check_files, outputs_of
from reconciler.cli.run.receipts import Kept
from reconciler.cli.run.reporting import Reporting
from reconciler.errors import ReconcilerError
from reconciler.options import RolloutOptions
from reconciler.planning.plan_file import load_plan
from reconciler.reports.shared.outcome import Failure, Outcome
from reconciler.text.escape import safe
from reconciler.workflow.applying import authorize_urls, carry_out
from reconciler.workflow.planning import make_plan
from reconciler.workflow.saved_plans import check_plan, check_still_true, options_of_saved
from reconciler.workflow.schema_check import check_schema
from reconciler.workflow.validating import validate_for_tenant
from reconciler.workflow.verifying import Verified, to_verify, verify
from reconciler.writing.output import check_writable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from reconciler.applying.results import Result
    from reconciler.planning.plan import Plan
    from reconciler.workflow.session import Session

NOTHING_VERIFIED = Verified(())
TRUE_FOR = 5.0
"""Seconds after the first read for which a plan is trusted; later it is compared once more before the first write."""


@dataclass(frozen=True, slots=True)
class ApplyArguments(PlanningArguments):
    saved: Path | None = None
    auto_approve: bool = False
    check_schema: bool = False
    show_authorize_urls: bool = False
    no_verify: bool = False
    rollout: RolloutOptions = field(default_factory=RolloutOptions)


@click.command("apply", cls=Command)
@click.argument("saved", metavar="[PLAN]", required=False, type=click.Path(path_type=Path))
@manifest_options
@plan_options
@check_schema_option
@click.option("--auto-approve", is_flag=True, help="Do not ask.")
@batch_size_option
@receipt_option("Record what was applied, without secrets, for drift.")
@click.option(
    "--show-authorize-urls",
    is_flag=True,
    help="Print the addresses at which to authorize connections. They are secrets.",
)
@max_failures_option
@click.option("--no-verify", is_flag=True, help="Do not verify what was deployed, and run no flow.")
@click.option(
    "--approve",
    multiple=True,
    metavar="ROLLOUT/WAVE",
    help="Open this wave of a rollout, which needs an approval. Repeatable.",
)
@click.option(
    "--through", multiple=True, metavar="ROLLOUT/WAVE", help="End this run of a rollout after this wave. Repeatable."
)
@takes(ApplyArguments)
def command(asked: ApplyArguments) -> int:
    """Make the tenant match the manifests, and deploy.

    With PLAN, a file of "plan --out", exactly the saved changes are made. If anything changed since, nothing is done.
    """
    outputs = outputs_of(asked.output, receipt=asked.receipt)
    check_files(outputs, asked.manifests.files, [asked.saved])
    reporting = Reporting("apply", asked.manifests, asked.output)
    with measuring(reporting), reporting:
        options = asked.planning(warn_of_tenant=True, include_unchanged=asked.receipt is not None)
        options = replace(options, rollout=replace(asked.rollout, verify=not asked.no_verify))
        _refuse_to_guess(asked)
        check_writable(outputs)
        saved = load_plan(asked.saved) if asked.saved else None
        if saved is not None:
            options = options_of_saved(options, saved)
        with reporting.connect(options, validate_for_tenant(options)) as connected:
            kept = Kept.read(connected, asked.receipt)
            session = connected.remembering(kept.before)
            started = time.monotonic()
            with reporting.progress.reading(session.stats):
                plan = check_plan(session, saved) if saved is not None else make_plan(session)
            # Not part of the plan: a saved one is compared with what is planned without a receipt.
            shown = reporting.planned(kept.warned(plan))
            if asked.check_schema:
                check_schema(session, plan)
            if not approved(shown, reporting, "Apply this plan?", auto_approve=asked.auto_approve):
                return 1
            # Labels are written as a whole set, so what somebody added meanwhile would be lost.
            if plan.summary.get("forget") or (not plan.empty and time.monotonic() - started > TRUE_FOR):
                check_still_true(session, plan)
            success = _apply(asked, session, shown, kept, reporting)
    reporting.progress.end(session.stats)
    return options.stop.exit_code or (0 if success else 1)


def _apply(asked: ApplyArguments, session: Session, plan: Plan, kept: Kept, reporting: Reporting) -> bool:
    """Apply the plan, keep the receipt and report the results; return whether all of it succeeded."""
    with session.options.stop.holding():
        with reporting.applying(plan, "Applying", session.stats) as add_result:
            results, plan = carry_out(session, plan, add_result)
        urls, known = _authorize_urls(session) if asked.show_authorize_urls else ({}, True)
        # Before the verification, which may take minutes: what was applied is recorded even if that is killed.
        unkept = kept.keep(plan, results)
        verified = NOTHING_VERIFIED if asked.no_verify else _verify(session, plan, results, reporting)
        failure = Failure.of(verified.ended_by) if verified.ended_by else None
        reporting.report(Outcome("apply", plan, results, failure, authorize_urls=urls, healths=verified.healths))
    if unkept:
        raise unkept
    works = not verified.ended_by and all(health.verdict != "failed" for health in verified.healths)
    return known and works and all(result.ok for result in results)


def _verify(session: Session, plan: Plan, results: Sequence[Result], reporting: Reporting) -> Verified:
    """Verify what was deployed; nothing if nothing was, or if the run is to end."""
    healths, subjects = to_verify(session, plan, results)
    if not subjects:
        return replace(NOTHING_VERIFIED, healths=healths)
    with reporting.verifying(len(subjects), session.stats) as add:
        verified = verify(session, subjects, add)
    return replace(verified, healths=[*healths, *verified.healths])


def _refuse_to_guess(asked: ApplyArguments) -> None:
    """Refuse to run if nobody can be asked and --auto-approve is missing."""
    if asked.manifests.without_secrets:
        raise click.UsageError("--without-secrets is for plans; what is applied needs its secrets")
    if asked.auto_approve:
        return
    if "-" in asked.manifests.files:
        raise click.UsageError("the manifests come from standard input, so nobody can be asked; add --auto-approve")
    if not can_ask():
        raise click.UsageError("there is no terminal to ask on; --auto-approve applies without asking")


def _authorize_urls(session: Session) -> tuple[Mapping[str, Mapping[str, str]], bool]:
    """Return where to authorize connections, and whether that was found. An error must not hide the results."""
    try:
        return authorize_urls(session), True
    except ReconcilerError as error:
        say(f"error: the addresses at which to authorize connections cannot be read: {safe(str(error))}")
        return {}, False
