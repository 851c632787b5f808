"""``reconciler init``."""

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
from reconciler.exporting.summary import sets_proposal
from reconciler.scaffold.forge import Forge
from reconciler.scaffold.summary import Asked, init_document, init_text
from reconciler.workflow.exporting import check_new, initialize
from reconciler.workflow.session import connect


@dataclass(frozen=True, slots=True)
class InitArguments(RunArguments):
    new: Asked = field(default_factory=Asked)
    export: ExportOptions = field(default_factory=ExportOptions)


@click.command("init", cls=Command)
@click.argument("folder", metavar="[DIR]", type=click.Path(path_type=Path), default=Path())
@click.option("--name", metavar="NAME", help="The project's name. Default: the organization's name.")
@click.option(
    "-e", "--environment", "new_environment", metavar="NAME", default="production",
    help="The name of this tenant in reconciler.yaml (production).",
)  # fmt: skip
@click.option(
    "--ci", "forge", type=click.Choice(["github", "gitlab", "none"]),
    callback=lambda _context, _option, name: Forge(name) if name else None,
    help="The pipeline to write. Default: that of git's remote, or GitHub's.",
)  # fmt: skip
@click.option("--dry-run", is_flag=True, help="Show the files to write, and write nothing.")
@export_options
@takes(InitArguments)
def command(asked: InitArguments) -> int:
    """Write the tenant as a new repository into DIR (this folder), and change nothing in the tenant.

    It gets a project, manifests, a pipeline, settings for editors and a README. Existing files stay as they are. To
    update an existing project, use export.
    """
    progress = Progress(asked.output)
    check_new(asked.new)
    with connect(asked.options()) as session, progress.reading(session.stats):
        made = initialize(session, asked.new, asked.export.wanted())
    asked.output.print(init_document(made), init_text(made, asked.output.style()))
    if proposal := sets_proposal(made.exported):
        say(proposal)
    progress.end(session.stats)
    return 1 if made.exported.left_out else 0
