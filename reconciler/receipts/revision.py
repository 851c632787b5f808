"""The commit of the manifests. It is recorded only if the manifest tree is clean: equal to the commit.

Git is asked only for the checked-out commit and its files. These commands refresh no index, run no hook, filter or file
system monitor, and fetch nothing, regardless of the repository's configuration. The contents are compared here.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from reconciler.manifests.files.finder import STDIN, real_path

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

OURS = "RECONCILER_REVISION"
"""The variable in which the user names the commit; it is not checked."""
VARIABLES = ("GITHUB_SHA", "CI_COMMIT_SHA", "BITBUCKET_COMMIT", "BUILD_SOURCEVERSION")
"""The variables of GitHub, GitLab, Bitbucket and Azure Pipelines, used without a repository to check."""
SECONDS = 10
_SAFE = re.compile(r"[A-Za-z0-9._/-]{1,100}")
_COMMIT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_DIRTY = re.compile(r"[-+._](dirty|modified|broken)$", re.IGNORECASE)
_LINK, _REPOSITORY = "120000", "160000"
"""Modes of links and of other repositories, whose files do not belong to this commit."""
_KEPT = ("PATH", "HOME", "XDG_CONFIG_HOME", "USERPROFILE", "SYSTEMROOT", "TEMP", "TMP")
"""The environment passed to git: no secret, and no GIT_* that would redirect it."""
_INERT = {
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_NO_LAZY_FETCH": "1",
    # No transport: a clone that lacks objects would fetch them, by a command that its configuration names.
    "GIT_ALLOW_PROTOCOL": "none",
    "GIT_TERMINAL_PROMPT": "0",
    "LC_ALL": "C",
}
_OPTIONS = (
    *("--no-pager", "--no-optional-locks", "--no-replace-objects", "--literal-pathspecs"),
    *("-c", "core.fsmonitor=false", "-c", f"core.hooksPath={os.devnull}"),
    # A CI job's checkout often belongs to another user; nothing in it is executed.
    *("-c", "safe.directory=*"),
)
MOST_FILES = 20_000
"""So many files are compared; a larger tree is not certain to be clean."""
MOST_PATHS = 100
"""So many folders are named to git; of more the whole commit is listed."""


def find_revision(
    environ: Mapping[str, str], files: Sequence[Path], roots: Iterable[Path] = (), ours: Path | None = None
) -> str | None:
    """Return the commit whose files were read, or ``None`` if that is not certain.

    ``files`` are all files read: each must equal the commit's. ``roots`` are the files and folders searched: every file
    that the commit has there must exist unchanged. ``ours`` is a file that reconciler itself writes, which does not
    count.
    """
    named = environ.get(OURS, "")
    if named:
        return named if _SAFE.fullmatch(named) and not _DIRTY.search(named) else None
    if not files or any(path.name == STDIN for path in files):
        return None
    home = _repository(files[0])
    if home is None:
        return next((environ[name] for name in VARIABLES if _SAFE.fullmatch(environ.get(name, ""))), None)
    git = shutil.which("git")
    if git is None or real_path(Path(git)).is_relative_to(home):
        return None
    try:
        return _Checkout(git, home, environ).commit_of(files, roots, ours)
    except (OSError, subprocess.SubprocessError, ValueError):
        return None


def _repository(file: Path) -> Path | None:
    """Return the folder of the repository that a file lies in."""
    return next((parent for parent in real_path(file).parents if os.path.lexists(parent / ".git")), None)


@dataclass(frozen=True, slots=True)
class _Entry:
    mode: str
    digest: str


@dataclass(frozen=True, slots=True)
class _Checkout:
    """A work tree, and the git to ask about it."""

    git: str
    home: Path
    environ: Mapping[str, str]

    def commit_of(self, files: Sequence[Path], roots: Iterable[Path], ours: Path | None) -> str | None:
        """Return the commit that is checked out, if the files are as it has them and none is missing."""
        top = self._ask("rev-parse", "--show-toplevel").rstrip("\n")
        if not top or real_path(Path(top)) != self.home:
            return None
        commit = self._ask("rev-parse", "--verify", "HEAD^{commit}").strip()
        names = [name for path in files for name in self._names(path)]
        searched = [self._name(real_path(path)) for path in roots]
        if not _COMMIT.fullmatch(commit) or None in names or None in searched:
            return None
        folders = {name.rpartition("/")[0] for name in names if name} | {name for name in searched if name is not None}
        entries = dict(self._entries(commit, folders))
        skipped = self._name(real_path(ours)) if ours else None
        looked_for = [name for name in entries if name != skipped and _is_below(name, searched)]
        if len(looked_for) > MOST_FILES:
            return None
        clean = all(name is not None and self._is_as_committed(name, entries) for name in {*names, *looked_for})
        return commit if clean else None

    def _names(self, path: Path) -> Iterator[str | None]:
        """Yield the name of a file within the repository, and of the target if it is a link."""
        own = Path(os.path.normpath(real_path(path.parent) / path.name))
        yield self._name(own)
        if real_path(path) != own:
            yield self._name(real_path(path))

    def _name(self, path: Path) -> str | None:
        if path == self.home:
            return ""
        return path.relative_to(self.home).as_posix() if path.is_relative_to(self.home) else None

    def _entries(self, commit: str, folders: Iterable[str]) -> Iterator[tuple[str, _Entry]]:
        """Yield the files that the commit has in the folders, by their names."""
        named = sorted(set(folders))
        paths = ["--", *named] if "" not in named and len(named) <= MOST_PATHS else []
        for line in self._ask("ls-tree", "-r", "-z", "--full-tree", commit, *paths).split("\0"):
            about, tab, name = line.partition("\t")
            if tab:
                mode, _, digest = about.split(" ")
                yield name, _Entry(mode, digest)

    def _is_as_committed(self, name: str, entries: Mapping[str, _Entry]) -> bool:
        entry = entries.get(name)
        path = self.home / name
        if entry is None or not os.path.lexists(path):
            return False
        if entry.mode == _REPOSITORY:
            return True
        if entry.mode == _LINK:
            return path.is_symlink() and _digest(os.fsencode(path.readlink()), entry) == entry.digest
        if path.is_symlink():
            return False
        content = path.read_bytes()
        # Git may have checked text out with other line ends.
        return entry.digest in {_digest(content, entry), _digest(content.replace(b"\r\n", b"\n"), entry)}

    def _ask(self, *arguments: str) -> str:
        """Return what git answers; raises an error when it fails."""
        given = {name: self.environ[name] for name in _KEPT if name in self.environ}
        path = {} if "PATH" in given else {"PATH": os.defpath}
        ran = subprocess.run(  # noqa: S603 - a program found on PATH, its arguments our own
            [self.git, *_OPTIONS, *arguments],
            cwd=self.home,
            env={**given, **path, **_INERT},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=SECONDS,
            check=True,
        )
        return os.fsdecode(ran.stdout)


def _digest(content: bytes, entry: _Entry) -> str:
    """Return git's name for a file's content, by the algorithm of the entry."""
    algorithm = hashlib.sha1 if len(entry.digest) == 40 else hashlib.sha256
    return algorithm(b"blob %d\0" % len(content) + content, usedforsecurity=False).hexdigest()


def _is_below(name: str, roots: Iterable[str | None]) -> bool:
    return any(root in ("", name) or name.startswith(f"{root}/") for root in roots)
