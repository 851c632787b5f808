"""Standard output and standard error that never raise, even if they are closed, full or no longer read.

A run that has changed something must not end because somebody stopped reading. Output that cannot be written is
dropped, and the exit code reports it.
"""

from __future__ import annotations

import errno
import io
import os
import select
import sys
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import TextIO

OUT, ERR = 1, 2
OURS = sys.platform != "win32"
"""Whether bytes that are written to a terminal arrive there as they are; a console of Windows takes text."""


class Writer(io.BufferedWriter):
    """A writer to an open file. ``lost`` is the error because of which bytes were dropped, if any were.

    Bytes pass through Python's own buffer, so a signal that raises never causes bytes to be written twice.
    """

    def __init__(self, number: int, closed: OSError | None = None) -> None:
        super().__init__(io.FileIO(number, "w", closefd=False))
        self.lost: OSError | None = None
        self._refused = closed

    def write(self, data: Any, /) -> int:
        """Write the bytes, or keep the error; after an error, everything is dropped."""
        view = memoryview(data).cast("B")
        self.lost = self.lost or self._refused
        left = view
        while self.lost is None and left:
            try:
                left = left[super().write(left) :]
            except BlockingIOError as busy:
                left = left[busy.characters_written :]
                self._wait()
            except OSError as error:
                self.lost = error
        return len(view)

    def flush(self) -> None:
        """Write what is in the buffer."""
        while self.lost is None:
            try:
                super().flush()
            except BlockingIOError:
                self._wait()
            except OSError as error:
                self.lost = error
            else:
                return

    def _wait(self) -> None:
        """Wait for room: another program on the same terminal or pipe has set it to not block."""
        select.select([], [self.fileno()], [])


@dataclass(frozen=True, slots=True)
class Streams:
    """Both output streams of a process; ``None`` for one that somebody else has replaced."""

    out: Writer | None = None
    err: Writer | None = None

    def flush(self) -> None:
        """Write what is in the buffers, so that :attr:`lost_out` and :attr:`lost_err` are final."""
        for stream in (sys.stdout, sys.stderr):
            with suppress(ValueError, AttributeError):
                stream.flush()

    @property
    def lost_out(self) -> OSError | None:
        return self.out.lost if self.out else None

    @property
    def lost_err(self) -> OSError | None:
        return self.err.lost if self.err else None


def is_lost(stream: TextIO | None) -> bool:
    """Return whether output to a stream was dropped."""
    with suppress(ValueError, OSError):
        if stream is not None:
            stream.flush()
    buffer = getattr(stream, "buffer", None)
    return isinstance(buffer, Writer) and buffer.lost is not None


@contextmanager
def kept() -> Iterator[Streams]:
    """Replace standard output and standard error by streams that never raise, and yield them.

    A stream that was closed before the program began becomes a null device. Otherwise a file that is opened later
    would get its number, and with it what is printed. Streams that somebody else has replaced stay as they are.
    """
    closed = _opened()
    before = sys.stdout, sys.stderr
    streams = Streams(
        _taken(OUT, closed) if OURS and sys.stdout is sys.__stdout__ else None,
        _taken(ERR, closed) if OURS and sys.stderr is sys.__stderr__ else None,
    )
    if streams.out:
        sys.stdout = _text(streams.out, sys.stdout)
    if streams.err:
        sys.stderr = _text(streams.err, sys.stderr)
    try:
        yield streams
    finally:
        streams.flush()
        sys.stdout, sys.stderr = before


def _opened() -> frozenset[int]:
    """Open the null device for each standard stream that is closed; return the numbers of those."""
    closed = set()
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            closed.add(number)
            # The system assigns the lowest free number, which is this one.
            os.set_inheritable(os.open(os.devnull, os.O_RDWR), True)
    return frozenset(closed)


def _taken(number: int, closed: frozenset[int]) -> Writer:
    """Return a stream. A closed standard output loses results, a closed standard error only messages."""
    lost = OSError(errno.EBADF, "it is closed") if number in closed and number == OUT else None
    return Writer(number, lost)


def _text(buffer: Writer, like: TextIO | None) -> TextIO:
    """Return a text stream; characters that its encoding lacks are written as backslash escapes."""
    if like is not None:
        with suppress(OSError, ValueError):
            like.flush()
    encoding = getattr(like, "encoding", None) or "utf-8"
    whole_lines = buffer.fileno() == ERR or buffer.isatty()
    return io.TextIOWrapper(buffer, encoding=encoding, errors="backslashreplace", line_buffering=whole_lines)
