"""Which commit was applied."""

from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest
from support.needs import needs_git

from reconciler.receipts.revision import VARIABLES, find_revision

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("name", VARIABLES)
def test_the_ci_system_tells_the_commit(name: str, tmp_path: Path) -> None:
    """Each system's variable is taken, and what is no name of a commit is not."""
    assert find_revision({name: "1a2b3c"}, tmp_path) == "1a2b3c"
    assert find_revision({name: "\x1b[31m"}, tmp_path) is None


@needs_git
def test_git_tells_the_commit(tmp_path: Path) -> None:
    """Outside of CI git is asked; where there is no repository, nobody knows."""
    assert find_revision({}, tmp_path) is None
    commands = ("init -q", "-c user.name=a -c user.email=a@b.example commit -q --allow-empty -m first")
    for command in commands:
        subprocess.run(["git", *command.split()], cwd=tmp_path, check=True)
    told = subprocess.run(["git", "rev-parse", "HEAD"], cwd=tmp_path, check=True, capture_output=True, text=True)
    assert find_revision({}, tmp_path) == told.stdout.strip()


def test_without_git_nothing_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine without git, or a git that fails, is no error."""
    monkeypatch.setattr(shutil, "which", lambda _: None)
    assert find_revision({}, tmp_path) is None
    monkeypatch.setattr(shutil, "which", lambda _: str(tmp_path / "nothing"))
    assert find_revision({}, tmp_path) is None
