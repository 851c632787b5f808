"""``reconciler init``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from reconciler import workflow
from reconciler.cli.options.exports import export_options, wanted_of
from reconciler.cli.options.shared import set_up_log, stop_of_run, style_of
from reconciler.cli.run.progress import Progress


@click.command("init")
@click.argument("folder", metavar="[DIR]", type=click.Path(path_type=Path), default=Path())
@click.option("--name", metavar="NAME", help="What the project is called. Default: as the organization.")
@click.option(
    "-e", "--environment", metavar="NAME", default="production", help="What this tenant is called (production)."
)
@click.option(
    "--ci", type=click.Choice(["github", "gitlab", "none"]),
    help="Whose pipeline to write. Default: that of the remote in .git, else GitHub's.",
)  # fmt: skip
@click.option("--dry-run", is_flag=True, help="Tell what would be written, and write nothing.")
@export_options
def command(**given: Any) -> int:
    """Begin a repository with what is in the tenant, in DIR (this folder), and change nothing in the tenant.

    The project, the manifests, a pipeline, settings for editors and a README. What is in DIR already stays as it is.
    A project that is there is brought up to date by export instead.
    """
    from reconciler.scaffold.forge import Forge
    from reconciler.scaffold.outcome import Asked
    from reconciler.scaffold.summary import init_document, init_text
    from reconciler.text.printable import json_text

    progress = Progress(given)
    set_up_log(given["verbose"])
    connecting = workflow.ConnectionOptions(given["profile"], given["rate"], timeout=given["timeout"])
    options = workflow.Options(connection=connecting, stop=stop_of_run())
    forge = Forge(given["ci"]) if given["ci"] else None
    asked = Asked(given["environment"], given["name"], forge, given["dry_run"], given["profile"])
    folder = given["folder"]
    workflow.check_new(folder, asked)
    with workflow.connect(options) as session, progress.reading(session.stats):
        made = workflow.initialize(session, asked, wanted_of(given), folder)
    if given["form"] == "json":
        click.echo(json_text(init_document(made)), nl=False)
    else:
        click.echo(init_text(made, style_of(given)), nl=False)
    progress.end(session.stats)
    return 1 if made.exported.left_out else 0
