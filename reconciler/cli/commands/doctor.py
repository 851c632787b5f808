"""``reconciler doctor``."""

from __future__ import annotations

from dataclasses import dataclass

import click

from reconciler.cli.options.forms import takes
from reconciler.cli.options.shared import (
    RunArguments,
    environment_option,
    format_option,
    no_color_option,
    profile_option,
    rate_option,
    report_option,
    timeout_option,
    verbose_option,
)
from reconciler.cli.run.outputs import check_files, outputs_of
from reconciler.doctor.rendering import FORMATS, render
from reconciler.reports.shared.style import Style
from reconciler.workflow.doctor import examine
from reconciler.workflow.validating import manifests_if_any
from reconciler.writing.outputs import output_of_report

PROBLEMS = 2


@dataclass(frozen=True, slots=True)
class DoctorArguments(RunArguments):
    """What ``doctor`` takes."""


@click.command("doctor")
@click.option(
    "-f", "--file", "files", multiple=True, metavar="FILE|DIR|-",
    help="Manifests: a file, a folder, or - for standard input. Default: the project in this folder, if there is one.",
)  # fmt: skip
@environment_option
@profile_option
@format_option(*FORMATS)
@report_option
@rate_option
@timeout_option("End the run this long after connecting (3600).")
@verbose_option
@no_color_option
@takes(DoctorArguments)
def command(asked: DoctorArguments) -> int:
    """Find out what holds on the tenant, and write a report to attach to a bug report. Exit 0: no problem; 2: problems.

    It is read-only, takes at most 10 requests, and shows no secret and nothing of your customers.
    """
    if any(form not in FORMATS for form, _ in asked.output.reports):
        raise click.UsageError(f"doctor supports --report {', '.join(FORMATS)}, and no other report")
    check_files(outputs_of(asked.output), asked.manifests.files, [])
    options = asked.options(without_secrets=True, keep_secrets=False)
    found = examine(options, manifests_if_any(options))
    click.echo(render(found, asked.output.form, asked.output.style()), nl=False)
    for form, path in asked.output.reports:
        output_of_report(form, path).write(render(found, form, Style()))
    return PROBLEMS if found.problems else 0
