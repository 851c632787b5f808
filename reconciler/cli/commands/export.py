"""``reconciler export``."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import click

from reconciler.cli.options.exports import ExportOptions, export_options
from reconciler.cli.options.forms import takes
from reconciler.cli.options.helping import Command
from reconciler.cli.options.shared import RunArguments
from reconciler.cli.process.terminal import say
from reconciler.cli.run.progress import Progress
from reconciler.exporting.summary import export_document, export_text, sets_proposal
from reconciler.workflow.exporting import export
from reconciler.workflow.session import connect
from reconciler.workflow.validating import existing_manifests, with_live_customers


@dataclass(frozen=True, slots=True)
class ExportArguments(RunArguments):
    out: Path = Path()
    dry_run: bool = False
    export: ExportOptions = field(default_factory=ExportOptions)


@click.command("export", cls=Command)
@click.option(
    "--out", type=click.Path(path_type=Path, file_okay=False), default=Path(), metavar="DIR",
    help="The folder to write into (this one). Its manifests are brought up to date.",
)  # fmt: skip
@click.option("-e", "--environment", metavar="NAME", help="An environment of DIR's reconciler.yaml.")
@click.option("--dry-run", is_flag=True, help="Show what would be written, and write nothing.")
@export_options
@takes(ExportArguments)
def command(asked: ExportArguments) -> int:
    """Write the tenant as manifests, and change nothing in it.

    Each customer gets a folder. With --sets, instances that are alike become one InstanceSet instead. Values that equal
    an integration's defaults are left out, and so are secrets. With --secrets reference, manifests refer to environment
    variables instead, which .env.example lists. Run it again to bring the manifests up to date:
    handles, comments and order stay as you edited them.
    """
    progress = Progress(asked.output)
    options, folder = asked.options(), asked.out
    if str(folder) == "-":
        raise click.UsageError("--out - would be standard output, and an export is a folder of files; name a folder")
    manifests = existing_manifests(with_live_customers(options), folder)
    with connect(options, manifests) as session, progress.reading(session.stats):
        exported = export(session, asked.export.wanted(), folder, dry=asked.dry_run)
    used = {"environment": asked.manifests.environment or "", "profile": asked.connection.profile or ""}
    text = export_text(exported, session.identity, folder, asked.output.style(), **used)
    asked.output.print(export_document(exported, session.identity), text)
    if proposal := sets_proposal(exported):
        say(proposal)
    progress.end(session.stats)
    return 1 if exported.left_out else 0
