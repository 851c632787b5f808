"""The state of the files that a run reads, by which it notices that somebody changes them meanwhile."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from reconciler.manifests.files.finder import PROJECT_FILES, STDIN_ARGUMENT, real_path

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

TreeState = frozenset[tuple[str, str]]
"""What identifies each file, by its path."""


def tree_state(arguments: Sequence[str], cwd: Path) -> TreeState:
    """Return the state of the files and folders that the arguments name; without any, of the current folder.

    Two states are equal if no file was written, replaced, added or removed, and no link was turned to something else.
    A project file stands for its folder. Git's own folder is left out.
    """
    paths = [cwd / argument for argument in arguments if argument != STDIN_ARGUMENT] or [cwd]
    roots = [path.parent if path.name in PROJECT_FILES else path for path in paths]
    return frozenset(entry for root in roots for entry in _entries(root, set()))


def _entries(path: Path, been: set[Path]) -> Iterator[tuple[str, str]]:
    """Yield the entries of a file, or of a folder with its subfolders; links are followed, each folder once."""
    real = real_path(path)
    yield str(path), f"{real} {_stamp(path)}"
    if not path.is_dir() or real in been:
        return
    been.add(real)
    try:
        names = os.listdir(path)  # noqa: PTH208 - a list, complete before the first of its files is looked at
    except OSError as error:
        yield str(path), str(error.errno)
        return
    for name in names:
        if name != ".git":
            yield from _entries(path / name, been)


def _stamp(path: Path) -> str:
    try:
        found = path.stat()
    except OSError as error:
        return f"error {error.errno}"
    return f"{found.st_dev} {found.st_ino} {found.st_size} {found.st_mtime_ns}"
