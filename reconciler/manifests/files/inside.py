"""Nothing that a project names lies outside its folder, or in git's own.

Whoever may change manifests may write any path into them, and put links into the repository. A path on the command line
is the operator's, and is free.
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
    """Say whether a value of an unchecked document can be looked up as a path at all, in any system."""
    return isinstance(value, str) and not any(unicodedata.category(each) in {"Cc", "Cs"} for each in value)


def path_problem(named: str, folder: Path, root: Path) -> str | None:
    """Return why a path must not be followed, to be continued after the path; ``None`` for one that may.

    ``named`` is as it is written, relative to ``folder``; ``root`` is what it must lie in, links followed. It need not
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
