"""``reconciler plan --against DEFINITION``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from reconciler import workflow
from reconciler.errors import WouldBreak
from reconciler.reports.shared.impact import verdict_sentences
from reconciler.reports.shared.outcome import Failure, Outcome

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reconciler.cli.run.progress import Progress
    from reconciler.cli.run.reporting import Reporting
    from reconciler.planning.plan import Plan
    from reconciler.workflow import Options

BESIDE = {
    "--out": ("out", "a plan against a version that is not published cannot be applied, so it is not saved"),
    "--explain": ("explain", "it tells of a plan that can be applied"),
    "--receipt": ("receipt", "what was applied is of published versions"),
    "--shard": ("shard", "it tells of everybody; --target narrows it down"),
}


def refuse_beside_against(given: Mapping[str, Any]) -> None:
    """Refuse what means nothing to a version that is not there."""
    for option, (key, why) in BESIDE.items():
        if given[key]:
            raise click.UsageError(f"--against and {option} do not go together: {why}")


def plan_against(options: Options, reporting: Reporting, progress: Progress) -> Plan:
    """Tell what the definitions would do; raises ``WouldBreak``, once it is told, where something would be wrong."""
    manifests, definitions = workflow.validate_with_definitions(options)
    with workflow.connect(options, manifests) as session:
        reporting.connection = session.connection
        with progress.reading(session.stats):
            plan, forecast = workflow.forecast(session, definitions)
    reporting.plan = plan
    notes = [line for verdict in forecast.verdicts for line in verdict_sentences(verdict)]
    failure = Failure(forecast.problems) if forecast.problems else None
    reporting.tell(Outcome("plan", plan, failure=failure, verdicts=forecast.verdicts, notes=notes))
    progress.end(session.stats)
    if failure:
        count = len(forecast.problems)
        raise WouldBreak(f"{count} problem{'' if count == 1 else 's'} against {', '.join(options.plan.against)}")
    return plan
