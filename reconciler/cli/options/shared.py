"""The options that commands share, and what they mean to the workflow."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from reconciler.cli.options.values import Finite, KindName, Report, ShardType, Whole, completed
from reconciler.cli.process.mistakes import known_secrets
from reconciler.cli.process.terminal import coloured, width_of
from reconciler.manifests.result import ManifestOptions
from reconciler.options import ConnectionOptions, Options, PlanOptions
from reconciler.prismatic.http.stop import Stop
from reconciler.prismatic.settings import defaults
from reconciler.reports.registry import FORMATS
from reconciler.reports.shared.style import Style
from reconciler.text.escape import json_text
from reconciler.text.wrapping import laid_out

if TYPE_CHECKING:
    from collections.abc import Iterable

Command = TypeVar("Command", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class OutputOptions:
    """What a command prints, and the reports that it writes."""

    form: str = "text"
    reports: tuple[tuple[str, Path], ...] = ()
    """Each with its format."""
    metrics: Path | None = None
    verbose: int = 0
    no_color: bool = False
    quiet: bool = False

    def style(self, *, err: bool = False) -> Style:
        """Return the style for stdout (or stderr): colours only on a terminal that wants them, and its width."""
        stream = sys.stderr if err else sys.stdout
        return Style(coloured(stream, os.environ, refused=self.no_color), width_of(stream))

    def print(self, document: dict[str, Any], text: str) -> None:
        """Print a result: the document with ``--format json``, else the text, whose lines fit the terminal."""
        click.echo(json_text(document) if self.form == "json" else laid_out(text, width_of(sys.stdout)), nl=False)


@dataclass(frozen=True, slots=True)
class RunArguments:
    """What every command takes that connects to a tenant, as far as it has options for it."""

    manifests: ManifestOptions = field(default_factory=ManifestOptions)
    connection: ConnectionOptions = field(default_factory=ConnectionOptions)
    output: OutputOptions = field(default_factory=OutputOptions)

    def options(self, plan: PlanOptions | None = None, **more: Any) -> Options:
        """Return the workflow's options, and set up the log.

        ``more`` are fields of ``ManifestOptions``.
        """
        manifests = replace(self.manifests, stdin=sys.stdin, **more)
        if manifests.without_secrets and manifests.keep_secrets:
            raise click.UsageError(
                "--without-secrets compares no secrets, but --keep-secrets compares those with a value; use one of them"
            )
        _set_up_log(self.output.verbose)
        stop = click.get_current_context().find_object(Stop) or Stop()
        plan = plan or PlanOptions()
        return Options(manifests, self.connection, plan, stop=stop, known_secrets=known_secrets())


@dataclass(frozen=True, slots=True)
class PlanningArguments(RunArguments):
    """What ``plan``, ``apply`` and ``drift`` take."""

    plan: PlanOptions = field(default_factory=PlanOptions)
    allow_delete_customers: bool = False
    receipt: Path | None = None

    def planning(self, **more: Any) -> Options:
        """Return the workflow's options; ``more`` are fields of ``PlanOptions``."""
        customers = ("Customer",) if self.allow_delete_customers else ()
        return self.options(replace(self.plan, allow_delete=(*self.plan.allow_delete, *customers), **more))


def add_all(*options: Callable[[Command], Command]) -> Callable[[Command], Command]:
    """Add several options to a command; ``--help`` lists them in this order."""

    def add(command: Command) -> Command:
        for option in reversed(options):
            command = option(command)
        return command

    return add


environment_option = click.option(
    "-e", "--environment", metavar="NAME", help="An environment of reconciler.yaml.",
    shell_complete=completed("environment"),
)  # fmt: skip
profile_option = click.option("--profile", metavar="NAME", help="A profile of Prismatic's own command line tool.")
rate_option = click.option(
    "--rate", type=Finite(0.1, 1000), metavar="N", default=defaults.RATE, help="Requests a second, at most."
)
verbose_option = click.option("-v", "--verbose", count=True, help="Print more; -vv still more. Never a secret.")
no_color_option = click.option("--no-color", is_flag=True, help="Print plain text. NO_COLOR does the same.")


def report_option_of(formats: Iterable[str]) -> Callable[[Command], Command]:
    return click.option(
        "--report", "reports", multiple=True, type=Report(), shell_complete=completed("report"),
        help=f"Also write a report to a file ({', '.join(formats)}). Repeatable.",
    )  # fmt: skip


report_option = report_option_of(FORMATS)


def format_option(*formats: str) -> Callable[[Command], Command]:
    return click.option("--format", "form", type=click.Choice(formats), default="text", help="The format of stdout.")


def timeout_option(text: str) -> Callable[[Command], Command]:
    return click.option("--timeout", type=Finite(1), metavar="SECONDS", default=defaults.TIMEOUT, help=text)


def receipt_option(text: str) -> Callable[[Command], Command]:
    return click.option("--receipt", type=click.Path(path_type=Path), metavar="FILE", help=text)


