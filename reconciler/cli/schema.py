"""``reconciler schema``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click


@click.command("schema")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), help="Write every schema to this folder.")
def command(**given: Any) -> int:
    """Print the manifests' JSON Schema (draft 2020-12), for editors and other tools."""
    from reconciler.manifests.schemas import schema_folder, schema_path

    if given["out"] is None:
        click.echo(schema_path("manifest").read_text(encoding="utf-8"), nl=False)
        return 0
    try:
        given["out"].mkdir(parents=True, exist_ok=True)
        for path in sorted(schema_folder().glob("*.schema.json")):
            (given["out"] / path.name).write_text(path.read_text(encoding="utf-8"), encoding="utf-8")
            click.echo(str(given["out"] / path.name))
    except OSError as error:
        raise click.ClickException(f"--out {given['out']}: cannot be written: {error.strerror}") from None
    return 0
