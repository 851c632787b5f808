"""``reconciler lock``."""

from __future__ import annotations

import sys
from typing import Any

import click

from reconciler import workflow
from reconciler.cli.options.shared import set_up_log, stop_of_run, style_of
from reconciler.manifests.result import ManifestOptions


@click.command("lock")
@click.argument("names", metavar="[NAME]...", nargs=-1)
@click.option("--upgrade", is_flag=True, help="Move to the newest versions: of NAME, or of everything in the lock.")
@click.option(
    "-f", "--file", "files", multiple=True, metavar="FILE|DIR|-",
    help="Manifests: a file, a folder, or - for standard input. Default: what reconciler.yaml in this folder says.",
)  # fmt: skip
@click.option("-e", "--environment", metavar="NAME", help="An environment of reconciler.yaml.")
@click.option("--profile", metavar="NAME", help="A profile of Prismatic's own command line tool.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help="What stdout carries.")
@click.option("-v", "--verbose", count=True, help="Say more; -vv still more. Never a secret.")
@click.option("--no-color", is_flag=True, help="Plain text. NO_COLOR does the same.")
def command(**given: Any) -> int:
    """Write reconciler.lock: which version "latest" is, for each integration whose version a manifest leaves open.

    A new instance whose manifest names no version starts with it; one that is there stays on its own. What is locked
    stays until --upgrade, which tells what the newer version changes, and for which manifests.
    """
    from reconciler.locking.summary import lock_document, lock_text
    from reconciler.text.printable import json_text

    if given["names"] and not given["upgrade"]:
        raise click.UsageError("names say what to upgrade; add --upgrade")
    set_up_log(given["verbose"])
    reading = ManifestOptions(
        files=given["files"],
        environment=given["environment"],
        without_secrets=True,
        follow_lock=False,
        stdin=sys.stdin,
    )
    options = workflow.Options(reading, workflow.ConnectionOptions(given["profile"]), stop=stop_of_run())
    manifests = workflow.validate(options)
    with workflow.connect(options, manifests) as session:
        locked = workflow.lock(session, given["names"] if given["upgrade"] else None)
    if given["form"] == "json":
        click.echo(json_text(lock_document(locked)), nl=False)
    else:
        click.echo(lock_text(locked, style_of(given)), nl=False)
    return 0
