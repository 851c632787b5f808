"""``reconciler doctor``."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import click

from reconciler.cli.options.forms import takes
from reconciler.cli.options.helping import Command
from reconciler.cli.options.shared import (
    RunArguments,
    environment_option,
    format_option,
    no_color_option,
    profile_option,
    rate_option,
    report_option_of,
    timeout_option,
    verbose_option,
)
from reconciler.cli.process.terminal import say
from reconciler.cli.run.asking import can_ask
from reconciler.cli.run.outputs import check_files, outputs_of
from reconciler.doctor.latency import MOST, ONE_BY_ONE, SECONDS
from reconciler.doctor.rendering import FORMATS, render
from reconciler.reports.shared.style import Style
from reconciler.text.escape import safe
from reconciler.workflow.doctor import examine
from reconciler.workflow.validating import manifests_if_any
from reconciler.writing.outputs import output_of_report

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from reconciler.doctor.findings import Examination
    from reconciler.manifests.result import Manifests
    from reconciler.options import Options

PROBLEMS = 2


@dataclass(frozen=True, slots=True)
class WritingArguments:
    """What ``doctor --write`` takes."""

    write: bool = False
    customer: str | None = None
    integration: str | None = None
    version: int | None = None
    deploy: bool = False
    flow: str | None = None
    auto_approve: bool = False

    def check(self) -> None:
        """Raise ``UsageError`` for options that do not go together, and where nobody can be asked."""
        for name in ("customer", "integration", "version", "deploy", "flow", "auto_approve"):
            if getattr(self, name) and not self.write:
                raise click.UsageError(f"--{name.replace('_', '-')} is for doctor --write")
        if self.write and not (self.customer and self.integration):
            raise click.UsageError(
                "doctor --write needs --customer NAME, a customer to create and delete again, and --integration NAME"
            )
        if self.write and not self.auto_approve and not can_ask():
            raise click.UsageError("there is no terminal to ask on; --auto-approve writes without asking")


@dataclass(frozen=True, slots=True)
class DoctorArguments(RunArguments):
    measure: bool = False
    writing: WritingArguments = field(default_factory=WritingArguments)


@click.command("doctor", cls=Command)
@click.option(
    "-f", "--file", "files", multiple=True, metavar="FILE|DIR|-",
    help="Manifests: a file, a folder, or - for standard input. Default: the project in this folder, if there is one.",
)  # fmt: skip
@click.option(
    "--measure", is_flag=True,
    help=f"Also measure latency and throttling: at most {ONE_BY_ONE + MOST} requests more, in at most "
    f"{2 * SECONDS:.0f} seconds. Other users of the token may be throttled.",
)  # fmt: skip
@environment_option
@click.option(
    "--write", is_flag=True, help="Act the assumptions about the API out on a throw-away customer. Asks first."
)
@click.option("--customer", metavar="NAME", help="With --write: the customer to create, and to delete again.")
@click.option("--integration", metavar="NAME", help="With --write: the integration to make instances of.")
@click.option("--version", type=int, metavar="N", help="With --write: its version. Default: the latest available one.")
@click.option(
    "--deploy", is_flag=True, help="With --write: deploy instances of it, which can call what it connects to."
)
@click.option("--flow", metavar="NAME", help="With --deploy: run this flow once.")
@click.option("--auto-approve", is_flag=True, help="With --write: do not ask.")
@profile_option
@format_option(*FORMATS)
@report_option_of(FORMATS)
@rate_option
@timeout_option("End the run this long after connecting (3600).")
@verbose_option
@no_color_option
@takes(DoctorArguments)
def command(asked: DoctorArguments) -> int:
    """Find out what holds on the tenant, and write a report to attach to a bug report. Exit 0: no problem; 2: problems.

    Without --write it is read-only and takes at most 10 requests. It shows no secret and nothing of your customers.
    """
    asked.writing.check()
    if any(form not in FORMATS for form, _ in asked.output.reports):
        raise click.UsageError(f"doctor supports --report {', '.join(FORMATS)}, and no other report")
    check_files(outputs_of(asked.output), asked.manifests.files, [])
    options = asked.options(without_secrets=True, keep_secrets=False)
    manifests = manifests_if_any(options)
    found = examine(options, manifests, measure=asked.measure)
    if asked.writing.write and not any(each.topic == "connection" for each in found.problems):
        written = _written(asked.writing, options, manifests, found)
        if written is None:
            click.echo("Nothing was changed.", err=True)
            return 1
        found = written
    click.echo(render(found, asked.output.form, asked.output.style()), nl=False)
    for form, path in asked.output.reports:
        output_of_report(form, path).write(render(found, form, Style()))
    return PROBLEMS if found.problems else 0


def _written(
    asked: WritingArguments, options: Options, manifests: Manifests | None, found: Examination
) -> Examination | None:
    # Imported here: what writes needs more than the other examination.
    from reconciler.doctor.writing.acting import Wish
    from reconciler.workflow.doctor_writing import examine_by_writing

    wish = Wish(asked.customer or "", asked.integration or "", asked.version, deploys=asked.deploy, flow=asked.flow)
    return examine_by_writing(options, manifests, found, wish, _agreed(asked))


def _agreed(asked: WritingArguments) -> Callable[[Sequence[str]], bool]:
    """Return a function that shows what will be done, and returns whether the user agrees."""

    def agreed(steps: Sequence[str]) -> bool:
        say("\n".join(["doctor --write will", *(f"  - {safe(step)}" for step in steps)]))
        return asked.auto_approve or click.confirm("Go on?", err=True)

    return agreed
