"""``reconciler drift``."""

from __future__ import annotations

from typing import Any

import click

from reconciler import workflow
from reconciler.cli.options import manifest_options, tell_cost, tenant_options, workflow_options
from reconciler.cli.reporting import Reporting
from reconciler.reports.outcome import Outcome

DIFFERENCES = 2


@click.command("drift")
@manifest_options
@tenant_options
def command(**given: Any) -> int:
    """Tell what is no longer as the manifests say. Exit 0: nothing; 2: differences; 1: an error."""
    with Reporting("drift", given) as reporting:
        options = workflow_options(given, guarded=False)
        manifests = workflow.validate(options)
        with workflow.connect(options, manifests) as reporting.connection:
            plan = reporting.plan = workflow.make_plan(options, manifests, reporting.connection)
        reporting.tell(Outcome("drift", plan))
    tell_cost(reporting.connection.stats, given)
    return 0 if plan.empty and not plan.unclaimed else DIFFERENCES
