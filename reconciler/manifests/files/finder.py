"""The search for manifest files, and the reading of their text.

A folder is read with its subfolders: ``*.yaml`` and ``*.yml`` in the order of their names, without names that begin
with a dot. Only regular files are read, and no link out of the manifest tree is followed.
"""

from __future__ import annotations

import os
import stat
from codecs import BOM_UTF8
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from reconciler.manifests.files.git_folder import is_gits
from reconciler.manifests.files.unreadable_files import sealed_by
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.place import Place, place_at

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import TextIO

PROJECT_FILE = "reconciler.yaml"
PROJECT_FILES = (PROJECT_FILE, "reconciler.yml")
SUFFIXES = (".yaml", ".yml")
STDIN = "<stdin>"
STDIN_ARGUMENT = "-"
MEBIBYTE = 1024 * 1024
MAX_BYTES = 10 * MEBIBYTE
MAX_ENTRIES = 200_000
"""The entries that a search for manifests may visit, so that the search of a whole disk ends with a message."""


@dataclass(frozen=True, slots=True)
class File:
    """A file to read: its path, its name in messages, and the root of its manifest tree."""

    path: Path
    shown: str
    root: Path


@dataclass(slots=True)
class FileFinder:
    """Finds manifest files, each once; ``left_out`` are real paths of files that are not manifests (overlays).

    Paths are as the user wrote them, relative to ``cwd``; ``met`` counts the files found, with repetitions.
    """

    cwd: Path
    problems: list[Diagnostic]
    left_out: frozenset[Path] = frozenset()
    met: int = 0
    _seen: set[Path] = field(default_factory=set)
    _looked_at: int = 0

    def show(self, path: Path) -> str:
        """Return a path for messages: as the user wrote it, relative to the current folder where it lies inside."""
        plain = Path(os.path.normpath(path))
        return (
            str(plain.relative_to(self.cwd)) if plain.is_absolute() and plain.is_relative_to(self.cwd) else str(plain)
        )

    def files(self, path: Path, root: Path | None = None) -> Iterator[File]:
        """Yield the manifest files of a file or folder; ``root`` is the manifest tree, by default the folder itself."""
        target = self.cwd / path
        kind = file_kind(target)
        if kind == "folder":
            yield from self._folder(path, real_path(root or target), (real_path(target),), set())
        elif kind == "file":
            yield from self._once(path, real_path(target), real_path(root or target.parent))
        elif kind == "missing":
            self.problems.append(Diagnostic(f"{self.show(path)}: no such file or folder"))
        else:
            self._refuse(path, f"is {kind}; {_instead(kind)}")

    def _folder(self, folder: Path, root: Path, above: tuple[Path, ...], been: set[Path]) -> Iterator[File]:
        """Yield the files of a folder; ``been`` are the folders that this search has visited, also through links."""
        if above[-1] in been or self._looked_at > MAX_ENTRIES:
            return
        been.add(above[-1])
        try:
            entries = sorted(entry.name for entry in (self.cwd / folder).iterdir())
        except OSError as error:
            self._refuse(folder, f"cannot be read: {reason(error)}")
            return
        self._looked_at += len(entries)
        if self._looked_at > MAX_ENTRIES:
            self._refuse(folder, f"and what was searched before it hold more than {MAX_ENTRIES:,} files; name less")
            return
        for name in entries:
            if not name.startswith("."):
                yield from self._entry(folder / name, root, above, been)

    def _entry(self, entry: Path, root: Path, above: tuple[Path, ...], been: set[Path]) -> Iterator[File]:
        target = self.cwd / entry
        kind = file_kind(target)
        if kind != "folder" and not entry.name.endswith(SUFFIXES):
            return
        if kind == "missing":
            self._refuse(entry, "is a link to a file that does not exist; correct the link or delete it")
        elif kind not in {"file", "folder"}:
            self._refuse(entry, f"is {kind}; {_instead(kind)}")
        elif (real := real_path(target)) in self.left_out:
            return
        elif not real.is_relative_to(root):
            self._refuse(entry, f"is a link out of the manifest tree ({self.show(root)}); name its target with -f")
        elif is_gits(real.relative_to(root).parts):
            self._refuse(entry, "is a link into git's own folder, which holds credentials and no manifests")
        elif kind == "file":
            yield from self._once(entry, real, root)
        elif real in above:
            self._refuse(entry, "is a link to a folder that holds it, a loop; delete the link")
        else:
            yield from self._folder(entry, root, (*above, real), been)

    def _once(self, path: Path, real: Path, root: Path) -> Iterator[File]:
        self.met += 1
        if real not in self._seen:
            self._seen.add(real)
            yield File(self.cwd / path, self.show(path), root)

    def _refuse(self, path: Path, message: str) -> None:
        shown = self.show(path)
        self.problems.append(Diagnostic(f"{shown} {message}", Place(shown)))


