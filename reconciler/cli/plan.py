"""``reconciler plan``."""

from __future__ import annotations

from pathlib import Path
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


@click.command("plan")
@manifest_options
@tenant_options
@click.option("--out", type=click.Path(path_type=Path), help="Save the plan (no secret is in it), to apply it later.")
@click.option("--detailed-exitcode", is_flag=True, help="Exit 2 when something would change.")
def command(**given: Any) -> int:
    """Show what would change, and change nothing."""
    from reconciler.planning.file import plan_document, save_plan
    from reconciler.reports.cost import cost_document
    from reconciler.reports.json_documents import to_json
    from reconciler.reports.plan_text import plan_text
    from reconciler.reports.style import Style

    options = workflow_options(given)
    manifests = workflow.validate(options)
    with workflow.connect(options, manifests) as connection:
        plan = workflow.make_plan(options, manifests, connection)

    def render(form: str, style: Style = Style()) -> str:  # noqa: B008 - a frozen constant
        if form == "json":
            return to_json({**plan_document(plan), "cost": cost_document(connection.stats)})
        return plan_text(plan, style, verbose=given["verbose"] > 0)

    if given["out"]:
        save_plan(plan, given["out"], options.fingerprint_key)
    write_reports(given["reports"], render)
    click.echo(render(given["form"], style_of(given)), nl=False)
    tell_cost(connection.stats, given)
    return DIFFERENCES if given["detailed_exitcode"] and not plan.empty else 0
