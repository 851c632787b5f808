"""``reconciler drift``."""

from __future__ import annotations

from typing import Any

import click

from reconciler import workflow
from reconciler.cli.options import (
    manifest_options,
    style_of,
    tell_cost,
    tenant_options,
    workflow_options,
    write_reports,
)

DIFFERENCES = 2


@click.command("drift")
@manifest_options
@tenant_options
def command(**given: Any) -> int:
    """Tell what is no longer as the manifests say. Exit 0: nothing; 2: differences; 1: an error."""
    from reconciler.reports.cost import cost_document
    from reconciler.reports.drift_text import drift_text
    from reconciler.reports.json_documents import drift_document, to_json
    from reconciler.reports.style import Style

    options = workflow_options(given, guarded=False)
    manifests = workflow.validate(options)
    with workflow.connect(options, manifests) as connection:
        plan = workflow.make_plan(options, manifests, connection)

    def render(form: str, style: Style = Style()) -> str:  # noqa: B008 - a frozen constant
        if form == "json":
            return to_json({**drift_document(plan), "cost": cost_document(connection.stats)})
        return drift_text(plan, style, verbose=given["verbose"] > 0)

    write_reports(given["reports"], render)
    click.echo(render(given["form"], style_of(given)), nl=False)
    tell_cost(connection.stats, given)
    return 0 if plan.empty and not plan.unclaimed else DIFFERENCES
