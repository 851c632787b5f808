"""``reconciler plan``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from reconciler import workflow
from reconciler.cli.measuring import Measuring
from reconciler.cli.options import manifest_options, tell_cost, tenant_options, workflow_options
from reconciler.cli.reporting import Reporting
from reconciler.reports.outcome import Outcome

DIFFERENCES = 2


@click.command("plan")
@manifest_options
@tenant_options
@click.option("--out", type=click.Path(path_type=Path), help="Save the plan (no secret is in it), to apply it later.")
@click.option("--detailed-exitcode", is_flag=True, help="Exit 2 when something would change.")
def command(**given: Any) -> int:
    """Show what would change, and change nothing."""
    from reconciler.planning.file import save_plan

    with Measuring("plan", given) as measuring, Reporting("plan", given) as reporting:
        measuring.reporting = reporting
        options = workflow_options(given)
        manifests = workflow.validate(options)
        with workflow.connect(options, manifests) as reporting.connection:
            plan = reporting.plan = workflow.make_plan(options, manifests, reporting.connection)
        if given["out"]:
            save_plan(plan, given["out"], options.fingerprint_key)
        reporting.tell(Outcome("plan", plan))
    tell_cost(reporting.connection.stats, given)
    return DIFFERENCES if given["detailed_exitcode"] and not plan.empty else 0
