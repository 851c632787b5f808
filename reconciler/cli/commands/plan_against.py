"""``reconciler plan --against DEFINITION``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from reconciler.errors import WouldBreak
from reconciler.reports.shared.impact import verdict_sentences
from reconciler.reports.shared.outcome import Failure, Outcome
from reconciler.workflow.forecasting import forecast, validate_with_definitions

if TYPE_CHECKING:
    from pathlib import Path

    from reconciler.cli.run.reporting import Reporting
    from reconciler.options import Options
    from reconciler.planning.plan import Plan
    from reconciler.planning.shards import Shard


def refuse_beside_against(out: Path | None, explain: str | None, receipt: Path | None, shard: Shard | None) -> None:
    """Refuse options that mean nothing for a version that is not published."""
    beside = (
        ("--out", out, "a plan against a version that is not published cannot be applied, so it is not saved"),
        ("--explain", explain, "it explains a plan that can be applied"),
        ("--receipt", receipt, "a receipt is of published versions"),
        ("--shard", shard, "it reports on all instances; use --target for a part of them"),
    )
    for option, value, why in beside:
        if value:
            raise click.UsageError(f"--against and {option} do not go together: {why}")


def plan_against(options: Options, reporting: Reporting) -> Plan:
    """Report what the definitions would change; raises ``WouldBreak`` after that where an instance would break."""
    manifests, definitions = validate_with_definitions(options)
    with reporting.connect(options, manifests) as session, reporting.progress.reading(session.stats):
        plan, found = forecast(session, definitions)
    reporting.planned(plan)
    notes = [line for verdict in found.verdicts for line in verdict_sentences(verdict)]
    failure = Failure(found.problems) if found.problems else None
    reporting.report(Outcome("plan", plan, failure=failure, verdicts=found.verdicts, notes=notes))
    reporting.progress.end(session.stats)
    if failure:
        count = len(found.problems)
        raise WouldBreak(f"{count} problem{'' if count == 1 else 's'} against {', '.join(options.plan.against)}")
    return plan
