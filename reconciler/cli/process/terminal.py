"""What the terminal behind a stream can show, if there is one, and messages that fit it."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import click

from reconciler.text.wrapping import laid_out

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import TextIO

NARROWEST, USUAL = 20, 80
"""Columns below which a width is not believed, since some programs answer 0 or 1, and what is taken instead."""


def is_terminal(stream: TextIO | None) -> bool:
    return stream is not None and not stream.closed and stream.isatty()


def width_of(stream: TextIO | None) -> int | None:
    """Return the columns of the terminal behind a stream; ``None`` for a pipe or a file, where no line is broken."""
    if stream is None or not is_terminal(stream):
        return None
    stated = os.environ.get("COLUMNS", "")
    columns = int(stated) if stated.isascii() and stated.isdigit() else _columns_of(stream)
    return columns if columns >= NARROWEST else USUAL


def _columns_of(stream: TextIO) -> int:
    try:
        return os.get_terminal_size(stream.fileno()).columns
    except (OSError, ValueError):
        return USUAL


def coloured(stream: TextIO | None, environ: Mapping[str, str], *, refused: bool = False) -> bool:
    """Return whether to colour what a stream gets: ``refused`` (``--no-color``) decides first, then the environment.

    ``NO_COLOR`` (no-color.org) wins over ``FORCE_COLOR`` (force-color.org), which wins over the kind of terminal.
    """
    if refused or environ.get("NO_COLOR"):
        return False
    return forced(environ) or (is_terminal(stream) and not is_dumb(environ))


def forced(environ: Mapping[str, str]) -> bool:
    """Return whether colours are wanted also where there is no terminal, as in the log of a CI."""
    return environ.get("FORCE_COLOR", "") not in {"", "0", "false"}


def is_dumb(environ: Mapping[str, str]) -> bool:
    """Return whether the terminal can only print one character after the other."""
    return environ.get("TERM") == "dumb"


def say(message: str) -> None:
    """Print a message on stderr, with its lines broken at words where a terminal shows it."""
    click.echo(laid_out(message, width_of(sys.stderr)), err=True)
