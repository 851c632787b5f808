"""``reconciler export``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from reconciler import workflow
from reconciler.cli.options import set_up_log, style_of
from reconciler.cli.progress import Progress


@click.command("export")
@click.option(
    "--out", type=click.Path(path_type=Path, file_okay=False), default=Path(), metavar="DIR",
    help="The folder to write into (this one). Manifests that are in it are brought up to date.",
)  # fmt: skip
@click.option(
    "--customer", "customers", multiple=True, metavar="NAME", help="Only this customer (name or external ID)."
)
@click.option(
    "--integration", "integrations", multiple=True, metavar="NAME", help="Only instances of this integration."
)
@click.option("--label", "labels", multiple=True, metavar="LABEL", help="Only what carries this label.")
@click.option(
    "--target", "targets", multiple=True, metavar="ADDRESS",
    help="Only what gets this address, such as Instance/acme, and what it belongs to. Repeatable.",
)  # fmt: skip
@click.option("--full", is_flag=True, help="Write down defaults as well.")
@click.option("-e", "--environment", metavar="NAME", help="An environment of DIR's reconciler.yaml.")
@click.option("--profile", metavar="NAME", help="A profile of Prismatic's own command line tool.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help="What stdout carries.")
@click.option("--rate", type=click.FloatRange(0.1, 1000), default=15.0, help="Requests a second, at most.")
@click.option("--timeout", type=click.FloatRange(1), metavar="SECONDS", default=3600.0, help="Give up after so long.")
@click.option("-q", "--quiet", is_flag=True, help="No progress on stderr.")
@click.option("-v", "--verbose", count=True, help="Say more; -vv still more. Never a secret.")
@click.option("--no-color", is_flag=True, help="Plain text. NO_COLOR does the same.")
def command(**given: Any) -> int:
    """Write the tenant as manifests, and change nothing in it.

    One folder for each customer. Only what differs from the integrations' defaults is written down, and no secret:
    manifests take these from environment variables, which .env.example lists. Run it again to bring the manifests
    up to date: handles, comments and order stay as you edited them.
    """
    from reconciler.exporting.export import Wanted
    from reconciler.exporting.inventory import Narrowing
    from reconciler.exporting.summary import export_document, export_text
    from reconciler.reports.json_documents import to_json

    progress = Progress(given)
    set_up_log(given["verbose"])
    options = workflow.Options(
        environment=given["environment"],
        profile=given["profile"],
        rate=given["rate"],
        timeout=given["timeout"],
    )
    wanted = Wanted(
        Narrowing({
            "customer": given["customers"],
            "integration": given["integrations"],
            "label": tuple(label.lower() for label in given["labels"]),
        }),
        given["targets"],
        full=given["full"],
    )  # fmt: skip
    folder = given["out"]
    if str(folder) == "-":
        raise click.UsageError("--out - would be standard output, and an export is a folder of files; name a folder")
    manifests = workflow.existing_manifests(options, folder)
    with workflow.connect(options, manifests) as connection, progress.reading(connection.stats):
        exported = workflow.export(options, wanted, folder, manifests, connection)
    if given["form"] == "json":
        click.echo(to_json(export_document(exported, connection.identity)), nl=False)
    else:
        click.echo(export_text(exported, connection.identity, folder, style_of(given)), nl=False)
    progress.end(connection.stats)
    return 1 if exported.left_out else 0
