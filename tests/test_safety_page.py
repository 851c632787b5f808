"""docs/safety.md: every promise names tests that exist."""

from __future__ import annotations

import ast
import re

import pytest
from support.world import ROOT

TEXT = (ROOT / "docs" / "safety.md").read_text(encoding="utf-8")
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in TEXT.splitlines()
    if line.startswith("| ") and not line.startswith("| Promise")
]
SECTIONS = re.split(r"^## ", TEXT, flags=re.MULTILINE)[1:]


def functions(path: str) -> set[str]:
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0][:60])
def test_a_promise_is_held_by_tests_that_exist(row: list[str]) -> None:
    """Every file and every test that is named beside a promise is there, and one is, unless the row before tells it."""
    promise, _, held = row
    named = re.findall(r"`(tests/[\w./-]+)(?:::(\w+))?`", held)
    assert promise
    assert named or held.startswith("the same")
    for path, test in named:
        assert (ROOT / path).exists(), path
        assert not test or test in functions(path), test


def test_abbreviated_files_exist_too() -> None:
    """A file that is named without its folder is in the folder of the one before."""
    for folder, name in re.findall(r"`(tests/\w+)/test_\w+\.py`(?:, `(test_\w+\.py)`)", TEXT):
        assert (ROOT / folder / name).exists()


def test_every_section_makes_promises() -> None:
    """No section is prose alone."""
    assert [section.splitlines()[0] for section in SECTIONS if "\n| " not in section] == []


def test_every_section_says_against_whom_it_holds() -> None:
    """Each section names who cannot break its promises; the threat model describes them."""
    assert [section.splitlines()[0] for section in SECTIONS if "\n*Holds against " not in section] == []
