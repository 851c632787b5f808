"""``reconciler schema``."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import click

from reconciler.cli.options.forms import takes
from reconciler.cli.options.helping import Command
from reconciler.cli.options.shared import OutputOptions, RunArguments, verbose_option
from reconciler.cli.process.terminal import say
from reconciler.manifests.result import ManifestOptions
from reconciler.manifests.schema.schemas import schema_path
from reconciler.options import ConnectionOptions
from reconciler.text.escape import safe

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class SchemaArguments:
    out: Path | None = None
    online: bool = False
    files: tuple[str, ...] = ()
    environment: str | None = None
    profile: str | None = None
    output: OutputOptions = field(default_factory=OutputOptions)


@click.command("schema", cls=Command)
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), help="Write every schema to this folder.")
@click.option(
    "--online", is_flag=True,
    help="Read the tenant, so that editors complete its customers, roles, integrations and config variables.",
)  # fmt: skip
@click.option(
    "-f", "--file", "files", multiple=True, metavar="FILE|DIR|-",
    help="With --online: the manifests. Default: the project in this folder, if there is one.",
)  # fmt: skip
@click.option("-e", "--environment", metavar="NAME", help="With --online: an environment of reconciler.yaml.")
@click.option("--profile", metavar="NAME", help="With --online: a profile of Prismatic's own command line tool.")
@verbose_option
@takes(SchemaArguments)
def command(asked: SchemaArguments) -> int:
    """Print the manifests' JSON Schema (draft 2020-12), for editors and other tools."""
    _refuse_to_guess(asked)
    if asked.out is None:
        click.echo(schema_path("manifest").read_text(encoding="utf-8"), nl=False)
        return 0
    files, notes = _write(asked, asked.out)
    for path in files:
        click.echo(str(path))
    for note in notes:
        say(safe(note))
    return 0


def _refuse_to_guess(asked: SchemaArguments) -> None:
    if asked.online and asked.out is None:
        raise click.UsageError("--online writes files for editors; say where with --out DIR")
    online_only = {
        "--file": asked.files,
        "--environment": asked.environment,
        "--profile": asked.profile,
    }
    for option, value in online_only.items():
        if value and not asked.online:
            raise click.UsageError(f"{option} says which tenant; add --online")


def _write(asked: SchemaArguments, folder: Path) -> tuple[list[Path], Sequence[str]]:
    from reconciler.workflow.schemas import write_schemas
    from reconciler.workflow.session import connect
    from reconciler.workflow.validating import manifests_if_any, with_live_customers

    # Made here and not with the arguments: printing the schema works in a folder that was deleted.
    manifests = ManifestOptions(asked.files, asked.environment, without_secrets=True)
    options = RunArguments(manifests, ConnectionOptions(profile=asked.profile), asked.output).options()
    if not asked.online:
        return write_schemas(folder)
    with connect(options, manifests_if_any(with_live_customers(options))) as session:
        return write_schemas(folder, session)
