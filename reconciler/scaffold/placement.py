"""Files into a folder: new ones are written, what is there stays, conflicts are found before anything is written."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from reconciler.errors import UsageError
from reconciler.manifests.files.finder import SUFFIXES
from reconciler.scaffold.files import FileRole
from reconciler.scaffold.project_file import MANIFESTS
from reconciler.writing.output import Output

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Sequence
    from pathlib import Path

    from reconciler.scaffold.files import NewFile


@dataclass(slots=True)
class Placement:
    """What comes of each file: written, kept (with what to know about that), or there already, just as it is."""

    write: list[NewFile] = field(default_factory=list)
    kept: list[tuple[str, str]] = field(default_factory=list)
    same: list[str] = field(default_factory=list)


def place(root: Path, files: Sequence[NewFile]) -> Placement:
    """Decide what comes of each file; raises ``UsageError`` where manifests cannot come, with nothing written."""
    in_the_way = occupied(root, [file for file in files if file.part is FileRole.MANIFESTS])
    in_the_way += _strangers(root, {file.path for file in files})
    if in_the_way:
        listed = ", ".join(in_the_way[:5]) + (f" and {len(in_the_way) - 5} more" if len(in_the_way) > 5 else "")
        raise UsageError(f"{root}: there is something else at {listed}; move it away, or name another folder")
    placement = Placement()
    for file in files:
        if _taken(root, file) and file.part is not FileRole.SECRETS:
            placement.kept.append((file.path, file.if_kept))
        elif _holds(root / file.path, file.text):
            placement.same.append(file.path)
        else:
            placement.write.append(file)
    return placement


def occupied(root: Path, files: Iterable[NewFile]) -> list[str]:
    """Return the paths in whose place there is something else."""
    return [file.path for file in files if _taken(root, file)]


def _strangers(root: Path, ours: Container[str]) -> list[str]:
    """Return what is among the manifests already, and would be taken for some."""
    there = sorted(path for path in (root / MANIFESTS).rglob("*") if path.suffix in SUFFIXES)
    return [name for name in (path.relative_to(root).as_posix() for path in there) if name not in ours]


def write(root: Path, files: Iterable[NewFile]) -> None:
    """Write files, each as a whole or not at all; raises ``UsageError``. Begun anew, it goes on where it ended."""
    files = list(files)
    for file in files:
        Output(str(root / file.path), root / file.path).resolved()
    for file in files:
        path = root / file.path
        text = file.text.replace("\n", "\r\n") if _ends_as_on_windows(path) else file.text
        try:
            Output(str(path), path).write(text, folders=True)
        except UsageError as error:
            raise UsageError(f"{error}; run the same again to go on from here") from None


def _taken(root: Path, file: NewFile) -> bool:
    """Say whether there is something else in the file's place, or in that of one of its folders."""
    path = root / file.path
    if _holds(path, file.text):
        return False
    above = [each for each in path.parents if each.is_relative_to(root)]
    return path.exists() or path.is_symlink() or any(each.exists() and not each.is_dir() for each in above)


def _ends_as_on_windows(path: Path) -> bool:
    """Say whether the lines of a file that is there end so, and are to go on to."""
    return path.is_file() and b"\r\n" in path.read_bytes()


def _holds(path: Path, text: str) -> bool:
    try:
        return path.is_file() and path.read_bytes() == text.encode()
    except OSError:
        return False
