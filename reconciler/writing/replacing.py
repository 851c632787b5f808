"""Replacing a file: as a whole or not at all, even on a full disk and when the process is killed."""

from __future__ import annotations

import errno
import os
import stat
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NOT_REPLACEABLE = frozenset({errno.EBUSY, errno.EXDEV, errno.EACCES, errno.EPERM, errno.EROFS})
"""Errors for a file that can be written but not replaced: it is a mount of its own, or its folder is read-only."""
UNSYNCABLE = frozenset({errno.EINVAL, errno.ENOTSUP, errno.EROFS})
"""Errors for files that cannot be flushed to a disk."""
PRIVATE = 0o600
PUBLIC = 0o666
"""The umask removes some of these rights."""
TRIAL = b"\0" * 4096
NO_FOLLOW: int = getattr(os, "O_NOFOLLOW", 0)
BINARY: int = getattr(os, "O_BINARY", 0)


@dataclass(frozen=True, slots=True)
class _Folder:
    """An open folder. While it is open, nobody can put another folder or a link in its place.

    On systems that cannot open files relative to a folder (Windows), ``number`` is ``None`` and paths are used.
    """

    path: Path
    number: int | None

    def name(self, name: str) -> str:
        return name if self.number is not None else str(self.path / name)

    def open(self, name: str, flags: int, mode: int = PUBLIC) -> int:
        return os.open(self.name(name), flags | NO_FOLLOW | BINARY, mode, dir_fd=self.number)

    def status(self, name: str) -> os.stat_result | None:
        with suppress(FileNotFoundError):
            return os.stat(self.name(name), dir_fd=self.number, follow_symlinks=False)
        return None

    def remove(self, name: str) -> None:
        with suppress(FileNotFoundError):
            os.unlink(self.name(name), dir_fd=self.number)

    def rename(self, old: str, new: str) -> None:
        os.replace(self.name(old), self.name(new), src_dir_fd=self.number, dst_dir_fd=self.number)


def replace(path: Path, data: bytes, *, private: bool = False) -> None:
    """Replace the content of a file; ``path`` contains no link. Raises ``OSError``; the old file is then unchanged.

    An existing file keeps its mode and owner. Only the owner can read a ``private`` file. A file that can be written
    but not replaced is written in place.
    """
    with _opened(path.parent) as folder:
        before = folder.status(path.name)
        try:
            _put(folder, path.name, data, before, private=private)
        except OSError as error:
            if before is None or error.errno not in NOT_REPLACEABLE:
                raise
            _overwrite(folder, path.name, data, private=private)


def check_replaceable(path: Path) -> None:
    """Raise the ``OSError`` that :func:`replace` would raise, as far as it is known in advance. Changes nothing."""
    with _opened(path.parent) as folder:
        before = folder.status(path.name)
        part = _part()
        try:
            number = folder.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE)
            try:
                _write(number, TRIAL)
            finally:
                os.close(number)
        except OSError as error:
            if before is None or error.errno not in NOT_REPLACEABLE:
                raise
            os.close(folder.open(path.name, os.O_RDWR))
        finally:
            folder.remove(part)


@contextmanager
def _opened(folder: Path) -> Iterator[_Folder]:
    """Open a folder name by name. Raises ``OSError`` if one of the names is a link."""
    if os.open not in os.supports_dir_fd:  # pragma: no cover - Windows
        yield _Folder(folder, None)
        return
    way: int | None = getattr(os, "O_PATH", None)
    flags = os.O_DIRECTORY | (os.O_RDONLY if way is None else way)
    # Without O_PATH, a folder can be opened only by who may read it, and parent folders are often unreadable.
    number = os.open(folder.anchor if way is not None else folder, flags)
    try:
        for name in folder.parts[1:] if way is not None else ():
            below = os.open(name, flags | NO_FOLLOW, dir_fd=number)
            os.close(number)
            number = below
        yield _Folder(folder, number)
    finally:
        os.close(number)


def _part() -> str:
    """Return a temporary name: short enough for every file system, and ignored by the search for manifests."""
    return f".reconciler-{os.urandom(6).hex()}.part"


def _put(folder: _Folder, name: str, data: bytes, before: os.stat_result | None, *, private: bool) -> None:
    """Write a new file beside the old one, then rename it to the old one's name."""
    part = _part()
    number = folder.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE if private or before else PUBLIC)
    try:
        try:
            _write(number, data)
            if before is not None:
                _copy_owner_and_mode(number, before, private=private)
            _flush(number)
        finally:
            os.close(number)
        folder.rename(part, name)
    finally:
        folder.remove(part)


def _copy_owner_and_mode(number: int, before: os.stat_result, *, private: bool) -> None:
    """Give a new file the owner and the mode of the old one, as far as the process may."""
    if not hasattr(os, "fchmod"):  # pragma: no cover - Windows
        return
    with suppress(PermissionError):
        os.fchown(number, before.st_uid, before.st_gid)
    os.fchmod(number, PRIVATE if private else stat.S_IMODE(before.st_mode))


def _overwrite(folder: _Folder, name: str, data: bytes, *, private: bool) -> None:
    """Write a file in place. Its space is reserved first, and its old content is restored if writing fails."""
    number = folder.open(name, os.O_RDWR)
    try:
        old = _read(number)
        try:
            if hasattr(os, "posix_fallocate") and data:
                with _unless_unsupported():
                    os.posix_fallocate(number, 0, len(data))
            _fill(number, data)
        except BaseException:
            with suppress(OSError):
                _fill(number, old)
            raise
        if private and hasattr(os, "fchmod"):
            with suppress(PermissionError):
                os.fchmod(number, PRIVATE)
    finally:
        os.close(number)


@contextmanager
def _unless_unsupported() -> Iterator[None]:
    """Ignore that a file system does not support an operation."""
    try:
        yield
    except OSError as error:
        if error.errno not in UNSYNCABLE:
            raise


def _fill(number: int, data: bytes) -> None:
    os.lseek(number, 0, os.SEEK_SET)
    _write(number, data)
    os.ftruncate(number, len(data))
    _flush(number)


def _flush(number: int) -> None:
    """Flush the file to the disk before it is renamed: a full disk may be reported only now."""
    with _unless_unsupported():
        os.fsync(number)


def _read(number: int) -> bytes:
    parts = []
    while part := os.read(number, 1 << 20):
        parts.append(part)
    return b"".join(parts)


def _write(number: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(number, view) :]
