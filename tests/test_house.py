"""Rules about the source that no linter checks."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "reconciler"
ROOMS = ("planning", "applying", "verifying", "rollouts")
PIPELINE = sorted(path for room in ROOMS for path in (PACKAGE / room).rglob("*.py"))
SOURCES = sorted(PACKAGE.rglob("*.py"))
LONGEST = 450


@pytest.mark.parametrize("path", PIPELINE, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_the_pipeline_never_names_a_kind(path: Path) -> None:
    """Planning, applying, verifying and rollouts know kinds by their interface alone."""
    assert not re.search(r"\b(Customer|User|Instance)\b", path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("folder", ["alert_monitor", "event_webhook", "log_stream"])
def test_a_kind_is_its_folder_and_nothing_else_in_the_product(folder: str) -> None:
    """No file outside of the kind's own folder names one of the newest kinds, but what is about the API itself."""
    homes = (
        PACKAGE / "kinds" / folder,
        PACKAGE / "sandbox",
        *((PACKAGE / "doctor" / name) for name in ("probed", "writing")),
    )
    written = [path for path in SOURCES if not path.name.endswith("operations.py")]
    others = [path for path in written if not any(path.is_relative_to(home) for home in homes)]
    named = re.compile(folder.replace("_", ".?"), re.IGNORECASE)
    assert not [path for path in others if named.search(path.read_text(encoding="utf-8"))]


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_files_stay_about_one_thing(path: Path) -> None:
    """No file is so long that it must be about several things, and each says what it is about."""
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= LONGEST
    assert ast.get_docstring(ast.parse(text))


@pytest.mark.parametrize("path", sorted((ROOT / "tests").rglob("test_*.py")), ids=lambda path: path.stem)
def test_every_test_states_a_behaviour(path: Path) -> None:
    """Each test module and each test says in its docstring what it shows."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert ast.get_docstring(tree)
    tests = [node for node in ast.walk(tree) if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))]
    silent = [node.name for node in tests if node.name.startswith("test_") and not ast.get_docstring(node)]
    assert not silent
