"""Which forge a folder's repository is on, and where its root is."""

from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from reconciler.errors import UsageError

SECONDS = 5
_BRANCH = re.compile(r"[A-Za-z][A-Za-z0-9_-]*(?:[./][A-Za-z0-9_-]+)*")
"""Names of branches that mean nothing else to YAML, or in a pattern of GitHub's."""


class Forge(StrEnum):
    """Whose pipeline is written."""

    GITHUB = "github"
    GITLAB = "gitlab"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Checkout:
    """What git tells of a folder: ``root`` is the repository's, ``None`` where there is none, or no git."""

    root: Path | None
    remote: str = ""
    branch: str = "main"
    """The one that is deployed: the remote's default, or where nothing was pushed yet the one that is checked out."""

    @property
    def forge(self) -> Forge:
        """The forge of the remote; GitHub, where nothing speaks for another."""
        there = self.root is not None and (self.root / ".gitlab-ci.yml").exists()
        return Forge.GITLAB if there or "gitlab" in self.remote.lower() else Forge.GITHUB

    def has_below(self, folder: Path) -> bool:
        """Say whether a folder lies in the repository, and is not its root."""
        return self.root is not None and self.root.resolve() != folder.resolve()

    def forge_for(self, folder: Path, asked: Forge | None) -> Forge:
        """Return whose pipeline a folder gets; raises ``UsageError`` where the forge asked for finds none there."""
        if not self.has_below(folder):
            return asked or self.forge
        if asked in {None, Forge.NONE}:
            return Forge.NONE
        raise UsageError(f"--ci {asked}: forges read pipelines at the repository's root alone, {self.root}")


def find_checkout(folder: Path) -> Checkout:
    """Ask git about a folder, which need not exist yet."""
    there = next(each for each in (folder, *folder.parents) if each.is_dir())
    root = _git(there, "rev-parse", "--show-toplevel")
    if not root:
        return Checkout(None)
    default = _git(there, "symbolic-ref", "--short", "refs/remotes/origin/HEAD").removeprefix("origin/")
    pushed = _git(there, "for-each-ref", "--count=1", "refs/remotes")
    branch = default or ("" if pushed else _git(there, "symbolic-ref", "--short", "HEAD"))
    usable = branch if _BRANCH.fullmatch(branch) else "main"
    return Checkout(Path(root), _git(there, "config", "--get", "remote.origin.url"), usable)


def _git(folder: Path, *arguments: str) -> str:
    git = shutil.which("git")
    if git is None:
        return ""
    try:
        told = subprocess.run(  # noqa: S603 - a program found on PATH, its arguments our own
            [git, *arguments], cwd=folder, capture_output=True, text=True, timeout=SECONDS, check=False
        )
    except (OSError, subprocess.SubprocessError, UnicodeDecodeError):
        return ""
    return told.stdout.strip() if told.returncode == 0 else ""
