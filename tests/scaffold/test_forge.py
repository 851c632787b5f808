"""What git reveals about the folder of a new repository."""

from __future__ import annotations

import subprocess
from importlib.metadata import PackageNotFoundError
from typing import TYPE_CHECKING

import pytest
from support.needs import needs_git

from reconciler.scaffold import forge as module
from reconciler.scaffold import origin
from reconciler.scaffold.forge import Checkout, Forge, find_checkout

if TYPE_CHECKING:
    from pathlib import Path

IDENTITY = ("-c", "user.name=a", "-c", "user.email=a@b.example")


def git(folder: Path, *arguments: str) -> None:
    subprocess.run(["git", *arguments], cwd=folder, check=True, capture_output=True)


def test_without_git_nothing_is_known(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without git, or without its answer, the forge is GitHub and the branch main."""
    monkeypatch.setattr(module.shutil, "which", lambda _: None)
    assert find_checkout(tmp_path) == Checkout(None)
    monkeypatch.setattr(module.shutil, "which", lambda _: str(tmp_path / "not-there"))
    found = find_checkout(tmp_path / "new" / "folder")
    assert (found.root, found.forge, found.branch) == (None, Forge.GITHUB, "main")


@needs_git
def test_an_existing_pipeline_decides_the_forge(tmp_path: Path) -> None:
    """GitLab's pipeline file at the root, or GitLab in the remote's address, chooses GitLab."""
    git(tmp_path, "init", "-q")
    assert find_checkout(tmp_path).forge is Forge.GITHUB
    (tmp_path / ".gitlab-ci.yml").touch()
    assert find_checkout(tmp_path / "below").forge is Forge.GITLAB


@needs_git
@pytest.mark.parametrize("name", ["trunk", "release/2", "9lives", "a'b"])
def test_the_branch_is_the_remotes_default(tmp_path: Path, name: str) -> None:
    """In a clone the branch is the remote's default; a name that YAML could misread is not used."""
    (tmp_path / "origin").mkdir()
    git(tmp_path / "origin", "init", "-q", "-b", name)
    git(tmp_path / "origin", *IDENTITY, "commit", "-q", "--allow-empty", "-m", "first")
    git(tmp_path, "clone", "-q", "origin", "clone")
    git(tmp_path / "clone", "checkout", "-q", "-b", "a-branch-of-mine")
    expected = name if name in {"trunk", "release/2"} else "main"
    assert find_checkout(tmp_path / "clone").branch == expected


def test_a_program_that_is_not_installed_has_no_origin(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without an installation the pipelines have a placeholder."""

    def missing(name: str) -> object:
        raise PackageNotFoundError(name)

    monkeypatch.setattr(origin, "distribution", missing)
    assert origin.find_origin() == origin.UNKNOWN
