"""The contributor guide and the Makefile agree with the repository."""

from __future__ import annotations

import os
import re
import subprocess
from typing import TYPE_CHECKING

import pytest
import yaml
from planning.plan_cases import case_of, play
from support.world import ROOT

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
TARGETS = re.findall(r"^\.PHONY: (.*)$", MAKEFILE, re.MULTILINE)[0].split()
GUIDE = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
PAGES = [ROOT / ".ci" / "run", *sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])]
SETTINGS = r"(?:[A-Z_]+=\S+ )*"


def _commands(path: Path) -> str:
    """Return the lines of a page that are commands or code; a script is nothing else."""
    text = path.read_text(encoding="utf-8")
    if path.suffix != ".md":
        return text
    blocks = re.findall(r"```\w*\n(.*?)```", text, re.DOTALL)
    return "\n".join([*blocks, *re.findall(r"`([^`\n]+)`", text)])


def _targets(path: Path) -> set[str]:
    """Return the targets of make that a page names."""
    return set(re.findall(rf"^\s*(?:\$ )?{SETTINGS}make {SETTINGS}([a-z][a-z-]*)", _commands(path), re.MULTILINE))


def _help() -> Mapping[str, str]:
    """Return what ``make help`` prints: what each target is for."""
    environ = {key: value for key, value in os.environ.items() if not key.startswith(("MAKE", "MFLAGS"))}
    command = ["make", "--no-print-directory", "help"]
    printed = subprocess.run(command, cwd=ROOT, env=environ, check=True, capture_output=True, text=True).stdout
    return dict(re.findall(r"^make (\S+) +(\S.*)$", printed, re.MULTILINE))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_target_that_is_named_exists(page: Path) -> None:
    """A page names no target that the Makefile does not have."""
    assert _targets(page) <= set(TARGETS)


def test_targets_are_found_where_they_are_named() -> None:
    """The README names the targets of its first two minutes, and the guide those of a first change."""
    assert {"demo", "test"} <= _targets(ROOT / "README.md")
    assert {"setup", "help", "test-room", "format", "lint", "test"} <= _targets(ROOT / "CONTRIBUTING.md")


def test_make_help_lists_every_target() -> None:
    """Each target has its line, and nothing else has one."""
    assert list(_help()) == TARGETS


def test_each_target_is_made_by_a_rule() -> None:
    """What is declared as a target has a rule, and each rule with a name of its own is declared."""
    assert re.findall(r"^([a-z][a-z-]*):", MAKEFILE, re.MULTILINE) == TARGETS


def test_the_guide_knows_every_room() -> None:
    """The guide has a line on each package and on each folder of tests, and on none that is not there."""
    rooms = {path.name for path in (ROOT / "reconciler").iterdir() if (path / "__init__.py").exists()}
    told = {name for names in re.findall(r"^\| (`reconciler/.*?) \|", GUIDE, re.MULTILINE) for name in _named(names)}
    assert told == rooms
    tests = {path.parent.name for path in (ROOT / "tests").glob("*/test_*.py")}
    assert set(re.findall(r"tests/(\w+)/", GUIDE)) - {"support"} >= tests
    assert set(re.findall(r"ROOM=(\w+)", GUIDE)) <= tests


def _named(cell: str) -> list[str]:
    return re.findall(r"`reconciler/(\w+)/`", cell)


def test_the_first_change_is_green(tmp_path: Path) -> None:
    """The planner's case that the guide walks through is what it says, once its two parts are put together."""
    file = tmp_path / "customer-two-fields.yaml"
    file.write_text("".join(re.findall(r"```yaml\n(.*?)```", GUIDE, re.DOTALL)[:2]), encoding="utf-8")
    case = case_of(file)
    assert play(case, tmp_path).told == case.expected


@pytest.mark.parametrize("name", sorted(set(re.findall(r"`((?:tests|reconciler|schemas|docs)/[\w./-]+)`", GUIDE))))
def test_every_place_that_the_guide_names_is_there(name: str) -> None:
    """A file or folder that the guide names exists."""
    assert (ROOT / name).exists()


def test_the_checks_before_a_commit_need_no_network() -> None:
    """The hooks run the project's own tools."""
    hooks = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))
    assert {source["repo"] for source in hooks["repos"]} == {"local"}
    assert {hook["language"] for source in hooks["repos"] for hook in source["hooks"]} == {"system"}
