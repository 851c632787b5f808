"""The man pages: fresh, complete, and valid for the programs that show them."""

from __future__ import annotations

import subprocess
from pathlib import Path
from shutil import which

import click
import pytest

from codegen.man_pages import man_pages
from reconciler.cli.main import COMMANDS, cli
from reconciler.cli.options.helping import Command

FOLDER = Path(__file__).resolve().parents[2] / "man"
PAGES = man_pages()


def test_the_pages_are_as_the_commands_are() -> None:
    """The pages that are kept are those that ``make generate`` would write, and no others."""
    assert {path.name: path.read_text(encoding="utf-8") for path in FOLDER.iterdir()} == PAGES


@pytest.mark.parametrize("name", COMMANDS)
def test_a_page_has_every_option_of_its_command(name: str) -> None:
    """Each command has a page, with each option that means something there."""
    command = cli.get_command(click.Context(cli), name)
    assert isinstance(command, Command)
    page = PAGES[f"reconciler-{name}.1"]
    for option in command.params:
        if isinstance(option, click.Option):
            listed = any(f"{flag}".replace("-", "\\-") in page for flag in option.opts)
            assert listed or command.silent.intersection(option.opts)


def test_the_page_of_the_program_has_every_command() -> None:
    """Who knows only the program's name finds all commands and exit codes."""
    page = PAGES["reconciler.1"]
    assert all(f"reconciler\\-{name}\\fP(1)" in page for name in COMMANDS)
    assert ".SH EXIT STATUS\n.TP\n0\n" in page


@pytest.mark.parametrize("name", PAGES)
def test_no_text_is_taken_for_an_instruction(name: str) -> None:
    """Of the lines that begin with a dot or an apostrophe, all are our instructions."""
    known = {".TH", ".ad", ".nh", ".SH", ".TP", ".PP", ".br", ".nf", ".fi"}
    marked = [line.split()[0] for line in PAGES[name].splitlines() if line.startswith((".", "'"))]
    assert set(marked) <= known


@pytest.mark.skipif(which("groff") is None, reason="no groff on this machine")
def test_groff_shows_the_pages_without_a_warning() -> None:
    """The program behind ``man`` has nothing to complain of."""
    groff = which("groff")
    assert groff
    command = [groff, "-man", "-Tutf8", "-ww", "-z", *map(str, sorted(FOLDER.iterdir()))]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")