def real_path(path: Path) -> Path:
    """Return the path with its links followed; a loop of links and an invalid path are returned unchanged."""
    try:
        return Path(os.path.realpath(path))
    except ValueError:  # a NUL, which no file's name can have
        return path


def file_kind(path: Path) -> str:
    """Return ``file``, ``folder``, ``missing``, or words for anything else, such as ``a pipe``."""
    try:
        mode = path.stat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        return "missing"
    except (OSError, ValueError) as error:
        return f"nothing that can be read ({reason(error)})"
    if stat.S_ISDIR(mode):
        return "folder"
    if stat.S_ISREG(mode):
        return "file"
    return "a pipe" if stat.S_ISFIFO(mode) else "a device" if stat.S_ISCHR(mode) or stat.S_ISBLK(mode) else "a socket"


def reason(error: Exception) -> str:
    """Return the system's reason, without the path."""
    said = getattr(error, "strerror", None) or str(error)
    return said[:1].lower() + said[1:]


def _instead(kind: str) -> str:
    return "send manifests to standard input with -f -" if kind == "a pipe" else "name a file or a folder"


def read_text(file: File, problems: list[Diagnostic]) -> str | None:
    """Return a file's text; ``None`` after reporting why it cannot be read."""
    try:
        with file.path.open("rb") as stream:
            data = stream.read(MAX_BYTES + 1)
    except OSError as error:
        problems.append(Diagnostic(f"the file cannot be read: {reason(error)}", Place(file.shown)))
        return None
    return decoded(data, file.shown, problems)


def read_stream(stream: TextIO, problems: list[Diagnostic]) -> str | None:
    """Return the text of standard input; ``None`` after reporting why it cannot be read."""
    return decoded(read_bytes(stream), STDIN, problems)


def read_bytes(stream: TextIO) -> bytes:
    """Return the bytes of standard input, at most one more than allowed."""
    binary = getattr(stream, "buffer", None)
    data: bytes = binary.read(MAX_BYTES + 1) if binary else stream.read(MAX_BYTES + 1).encode("utf-8", "surrogatepass")
    return data


def decoded(data: bytes, shown: str, problems: list[Diagnostic]) -> str | None:
    """Return UTF-8 as text, without a byte order mark; ``None`` after reporting why it is none."""
    if len(data) > MAX_BYTES:
        problems.append(Diagnostic(f"the file is larger than {MAX_BYTES // MEBIBYTE} MiB; split it", Place(shown)))
        return None
    sealed = sealed_by(data)
    if sealed:
        problems.append(Diagnostic(f"the file {sealed}", Place(shown)))
        return None
    if data[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        problems.append(Diagnostic("the file is UTF-16; save it as UTF-8", Place(shown)))
        return None
    try:
        return data.removeprefix(BOM_UTF8).decode("utf-8")
    except UnicodeDecodeError as error:
        before = error.object[: error.start].decode("utf-8")
        place = place_at(before, len(before), shown)
        problems.append(Diagnostic("the file is not UTF-8 from here on; save it as UTF-8", place))
        return None
