"""The files that a command is asked to write: checked before anything is sent, and written at the end."""

from __future__ import annotations

import errno
import os
import re
import stat
import sys
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reconciler.errors import UsageError
from reconciler.manifests.files.finder import file_kind
from reconciler.writing.links import LinkRefused, resolve
from reconciler.writing.replacing import check_replaceable, replace

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

STREAM = re.compile(r"/dev/(?:stdout|stderr|fd/\d+)|/proc/(?:self|\d+)/fd/\d+")
"""Names of files that are open already. Opened again, they would be overwritten from their beginning."""
STREAM_NUMBERS = {"/dev/stdout": 1, "/dev/stderr": 2}
NO_TERMINAL: int = getattr(os, "O_NOCTTY", 0)
NO_WAITING: int = getattr(os, "O_NONBLOCK", 0)
Identity = tuple[int, int] | str


@dataclass(frozen=True, slots=True)
class Output:
    """A file to write. ``name``, such as ``--out plan.json``, begins each message about it.

    ``private``: only its owner may read it. ``streams``: it may also be a pipe, a terminal or a device, which is
    written directly. A file is always replaced as a whole.
    """

    name: str
    path: Path
    private: bool = False
    streams: bool = False

    def resolved(self) -> Path:
        """Return the path with all links resolved. Raises ``UsageError`` for a refused link, and for ``-``."""
        if str(self.path) == "-":
            raise UsageError(f"{self.name}: '-' is standard output, which is for the result; name a file")
        try:
            return resolve(self.path)
        except LinkRefused as refused:
            raise UsageError(
                f"{self.name}: {refused.link} is a link, and in CI links of the checkout are not followed; delete the "
                "link, or name a file outside of the checkout"
            ) from None
        except (OSError, ValueError) as error:
            raise self._unwritable(error) from None

    def check(self) -> None:
        """Raise ``UsageError`` if the file cannot be written, as far as that is known in advance. Changes nothing."""
        target = self._target()
        try:
            if target is not None:
                check_replaceable(target)
            elif file_kind(self.path) != "a pipe":
                # A full device refuses even zero bytes. A pipe is not opened: that would wait for a reader.
                self._send(b"")
        except (OSError, ValueError) as error:
            raise self._unwritable(error) from None

    def write(self, data: str | bytes, *, folders: bool = False) -> None:
        """Write the data, and create missing ``folders`` first. Raises ``UsageError``; the old file is then unchanged.

        Half of a surrogate pair, which JSON strings may contain, is written as its escape.
        """
        content = data.encode("utf-8", "backslashreplace") if isinstance(data, str) else data
        target = self._target()
        try:
            if target is None:
                self._send(content)
                return
            if folders:
                target.parent.mkdir(parents=True, exist_ok=True)
            replace(target, content, private=self.private)
        except (OSError, ValueError) as error:
            raise self._unwritable(error) from None

    def identity(self) -> Identity | None:
        """Return what distinguishes the file from others; ``None`` for a stream, which several outputs may share.

        Raises ``UsageError`` like :meth:`resolved`.
        """
        target = self.resolved()
        if STREAM.fullmatch(str(self.path)):
            return None
        return identity_of(target) or (str(target) if file_kind(target) == "missing" else None)

    def _target(self) -> Path | None:
        """Return the file to replace, with all links resolved; ``None`` for a stream, which is written directly."""
        target = self.resolved()
        try:
            with suppress(FileNotFoundError, NotADirectoryError):
                self.path.stat()
        except (OSError, ValueError) as error:
            raise self._unwritable(error) from None
        kind = file_kind(self.path)
        if STREAM.fullmatch(str(self.path)) and kind in {"file", "missing"}:
            kind = "an open file" if kind == "file" else "closed"
        if kind == "folder":
            raise UsageError(f"{self.name}: cannot be written: it is a folder; expected the name of a file")
        if kind not in {"file", "missing"}:
            if self.streams and kind in {"a pipe", "a device", "an open file"} and not self._is_disk():
                return None
            raise UsageError(f"{self.name}: it is {kind}, which cannot be replaced; expected the name of a file")
        if kind == "file" and not os.access(target, os.W_OK):
            raise UsageError(f"{self.name}: cannot be written: it is read-only")
        return target

    def _send(self, data: bytes) -> None:
        """Write to a stream; raises ``OSError``."""
        number = self._open_number()
        own = number is not None
        if number is None:
            # Without this flag, opening a pipe waits until somebody reads it, perhaps for ever.
            number = os.open(self.path, os.O_WRONLY | NO_TERMINAL | NO_WAITING)
            if NO_WAITING:
                os.set_blocking(number, True)
        try:
            for stream in (sys.stdout, sys.stderr) if own else ():
                with suppress(OSError, ValueError, AttributeError):
                    stream.flush()
            view = memoryview(data)
            while True:
                view = view[os.write(number, view) :]
                if not view:
                    return
        finally:
            if not own:
                os.close(number)

    def _open_number(self) -> int | None:
        """Return the number of the open file that the path names; ``None`` if it is not open in this process."""
        text = str(self.path)
        if not STREAM.fullmatch(text) or (
            text.startswith("/proc/") and self.path.parts[2] not in {"self", str(os.getpid())}
        ):
            return None
        return STREAM_NUMBERS.get(text) or int(self.path.name)

    def _is_disk(self) -> bool:
        with suppress(OSError):
            return stat.S_ISBLK(self.path.stat().st_mode)
        return False

    def _unwritable(self, error: Exception) -> UsageError:
        if isinstance(error, OSError) and error.errno == errno.ENXIO:
            return UsageError(f"{self.name}: cannot be written: no process reads from this pipe")
        return UsageError(f"{self.name}: cannot be written: {getattr(error, 'strerror', None) or error}")


def identity_of(path: Path) -> tuple[int, int] | None:
    """Return what distinguishes an existing file from all others, by any name; ``None`` if it is not a file."""
    with suppress(OSError, ValueError):
        found = path.stat()
        return (found.st_dev, found.st_ino) if stat.S_ISREG(found.st_mode) else None
    return None


def check_distinct(outputs: Sequence[Output], inputs: Iterable[Path] = ()) -> None:
    """Raise ``UsageError`` if two outputs are the same file, an output is an input, or a link is refused."""
    problems = []
    first: dict[Identity, Output] = {}
    for output in outputs:
        try:
            identity = output.identity()
        except UsageError as error:
            problems.append(str(error))
            continue
        other = first.setdefault(identity, output) if identity else output
        if other is not output:
            problems.append(f"{output.name}: it is the same file as {other.name}; give each a file of its own")
    if any(isinstance(identity, tuple) for identity in first):
        for path in inputs:
            taken = first.get(identity_of(path) or "")
            if taken is not None:
                problems.append(f"{taken.name}: it would replace {path}, an input of this run; name another file")
    _raise_problems(problems)


def check_writable(outputs: Iterable[Output]) -> None:
    """Raise one ``UsageError`` for all outputs that cannot be written, as far as that is known in advance."""
    problems = []
    for output in outputs:
        try:
            output.check()
        except UsageError as error:
            problems.append(str(error))
    _raise_problems(problems)


def _raise_problems(problems: Sequence[str]) -> None:
    if problems:
        raise UsageError("\n".join(dict.fromkeys(problems)))
