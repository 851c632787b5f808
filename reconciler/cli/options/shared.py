"""The options that commands share, and what they mean to the workflow."""

from __future__ import annotations

import gc
import logging
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from reconciler.cli.options.numbers import Finite
from reconciler.cli.process.mistakes import known_secrets
from reconciler.errors import UsageError
from reconciler.manifests.result import ManifestOptions
from reconciler.prismatic.settings import defaults
from reconciler.reports.registry import FORMATS
from reconciler.reports.shared.style import Style
from reconciler.workflow import ConnectionOptions, Options, PlanOptions

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reconciler.planning.shards import Shard
    from reconciler.prismatic.http.stop import Stop

YOUNG_OBJECTS = 100_000
"""Objects that are made before Python looks among them for circular garbage; a few megabytes."""
Command = TypeVar("Command", bound=Callable[..., Any])


class ShardType(click.ParamType["Shard"]):
    """``I/N``."""

    name = "I/N"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Shard:
        """Return the shard; fails for what is none."""
        from reconciler.planning.shards import Shard

        try:
            return Shard.parse(value)
        except UsageError as error:
            self.fail(str(error), param, ctx)


class Report(click.ParamType[tuple[str, Path]]):
    """``FORMAT=FILE``."""

    name = "FORMAT=FILE"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, Path]:
        """Return the format and the file; fails for a format that does not exist."""
        form, equals, file = value.partition("=")
        if not equals or not file:
            self.fail(f"{value!r}: expected FORMAT=FILE, such as json=plan.json", param, ctx)
        if form not in FORMATS:
            self.fail(f"{form!r} is no report format; there are: {', '.join(FORMATS)}", param, ctx)
        return form, Path(file)


def manifest_options(command: Command) -> Command:
    """Add what says which manifests, and what of them."""
    for option in reversed((
        click.option(
            "-f", "--file", "files", multiple=True, metavar="FILE|DIR|-",
            help="Manifests: a file, a folder, or - for standard input. Repeatable. "
            "Default: what reconciler.yaml in this folder says.",
        ),
        click.option("-e", "--environment", metavar="NAME", help="An environment of reconciler.yaml."),
        click.option("--allow-exec", is_flag=True, help="Let valueFrom.exec run commands."),
        click.option("--without-secrets", is_flag=True, help="Resolve and compare no secrets (for forks)."),
        click.option("--keep-secrets", is_flag=True, help="Where a secret is not given, keep the live one."),
        click.option("--locked", is_flag=True, help="Fail where reconciler.lock does not say the version."),
        click.option("-v", "--verbose", count=True, help="Say more; -vv still more. Never a secret."),
        click.option("--no-color", is_flag=True, help="Plain text. NO_COLOR does the same."),
    )):  # fmt: skip
        command = option(command)
    return command


def common_options(command: Command) -> Command:
    """Add what every command on manifests and a tenant takes: which part, which tenant, and how the outcome is told."""
    for option in reversed((
        click.option(
            "--target", "targets", multiple=True, metavar="ADDRESS",
            help="Only this resource, such as Instance/acme, and what it depends on. Repeatable.",
        ),
        click.option("--profile", metavar="NAME", help="A profile of Prismatic's own command line tool."),
        click.option("--format", "form", type=click.Choice(list(FORMATS)), default="text", help="What stdout carries."),
        click.option(
            "--report", "reports", multiple=True, type=Report(),
            help=f"Also write a report to a file ({', '.join(FORMATS)}). Repeatable.",
        ),
        click.option("--rate", type=Finite(0.1, 1000), default=defaults.RATE, help="Requests a second, at most."),
        click.option(
            "--timeout", type=Finite(1), metavar="SECONDS", default=defaults.TIMEOUT,
            help="Give up so long after connecting; an apply still tells what it did (3600).",
        ),
    )):  # fmt: skip
        command = option(command)
    return command


def plan_options(command: Command) -> Command:
    """Add what every command that makes a plan takes."""
    for option in reversed((
        click.option(
            "--shard", type=ShardType(), metavar="I/N",
            help="Only this part of the tenant, of N: customers with all they have, the same in every run.",
        ),
        click.option(
            "--metrics", type=click.Path(path_type=Path), metavar="FILE",
            help="Also write numbers about the run to a file, in Prometheus' text format.",
        ),
        click.option(
            "-q", "--quiet", is_flag=True, help="No progress on stderr; of an apply only questions and errors."
        ),
        click.option("--resend-secrets", is_flag=True, help="Write write-only secrets again."),
        click.option("--take-over", is_flag=True, help="Move what another project's label is on to this project."),
        click.option("--allow-delete-customers", is_flag=True, help="Let customers be deleted, with all they have."),
        click.option("--allow-deletes", type=click.IntRange(0), metavar="N", help="Let so many be deleted."),
    )):  # fmt: skip
        command = option(command)
    return common_options(command)


def workflow_options(given: Mapping[str, Any], **more: Any) -> Options:
    """Return the workflow's options for a command's."""
    set_up_log(given["verbose"])
    spare_the_collector()
    if given["without_secrets"] and given.get("keep_secrets"):
        raise click.UsageError("--without-secrets compares no secret, --keep-secrets those that are given; take one")
    flags = {"--allow-delete-customers"} if given.get("allow_delete_customers") else set()
    manifests = ManifestOptions(
        files=given["files"],
        environment=given["environment"],
        targets=given.get("targets", ()),
        allow_exec=given["allow_exec"],
        without_secrets=given["without_secrets"],
        keep_secrets=given["keep_secrets"],
        locked=given["locked"],
        stdin=sys.stdin,
    )
    connection = ConnectionOptions(
        profile=given.get("profile"),
        rate=given.get("rate", defaults.RATE),
        timeout=given.get("timeout"),
        batch_size=given.get("batch_size", defaults.BATCH_SIZE),
    )
    plan = PlanOptions(
        shard=given.get("shard"),
        resend_secrets=given.get("resend_secrets", False),
        take_over=given.get("take_over", False),
        allowed_flags=frozenset(flags),
        allow_deletes=given.get("allow_deletes"),
        **more,
    )
    return Options(manifests, connection, plan, stop=stop_of_run(), known_secrets=known_secrets())


def stop_of_run() -> Stop:
    """Return what a signal asks to stop."""
    from reconciler.prismatic.http.stop import Stop

    return click.get_current_context().find_object(Stop) or Stop()


def style_of(given: Mapping[str, Any], *, err: bool = False) -> Style:
    """Return the style for stdout (or stderr): colours only on a terminal that wants them."""
    import os

    stream = sys.stderr if err else sys.stdout
    return Style(stream.isatty() and not given["no_color"] and not os.environ.get("NO_COLOR"))


def spare_the_collector() -> None:
    """Let Python look for circular garbage rarely: a run builds one large picture, keeps it, and ends.

    Looking through all that was read so far, again and again, would be a third of a large run's processor time.
    """
    gc.set_threshold(YOUNG_OBJECTS, 50, 100)


def set_up_log(verbose: int) -> None:
    """Send our own log to stderr. Other libraries' logs stay off: they would show what travels."""
    if not verbose:
        return
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(name)s: %(message)s"))
    log = logging.getLogger("reconciler")
    log.handlers[:] = [handler]
    log.setLevel(logging.DEBUG if verbose > 1 else logging.INFO)
    log.propagate = False
