"""``reconciler verify``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from reconciler.cli.options.forms import takes
from reconciler.cli.options.helping import Command
from reconciler.cli.options.shared import (
    RunArguments,
    common_options,
    manifest_options,
    metrics_option,
    quiet_option,
    selector_options,
    shard_option,
)
from reconciler.cli.run.measuring import measuring
from reconciler.cli.run.outputs import check_files, outputs_of
from reconciler.cli.run.reporting import Reporting
from reconciler.options import PlanOptions
from reconciler.reports.shared.outcome import Failure, Outcome
from reconciler.workflow.validating import validate_for_tenant
from reconciler.workflow.verifying import subjects_to_verify, verify

if TYPE_CHECKING:
    from reconciler.planning.shards import Shard
    from reconciler.workflow.verifying import Verified

NOT_HEALTHY = 2


@dataclass(frozen=True, slots=True)
class VerifyArguments(RunArguments):
    again: bool = False
    shard: Shard | None = None


@click.command("verify", cls=Command)
@manifest_options
@common_options
@selector_options
@shard_option
@metrics_option
@quiet_option
@click.option("--run", "again", is_flag=True, help="Run flows although a run since the last deploy succeeded.")
@takes(VerifyArguments)
def command(asked: VerifyArguments) -> int:
    """Find out whether what is deployed works. Exit 0: healthy; 2: failed or inconclusive; 1: an error.

    Flows that the manifests name under verify are run, with their side effects.
    """
    check_files(outputs_of(asked.output), asked.manifests.files, [])
    reporting = Reporting("verify", asked.manifests, asked.output)
    with measuring(reporting), reporting:
        options = asked.options(PlanOptions(shard=asked.shard))
        with reporting.connect(options, validate_for_tenant(options)) as session:
            with reporting.progress.reading(session.stats):
                subjects = subjects_to_verify(session)
            with (
                options.stop.holding(),
                reporting.verifying(len(subjects), session.stats) as add,
            ):
                found = verify(session, subjects, add, again=asked.again)
        failure = Failure.of(found.ended_by) if found.ended_by else None
        reporting.report(Outcome("verify", healths=found.healths, failure=failure))
    reporting.progress.end(session.stats)
    return options.stop.exit_code or _exit_code(found)


def _exit_code(found: Verified) -> int:
    if found.ended_by:
        return 1
    return 0 if all(health.verdict == "passed" for health in found.healths) else NOT_HEALTHY
