"""The check that a path named in a manifest or project lies inside its folder, and outside git's.

Authors of manifests can write any path and add links to the repository. A path on the command line is the operator's,
and is not restricted.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from reconciler.manifests.files.finder import real_path
from reconciler.manifests.files.git_folder import is_gits

if TYPE_CHECKING:
    from pathlib import Path

OUTSIDE = "lies outside"
_DRIVE = re.compile(r"[A-Za-z]:")


def is_path(value: object) -> bool:
    """Return whether a value of an unchecked document can be a path on any system."""
    return isinstance(value, str) and not any(unicodedata.category(each) in {"Cc", "Cs"} for each in value)


def path_problem(named: str, folder: Path, root: Path) -> str | None:
    """Return why a path must not be followed, in words that follow the path; ``None`` for an allowed path.

    ``named`` is the path as written, relative to ``folder``. With links followed it must lie in ``root``; it need not
    exist.
    """
    if "\\" in named:
        return "has a backslash; write / between the names of folders"
    if named.startswith(("/", "~")) or _DRIVE.match(named):
        return "is not a relative path; write it relative to this file's folder"
    if is_gits(named.split("/")):
        return "is in git's own folder, which holds credentials and no manifests"
    real, inside = real_path(folder / named), real_path(root)
    if not real.is_relative_to(inside):
        return OUTSIDE
    if is_gits(real.relative_to(inside).parts):
        return "leads into git's own folder, which holds credentials and no manifests"
    return None
