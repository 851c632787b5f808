"""``reconciler init``."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import click

from reconciler.cli.options.exports import ExportOptions, export_options
from reconciler.cli.options.forms import takes
from reconciler.cli.options.shared import OutputOptions, options_of_run
from reconciler.cli.run.progress import Progress
from reconciler.manifests.result import ManifestOptions
from reconciler.options import ConnectionOptions
from reconciler.workflow.exporting import check_new, initialize
from reconciler.workflow.session import connect


@dataclass(frozen=True, slots=True)
class InitArguments:
    """What ``init`` takes; ``environment`` is the name of a new one."""

    folder: Path = Path()
    name: str | None = None
    environment: str = "production"
    ci: str | None = None
    dry_run: bool = False
    export: ExportOptions = field(default_factory=ExportOptions)
    connection: ConnectionOptions = field(default_factory=ConnectionOptions)
    output: OutputOptions = field(default_factory=OutputOptions)


@click.command("init")
@click.argument("folder", metavar="[DIR]", type=click.Path(path_type=Path), default=Path())
@click.option("--name", metavar="NAME", help="The project's name. Default: the organization's name.")
@click.option(
    "-e",
    "--environment",
    metavar="NAME",
    default="production",
    help="The name of this tenant in reconciler.yaml (production).",
)
@click.option(
    "--ci", type=click.Choice(["github", "gitlab", "none"]),
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
    from reconciler.scaffold.forge import Forge
    from reconciler.scaffold.outcome import Asked
    from reconciler.scaffold.summary import init_document, init_text
    from reconciler.text.escape import json_text

    progress = Progress(asked.output)
    options = options_of_run(ManifestOptions(), asked.connection, verbose=asked.output.verbose)
    forge = Forge(asked.ci) if asked.ci else None
    wanted = Asked(asked.environment, asked.name, forge, asked.dry_run, asked.connection.profile)
    check_new(asked.folder, wanted)
    with connect(options) as session, progress.reading(session.stats):
        made = initialize(session, wanted, asked.export.wanted(), asked.folder)
    if asked.output.form == "json":
        click.echo(json_text(init_document(made)), nl=False)
    else:
        click.echo(init_text(made, asked.output.style()), nl=False)
    progress.end(session.stats)
    return 1 if made.exported.left_out else 0
