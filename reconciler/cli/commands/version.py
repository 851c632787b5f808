"""``reconciler version``."""

from __future__ import annotations

import click

from reconciler import __version__
from reconciler.cli.options.helping import Command


@click.command("version", cls=Command)
def command() -> int:
    """Print the version."""
    click.echo(__version__)
    return 0
