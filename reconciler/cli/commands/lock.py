"""``reconciler lock``."""

from __future__ import annotations

from dataclasses import dataclass

import click

from reconciler.cli.options.forms import takes
from reconciler.cli.options.helping import Command
from reconciler.cli.options.shared import (
    RunArguments,
    environment_option,
    format_option,
    no_color_option,
    profile_option,
    verbose_option,
)
from reconciler.exporting.renaming import renamed_document, renamed_text
from reconciler.locking.lock import locked_document, locked_text
from reconciler.workflow.locking import lock
from reconciler.workflow.session import connect
from reconciler.workflow.validating import validate_for_tenant


@dataclass(frozen=True, slots=True)
class LockArguments(RunArguments):
    names: tuple[str, ...] = ()
    upgrade: bool = False
    fix: bool = False


@click.command("lock", cls=Command)
@click.argument("names", metavar="[NAME]...", nargs=-1)
@click.option("--upgrade", is_flag=True, help="Move to the newest versions: of NAME, or of everything in the lock.")
@click.option(
    "--fix", is_flag=True,
    help="With --upgrade: put the new names of renamed variables into the manifests, and change nothing else in them.",
)  # fmt: skip
@click.option(
    "-f", "--file", "files", multiple=True, metavar="FILE|DIR|-",
    help="Manifests: a file, a folder, or - for standard input. Default: the project in this folder.",
)  # fmt: skip
@environment_option
@profile_option
@format_option("text", "json")
@verbose_option
@no_color_option
@takes(LockArguments)
def command(asked: LockArguments) -> int:
    """Pin "latest" in reconciler.lock, for each integration whose version a manifest leaves open.

    A new instance without a version starts with the pinned one; an existing instance keeps its version. A pin stays
    until --upgrade, which shows what the newer version changes, and for which manifests.
    """
    if asked.names and not asked.upgrade:
        raise click.UsageError("names say what to upgrade; add --upgrade")
    if asked.fix and not asked.upgrade:
        raise click.UsageError("--fix belongs to --upgrade")
    options = asked.options(without_secrets=True, follow_lock=False)
    with connect(options, validate_for_tenant(options)) as session:
        locked, renamed = lock(session, asked.names if asked.upgrade else None, fix=asked.fix)
    document, style = locked_document(locked), asked.output.style()
    if asked.fix:
        document["renamed"] = renamed_document(renamed)
    verbose = asked.output.verbose > 0
    text = locked_text(locked, style, verbose=verbose) + renamed_text(renamed, style, verbose=verbose)
    asked.output.print(document, text)
    return 1 if any(each.reason for each in renamed) else 0
