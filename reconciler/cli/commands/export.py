"""``reconciler export``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from reconciler import workflow
from reconciler.cli.options.exports import export_options, wanted_of
from reconciler.cli.options.shared import set_up_log, stop_of_run, style_of
from reconciler.cli.run.progress import Progress
from reconciler.manifests.result import ManifestOptions


@click.command("export")
@click.option(
    "--out", type=click.Path(path_type=Path, file_okay=False), default=Path(), metavar="DIR",
    help="The folder to write into (this one). Manifests that are in it are brought up to date.",
)  # fmt: skip
@click.option("-e", "--environment", metavar="NAME", help="An environment of DIR's reconciler.yaml.")
@export_options
def command(**given: Any) -> int:
    """Write the tenant as manifests, and change nothing in it.

    One folder for each customer. Only what differs from the integrations' defaults is written down, and no secret:
    secrets are left out, or with --secrets reference taken from environment variables, which .env.example lists. Run
    it again to bring the manifests up to date: handles, comments and order stay as you edited them.
    """
    from reconciler.exporting.summary import export_document, export_text
    from reconciler.text.printable import json_text

    progress = Progress(given)
    set_up_log(given["verbose"])
    options = workflow.Options(
        ManifestOptions(environment=given["environment"]),
        workflow.ConnectionOptions(given["profile"], given["rate"], timeout=given["timeout"]),
        stop=stop_of_run(),
    )
    folder = given["out"]
    if str(folder) == "-":
        raise click.UsageError("--out - would be standard output, and an export is a folder of files; name a folder")
    manifests = workflow.existing_manifests(options, folder)
    with workflow.connect(options, manifests) as session, progress.reading(session.stats):
        exported = workflow.export(session, wanted_of(given), folder)
    if given["form"] == "json":
        click.echo(json_text(export_document(exported, session.identity)), nl=False)
    else:
        click.echo(export_text(exported, session.identity, folder, style_of(given)), nl=False)
    progress.end(session.stats)
    return 1 if exported.left_out else 0
