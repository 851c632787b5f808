"""``reconciler schema``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click


@click.command("schema")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), help="Write every schema to this folder.")
def command(**given: Any) -> int:
    """Print the manifests' JSON Schema (draft 2020-12), for editors and other tools."""
    from reconciler.manifests.schemas import schema_files

    files = schema_files()
    if given["out"] is None:
        click.echo(files["manifest.schema.json"], nl=False)
        return 0
    try:
        given["out"].mkdir(parents=True, exist_ok=True)
        for name, text in files.items():
            (given["out"] / name).write_text(text, encoding="utf-8")
            click.echo(str(given["out"] / name))
    except OSError as error:
        raise click.ClickException(f"--out {given['out']}: cannot be written: {error.strerror}") from None
    return 0
