"""docs/sets.md: its files and its commands are real."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from click.testing import CliRunner
from support.world import ROOT

from reconciler.cli.main import cli

if TYPE_CHECKING:
    from pathlib import Path

    import pytest
    from support.world import World

PAGE = (ROOT / "docs" / "sets.md").read_text(encoding="utf-8")
FILES = re.findall(r"`([a-z]+\.(?:yaml|csv))`:\n\n```\w+\n(.*?)```", PAGE, re.DOTALL)


def written(folder: Path) -> None:
    """Write the files of the page."""
    assert [name for name, _ in FILES] == ["customers.yaml", "inventory.yaml", "values.csv"]
    for name, text in FILES:
        (folder / name).write_text(text, encoding="utf-8")


def test_the_commands_of_the_page_print_what_it_shows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each command of the page prints exactly the lines below it."""
    written(tmp_path)
    monkeypatch.chdir(tmp_path)
    blocks = re.findall(r"```console\n\$ reconciler (.*?)\n(.*?)```", PAGE, re.DOTALL)
    assert blocks
    for command, expected in blocks:
        result = CliRunner().invoke(cli, command.split())
        assert (result.exit_code, result.stdout) == (0, expected)


def test_the_set_of_the_page_converges(world: World, tmp_path: Path) -> None:
    """The set of the page is applied to the sandbox, and the next plan is empty."""
    written(tmp_path)
    world.apply(tmp_path)
    assert world.plan(tmp_path).empty


def test_the_message_of_the_page_is_a_real_one(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A misspelt value gives the message of the page, but for the part that it leaves out."""
    written(tmp_path)
    path = tmp_path / "inventory.yaml"
    path.write_text(path.read_text().replace("${values.warehouse}", "${values.warehouze}"), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(cli, ["validate", "-f", "."])
    start, end = re.findall(r"    (inventory.yaml:.*) … (.*)", PAGE)[0]
    lines = (result.stderr or str(result.exception)).splitlines()
    assert result.exit_code == 1
    assert [line for line in lines if line.startswith(start) and line.endswith(end)], lines
