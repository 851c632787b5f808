"""``reconciler rollout``: how rollouts stand."""

from __future__ import annotations

from dataclasses import dataclass

import click

from reconciler.cli.options.forms import takes
from reconciler.cli.options.shared import PlanningArguments, manifest_options, plan_options
from reconciler.cli.run.forge import surroundings
from reconciler.cli.run.outputs import check_files, outputs_of
from reconciler.cli.run.reporting import Reporting
from reconciler.errors import UsageError
from reconciler.planning.plan_file import rollout_status_document
from reconciler.reports.markdown.rollouts import status_markdown
from reconciler.reports.shared.style import Style
from reconciler.reports.text.rollouts import rollout_lines
from reconciler.text.suggest import did_you_mean
from reconciler.workflow.planning import make_plan
from reconciler.workflow.validating import validate
from reconciler.writing.outputs import output_of_report

UNDER_WAY = 2


@dataclass(frozen=True, slots=True)
class StatusArguments(PlanningArguments):
    action: str = "status"
    name: str | None = None


@click.command("rollout")
@click.argument("action", type=click.Choice(["status"]))
@click.argument("name", required=False)
@manifest_options
@plan_options
@takes(StatusArguments)
def command(asked: StatusArguments) -> int:
    """Show each wave with its customers. Exit 0: complete; 2: under way; 1: stopped or held, or an error."""
    if asked.output.form not in {"text", "json"} or any(form != "markdown" for form, _ in asked.output.reports):
        raise click.UsageError("rollout status supports --format text and json, and --report markdown=FILE")
    check_files(outputs_of(asked.output), asked.manifests.files)
    reporting = Reporting("plan", asked.manifests, asked.output)
    options = asked.planning(enforce_guardrails=False)
    with reporting.connect(options, validate(options)) as session:
        known = [rollout.name for rollout in session.manifests.rollouts]
        if asked.name is not None and asked.name not in known:
            raise UsageError(f"unknown rollout {asked.name!r}; {did_you_mean(asked.name, known)}")
        with reporting.progress.reading(session.stats):
            plan = make_plan(session)
    found = [each for each in plan.rollouts if asked.name in {None, each.rollout.name}]
    text = "\n".join(rollout_lines(found, asked.output.style(), members=True)) or "No rollouts.\n"
    asked.output.print(rollout_status_document(found), text)
    for form, path in asked.output.reports:
        key = surroundings(asked.output.reports).marker_key
        lines = list(rollout_lines(found, Style(), members=True))
        output_of_report(form, path).write(status_markdown(plan, found, lines, key))
    states = {each.state for each in found}
    return 1 if states & {"stopped", "held"} else UNDER_WAY if "under way" in states else 0
