"""Writing files into a folder: existing files stay, and conflicts are found before anything is written."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from reconciler.errors import UsageError
from reconciler.manifests.files.finder import SUFFIXES
from reconciler.scaffold.files import FileRole
from reconciler.scaffold.project_file import MANIFESTS
from reconciler.text.plural import listed
from reconciler.writing.output import Output

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Sequence
    from pathlib import Path

    from reconciler.scaffold.files import NewFile


@dataclass(slots=True)
class Placement:
    """The decision for each file: write it, keep the existing one (with advice), or leave an equal one."""

    write: list[NewFile] = field(default_factory=list)
    kept: list[tuple[str, str]] = field(default_factory=list)
    same: list[str] = field(default_factory=list)


def place(root: Path, files: Sequence[NewFile]) -> Placement:
    """Decide about each file; raises ``UsageError`` where a manifest conflicts with a file. Nothing is written."""
    in_the_way = occupied(root, [file for file in files if file.part is FileRole.MANIFESTS])
    in_the_way += _strangers(root, {file.path for file in files})
    if in_the_way:
        raise UsageError(
            f"{root}: there is something else at {listed(in_the_way, 5)}; move it away, or name another folder"
        )
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
    """Return the paths where something else exists."""
    return [file.path for file in files if _taken(root, file)]


def _strangers(root: Path, ours: Container[str]) -> list[str]:
    """Return the files in the manifests' folder that a run would read as manifests too."""
    there = sorted(path for path in (root / MANIFESTS).rglob("*") if path.suffix in SUFFIXES)
    return [name for name in (path.relative_to(root).as_posix() for path in there) if name not in ours]


def write(root: Path, files: Iterable[NewFile]) -> None:
    """Write files, each whole or not at all; raises ``UsageError``. The same call continues after a failure."""
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
    """Return whether something else exists at the file's path, or at that of one of its folders."""
    path = root / file.path
    if _holds(path, file.text):
        return False
    above = [each for each in path.parents if each.is_relative_to(root)]
    return path.exists() or path.is_symlink() or any(each.exists() and not each.is_dir() for each in above)


def _ends_as_on_windows(path: Path) -> bool:
    """Return whether an existing file has CRLF line ends, which are kept."""
    return path.is_file() and b"\r\n" in path.read_bytes()


def _holds(path: Path, text: str) -> bool:
    try:
        return path.is_file() and path.read_bytes() == text.encode()
    except OSError:
        return False
