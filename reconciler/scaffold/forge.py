"""The forge and the root of a folder's git repository."""

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
"""Branch names without a special meaning in YAML or in GitHub's patterns."""


class Forge(StrEnum):
    """The forge whose pipeline is written."""

    GITHUB = "github"
    GITLAB = "gitlab"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Checkout:
    """A folder's git repository; ``root`` is ``None`` without a repository or without git."""

    root: Path | None
    remote: str = ""
    branch: str = "main"
    """The deployed branch: the remote's default, or the current one where nothing was pushed yet."""

    @property
    def forge(self) -> Forge:
        """The forge of the remote; GitHub unless a file or the remote's address points to GitLab."""
        there = self.root is not None and (self.root / ".gitlab-ci.yml").exists()
        return Forge.GITLAB if there or "gitlab" in self.remote.lower() else Forge.GITHUB

    def has_below(self, folder: Path) -> bool:
        """Return whether a folder lies in the repository, below its root."""
        return self.root is not None and self.root.resolve() != folder.resolve()

    def forge_for(self, folder: Path, asked: Forge | None) -> Forge:
        """Return the forge whose pipeline a folder gets; raises ``UsageError`` where that forge would not read it."""
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
        done = subprocess.run(  # noqa: S603 - a program found on PATH, its arguments our own
            [git, *arguments], cwd=folder, capture_output=True, text=True, timeout=SECONDS, check=False
        )
    except (OSError, subprocess.SubprocessError, UnicodeDecodeError):
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""
