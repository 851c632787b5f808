"""The command of a ``valueFrom.exec``: no shell, no input, a time limit, and none of its output in a message.

It runs in a session of its own. The whole session is killed when the time limit is over, when the run is interrupted,
and also when the command has ended. A process that leaves the session (an agent for later calls) goes on.
"""

from __future__ import annotations

import contextlib
import os
import signal
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Thread
from typing import IO, TYPE_CHECKING, NamedTuple, Protocol, TypeVar

from reconciler.manifests.files.finder import reason

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from contextlib import AbstractContextManager
    from pathlib import Path
    from subprocess import Popen

SECONDS = 60.0
LEFT_BEHIND = 1.0
"""Seconds to go on reading after the command has ended, where a process that it left keeps the stream open."""
SHORTEST_PAUSE, LONGEST_PAUSE = 0.001, 0.05
"""Seconds between two checks whether a command has ended."""
Begun = TypeVar("Begun")


class Ending(Protocol):
    """Calls ``begin``, and calls ``end`` with its result as soon as the run is to end early."""

    def __call__(self, begin: Callable[[], Begun], end: Callable[[Begun], object], /) -> AbstractContextManager[Begun]:
        """Return a context manager whose value is the result of ``begin``."""


@contextmanager
def never_ended(begin: Callable[[], Begun], end: Callable[[Begun], object]) -> Iterator[Begun]:
    """Call ``begin`` alone: the command runs until it ends by itself."""
    del end
    yield begin()


class CommandFailed(Exception):
    """A command that gave no secret; ``str()`` is the reason, without its output."""


def run_command(
    command: tuple[str, ...],
    folder: Path,
    environ: Mapping[str, str],
    most: int,
    seconds: float = SECONDS,
    ending: Ending = never_ended,
) -> bytes:
    """Return the command's output, at most ``most`` + 1 bytes; raises :class:`CommandFailed`."""
    name = command[0]
    output = _Output()

    def begin() -> _Running:
        import subprocess

        process = subprocess.Popen(  # noqa: S603  # the user allowed commands with --allow-exec; no shell is involved
            command,
            cwd=folder,
            env=dict(environ),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            bufsize=0,  # unbuffered, it can be closed while it is being read
            start_new_session=True,
        )
        # Here no signal interrupts: Python breaks a thread whose start is interrupted.
        reader = Thread(target=_drain, args=(process.stdout, most + 1, output), daemon=True)
        reader.start()
        process.stdout = None  # it is the reader's, which closes it
        return _Running(process, reader)

    try:
        with ending(begin, lambda running: _kill(running.process)) as (process, reader), process:
            try:
                in_time = _read(process, reader, output, most, seconds)
                broken = output.error
            finally:
                # Also after success: processes that it left would go on and keep the stream open.
                _kill(process)
    except (OSError, ValueError) as error:
        raise CommandFailed(f"the command {name!r} cannot be run: {reason(error)}") from None
    if not in_time:
        raise CommandFailed(f"the command {name!r} did not end within {seconds:g} seconds")
    if process.returncode and output.size <= most:
        raise CommandFailed(
            f"the command {name!r} failed with exit code {process.returncode}; run it by hand to see why"
        )
    if broken is not None:
        raise CommandFailed(f"the output of the command {name!r} cannot be read: {reason(broken)}")
    return b"".join(output.parts)


@dataclass(slots=True)
class _Output:
    """What a command has written by now, and the error that ended the reading of it, if one did."""

    parts: list[bytes] = field(default_factory=list)
    error: OSError | ValueError | None = None

    @property
    def size(self) -> int:
        return sum(map(len, self.parts))


class _Running(NamedTuple):
    """A command that was started, and the thread that reads its output."""

    process: Popen[bytes]
    reader: Thread


def _read(process: Popen[bytes], reader: Thread, output: _Output, most: int, seconds: float) -> bool:
    """Wait for the output up to its limit and kill the session; return whether that took less than the time limit."""
    ends, pause = time.monotonic() + seconds, SHORTEST_PAUSE
    # It may have ended without output while a process that it left is about to write.
    while not (_has_ended(process) and (output.parts or not reader.is_alive())) and output.size <= most:
        if time.monotonic() >= ends:
            return False
        time.sleep(pause)
        pause = min(pause * 2, LONGEST_PAUSE)
    _kill(process)
    reader.join(LEFT_BEHIND)
    return True


def _has_ended(process: Popen[bytes]) -> bool:
    """Return whether the command has ended. It is not reaped yet, so its group can still be killed by its number."""
    if hasattr(os, "waitid"):
        return os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT | os.WNOHANG) is not None
    return process.poll() is not None  # pragma: no cover - Windows, where numbers stay, and macOS before Python 3.13


def _drain(stream: IO[bytes], room: int, output: _Output) -> None:
    """Read at most ``room`` bytes; a process that the command left may keep the stream open.

    An error is kept: without it, output that cannot be read would pass for output that the command did not write. Only
    this thread closes the stream: closed by another one, its number could be that of the next command's stream by the
    time a late read begins, which would take that command's output.
    """
    try:
        while room and (part := stream.read(room)):
            output.parts.append(part)
            room -= len(part)
    except (OSError, ValueError) as error:
        output.error = error
    finally:
        stream.close()


def _kill(process: Popen[bytes]) -> None:
    """Kill the command with its whole group, where the system has groups; do nothing once it is reaped."""
    if process.returncode is not None:
        return
    if hasattr(os, "killpg"):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
    else:  # pragma: no cover - Windows has no process groups to signal
        process.kill()