manifest_options = add_all(
    click.option(
        "-f", "--file", "files", multiple=True, metavar="FILE|DIR|-",
        help="Manifests: a file, a folder, or - for standard input. Repeatable. "
        "Default: the project in this folder.",
    ),
    environment_option,
    click.option("--allow-exec", is_flag=True, help="Allow valueFrom.exec to run commands."),
    click.option("--without-secrets", is_flag=True, help="Neither resolve nor compare secrets (for forks)."),
    click.option("--keep-secrets", is_flag=True, help="Keep the live value of each secret that has no value here."),
    click.option("--locked", is_flag=True, help="Fail if reconciler.lock does not pin a version."),
    verbose_option,
    no_color_option,
)  # fmt: skip
"""Which manifests, and what of them."""

target_option = click.option(
    "--target", "targets", multiple=True, metavar="ADDRESS", shell_complete=completed("address"),
    help="Only this resource, such as Instance/acme or 'Instance/inventory.*', and what it depends on. Repeatable.",
)  # fmt: skip


def common_options_of(formats: Iterable[str], reports: Iterable[str]) -> Callable[[Command], Command]:
    """Return the options by which part of the manifests, tenant, and form of the outcome are chosen."""
    return add_all(
        target_option,
        profile_option,
        format_option(*formats),
        report_option_of(reports),
        rate_option,
        timeout_option("End the run this long after connecting (3600). An apply still reports what it did."),
    )


common_options = common_options_of(FORMATS, FORMATS)
selector_options = add_all(
    click.option(
        "--customer", "only_customers", multiple=True, metavar="NAME", shell_complete=completed("customer"),
        help="Only this customer (handle, name or external ID) and what belongs to it. Repeatable.",
    ),
    click.option(
        "--integration", "only_integrations", multiple=True, metavar="NAME", shell_complete=completed("integration"),
        help="Only instances of this integration, and what they depend on. Repeatable.",
    ),
    click.option(
        "--label", "only_labels", multiple=True, metavar="LABEL", shell_complete=completed("label"),
        help="Only what has this label, or belongs to a customer that has it. Repeatable.",
    ),
)  # fmt: skip
"""Which part of the manifests, by names; each option narrows it further."""

shard_option = click.option(
    "--shard", type=ShardType(), metavar="I/N",
    help="Only part I of N of the tenant: whole customers, the same ones in every run.",
)  # fmt: skip
metrics_option = click.option(
    "--metrics", type=click.Path(path_type=Path), metavar="FILE",
    help="Also write metrics of the run to a file, in Prometheus' text format.",
)  # fmt: skip
check_schema_option = click.option(
    "--check-schema", is_flag=True,
    help="Ask the API for its schema first, and refuse a plan that needs what the schema lacks: one request more.",
)  # fmt: skip
quiet_option = click.option(
    "-q", "--quiet", is_flag=True, help="Only questions and errors on stderr; stdout keeps the result."
)

deletion_options = add_all(
    click.option(
        "--allow-delete", multiple=True, type=KindName(), metavar="KIND",
        help="Allow deleting objects of this guarded kind, such as Customer. Repeatable.",
    ),
    click.option("--allow-delete-customers", is_flag=True, help="The same as --allow-delete Customer."),
    click.option("--allow-deletes", type=Whole(0), metavar="N", help="Allow deleting up to N objects."),
)  # fmt: skip
batch_size_option = click.option(
    "--batch-size", type=Whole(1, 100), default=defaults.BATCH_SIZE, help="Mutations in one request, at most."
)
max_failures_option = click.option(
    "--max-failures",
    type=Whole(1),
    metavar="N",
    help="End the run after N failures of one cause (10, or the project's guardrails.maxFailures).",
)
"""What every command that writes takes."""


def plan_options_of(formats: Iterable[str], reports: Iterable[str]) -> Callable[[Command], Command]:
    """Return what every command takes that makes a plan, with the formats that it prints and writes."""
    return add_all(
        common_options_of(formats, reports),
        selector_options,
        shard_option,
        metrics_option,
        quiet_option,
        click.option("--resend-secrets", is_flag=True, help="Send write-only secrets again."),
        click.option(
            "--take-over", is_flag=True, help="Move objects that carry another project's label to this project."
        ),
        deletion_options,
    )


plan_options = plan_options_of(FORMATS, FORMATS)


def _set_up_log(verbose: int) -> None:
    """Send our own log to stderr. Other libraries' logs stay off: they would show what travels."""
    if not verbose:
        return
    import logging

    class Fitting(logging.Formatter):
        """Breaks the lines of a record at words, where a terminal shows them."""

        def format(self, record: logging.LogRecord) -> str:
            return laid_out(super().format(record), width_of(sys.stderr))

    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Fitting("%(name)s: %(message)s"))
    log = logging.getLogger("reconciler")
    log.handlers[:] = [handler]
    log.setLevel(logging.DEBUG if verbose > 1 else logging.INFO)
    log.propagate = False
