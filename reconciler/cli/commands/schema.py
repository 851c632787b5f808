"""``reconciler schema``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reconciler.workflow import WrittenSchemas


@click.command("schema")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), help="Write every schema to this folder.")
@click.option(
    "--online", is_flag=True,
    help="Read the tenant, so that an editor knows its customers, roles, integrations and their config variables.",
)  # fmt: skip
@click.option(
    "-f", "--file", "files", multiple=True, metavar="FILE|DIR|-",
    help="With --online: the manifests. Default: what reconciler.yaml in this folder says, if there is one.",
)  # fmt: skip
@click.option("-e", "--environment", metavar="NAME", help="With --online: an environment of reconciler.yaml.")
@click.option("--profile", metavar="NAME", help="With --online: a profile of Prismatic's own command line tool.")
@click.option("-v", "--verbose", count=True, help="Say more; -vv still more. Never a secret.")
def command(**given: Any) -> int:
    """Print the manifests' JSON Schema (draft 2020-12), for editors and other tools."""
    from reconciler.manifests.schema.schemas import schema_path
    from reconciler.text.escape import safe

    if given["online"] and given["out"] is None:
        raise click.UsageError("--online writes files for editors; say where with --out DIR")
    online_only = [name for name in ("files", "environment", "profile") if given[name] and not given["online"]]
    if online_only:
        raise click.UsageError(f"--{online_only[0].removesuffix('s')} says which tenant; add --online")
    if given["out"] is None:
        click.echo(schema_path("manifest").read_text(encoding="utf-8"), nl=False)
        return 0
    written = _write(given)
    for path in written.files:
        click.echo(str(path))
    for note in written.notes:
        click.echo(safe(note), err=True)
    return 0


def _write(given: Mapping[str, Any]) -> WrittenSchemas:
    from reconciler import workflow
    from reconciler.cli.options.shared import set_up_log, stop_of_run
    from reconciler.manifests.result import ManifestOptions

    set_up_log(given["verbose"])
    reading = ManifestOptions(
        files=given["files"], environment=given["environment"], without_secrets=True, stdin=sys.stdin
    )
    options = workflow.Options(reading, workflow.ConnectionOptions(given["profile"]), stop=stop_of_run())
    if not given["online"]:
        return workflow.write_schemas(given["out"])
    with workflow.connect(options, workflow.manifests_if_any(options)) as session:
        return workflow.write_schemas(given["out"], session)
