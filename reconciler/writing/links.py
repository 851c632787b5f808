"""Where a path leads. Links are followed, but in CI none that the checkout holds: its author may not be trusted."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import TYPE_CHECKING

from reconciler.writing.ci import checkouts, in_ci

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

MOST = 40
"""Links on the way to one file; Linux follows as many."""


class LinkRefused(Exception):
    """A path leads through a link of the checkout; ``link`` is that link."""

    def __init__(self, link: Path) -> None:
        super().__init__(str(link))
        self.link = link


def followed(path: Path, environ: Mapping[str, str] = os.environ) -> Path:
    """Return the absolute path without links; what does not exist yet stays as it is written.

    In CI, raises ``LinkRefused`` where a link lies in the checkout, be it the file, one of its folders, or on the way
    of another link. Raises ``OSError`` for links in circles.
    """
    distrusted = _distrusted(environ) if in_ci(environ) else ()
    return _walked(path, distrusted) if distrusted else Path(os.path.realpath(path))


def _distrusted(environ: Mapping[str, str]) -> Sequence[Path]:
    """Return the folders that may hold files of somebody else's: the service's, the repository's, the current one."""
    here = Path(os.path.realpath(Path.cwd()))
    named = [Path(os.path.realpath(folder)) for folder in checkouts(environ)]
    repositories = [folder for folder in (here, *here.parents) if (folder / ".git").exists()]
    return [folder for folder in dict.fromkeys([*named, *repositories, here]) if folder != Path(folder.anchor)]


def _walked(path: Path, distrusted: Sequence[Path]) -> Path:
    """Follow the path name by name, as the system does; ``..`` is the folder above what a link leads to."""
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
    """Return where a link leads; ``None`` for what is no link, or does not exist."""
    try:
        return path.readlink()
    except (OSError, ValueError):
        return None


def _names(target: Path) -> Sequence[str]:
    return target.parts[1:] if target.is_absolute() else target.parts
