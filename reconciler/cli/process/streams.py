"""Standard output and error that may be closed, full or left by their reader: nothing is raised, all is remembered.

A run that has changed something must not end because somebody stopped reading. What could not be put out is dropped;
the exit code says so in the end.
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
    """Bytes to an open file. ``lost`` is why some of them could not be written, once that happened.

    What is written goes through Python's own buffer: a signal that raises never has anything written twice.
    """

    def __init__(self, number: int, closed: OSError | None = None) -> None:
        super().__init__(io.FileIO(number, "w", closefd=False))
        self.lost: OSError | None = None
        self._refused = closed

    def write(self, data: Any, /) -> int:
        """Write it, or remember why that was not possible; nothing is tried again after that."""
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
        """Put out what waits."""
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
        """Wait for room: another program on the same terminal or pipe has made it one that does not wait by itself."""
        select.select([], [self.fileno()], [])


@dataclass(frozen=True, slots=True)
class Streams:
    """Both streams of a process, as far as they are its own."""

    out: Writer | None = None
    err: Writer | None = None

    def flush(self) -> None:
        """Put out what waits, so that :attr:`lost_out` and :attr:`lost_err` tell of everything."""
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
    """Say whether something that was written to a stream got nowhere."""
    with suppress(ValueError, OSError):
        if stream is not None:
            stream.flush()
    buffer = getattr(stream, "buffer", None)
    return isinstance(buffer, Writer) and buffer.lost is not None


@contextmanager
def kept() -> Iterator[Streams]:
    """Have standard output and error raise nothing for as long as the block lasts; yields them.

    A stream that was closed before the program began is a null device, so that no file that is opened later takes its
    number and what is printed by accident. Streams that somebody put in their place are left alone.
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
    """Open the null device in the place of each standard stream that is closed; return which were."""
    closed = set()
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            closed.add(number)
            # The lowest number that is free is taken, which is this one.
            os.set_inheritable(os.open(os.devnull, os.O_RDWR), True)
    return frozenset(closed)


def _taken(number: int, closed: frozenset[int]) -> Writer:
    """Return a stream. Whoever closes standard output loses results; whoever closes the other wants no messages."""
    lost = OSError(errno.EBADF, "it is closed") if number in closed and number == OUT else None
    return Writer(number, lost)


def _text(buffer: Writer, like: TextIO | None) -> TextIO:
    """Return a text stream; what its encoding does not know is written with a backslash."""
    if like is not None:
        with suppress(OSError, ValueError):
            like.flush()
    encoding = getattr(like, "encoding", None) or "utf-8"
    whole_lines = buffer.fileno() == ERR or buffer.isatty()
    return io.TextIOWrapper(buffer, encoding=encoding, errors="backslashreplace", line_buffering=whole_lines)
