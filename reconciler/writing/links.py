"""Following links. In CI, links inside the checkout are refused.

A pull request may add a link to a file of the runner. A run that followed it would overwrite that file.
"""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import TYPE_CHECKING

from reconciler.writing.ci import checkouts, in_ci

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

MOST = 40
"""Links on the way to one file, at most: the limit of Linux."""


class LinkRefused(Exception):
    """A path contains a ``link`` that is part of the checkout."""

    def __init__(self, link: Path) -> None:
        super().__init__(str(link))
        self.link = link


def resolve(path: Path, environ: Mapping[str, str] = os.environ) -> Path:
    """Return the absolute path with all links resolved. Parts of it that do not exist stay as they are.

    In CI, raises ``LinkRefused`` for a link in the checkout: the file, one of its folders, or the target of another
    link. Raises ``OSError`` for links in a circle.
    """
    distrusted = _distrusted(environ) if in_ci(environ) else ()
    return _resolved_by_name(path, distrusted) if distrusted else Path(os.path.realpath(path))


def _distrusted(environ: Mapping[str, str]) -> Sequence[Path]:
    """Return the folders with files of a checkout: the service's, the repository's, and the current folder."""
    here = Path(os.path.realpath(Path.cwd()))
    named = [Path(os.path.realpath(folder)) for folder in checkouts(environ)]
    repositories = [folder for folder in (here, *here.parents) if (folder / ".git").exists()]
    return [folder for folder in dict.fromkeys([*named, *repositories, here]) if folder != Path(folder.anchor)]


def _resolved_by_name(path: Path, distrusted: Sequence[Path]) -> Path:
    """Resolve the path name by name, as the system does; ``..`` is the parent of a link's target, not of the link."""
    whole = Path(os.path.realpath(Path.cwd())) / path
    at, left, met = Path(whole.anchor), list(reversed(whole.parts[1:])), 0
    while left:
        name = left.pop()
        if name == "..":
            at = at.parent
            continue
        target = _target(at / name)
        if target is None:
            at /= name
            continue
        if any(at.is_relative_to(folder) for folder in distrusted):
            raise LinkRefused(at / name)
        met += 1
        if met > MOST:
            raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), str(path))
        at, left = (Path(target.anchor) if target.is_absolute() else at), left + list(reversed(_names(target)))
    return at


def _target(path: Path) -> Path | None:
    """Return the target of a link; ``None`` if the path is not a link, or does not exist."""
    try:
        return path.readlink()
    except (OSError, ValueError):
        return None


def _names(target: Path) -> Sequence[str]:
    return target.parts[1:] if target.is_absolute() else target.parts
