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
    parts: list[bytes] = []

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
        reader = Thread(target=_drain, args=(process.stdout, most + 1, parts), daemon=True)
        reader.start()
        return _Running(process, reader)

    try:
        with ending(begin, lambda running: _kill(running.process)) as (process, reader), process:
            try:
                output = _read(process, reader, parts, most, seconds)
            finally:
                # Also after success: processes that it left would go on and keep the stream open.
                _kill(process)
    except (OSError, ValueError) as error:
        raise CommandFailed(f"the command {name!r} cannot be run: {reason(error)}") from None
    if output is None:
        raise CommandFailed(f"the command {name!r} did not end within {seconds:g} seconds")
    if process.returncode and len(output) <= most:
        raise CommandFailed(
            f"the command {name!r} failed with exit code {process.returncode}; run it by hand to see why"
        )
    return output


class _Running(NamedTuple):
    """A command that was started, and the thread that reads its output."""

    process: Popen[bytes]
    reader: Thread


def _read(process: Popen[bytes], reader: Thread, parts: list[bytes], most: int, seconds: float) -> bytes | None:
    """Return the output up to its limit and kill the session; ``None`` when the time limit is over."""
    ends, pause = time.monotonic() + seconds, SHORTEST_PAUSE
    # It may have ended without output while a process that it left is about to write.
    while not (_has_ended(process) and (parts or not reader.is_alive())) and sum(map(len, parts)) <= most:
        if time.monotonic() >= ends:
            return None
        time.sleep(pause)
        pause = min(pause * 2, LONGEST_PAUSE)
    _kill(process)
    reader.join(LEFT_BEHIND)
    return b"".join(parts)


def _has_ended(process: Popen[bytes]) -> bool:
    """Return whether the command has ended. It is not reaped yet, so its group can still be killed by its number."""
    if hasattr(os, "waitid"):
        return os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT | os.WNOHANG) is not None
    return process.poll() is not None  # pragma: no cover - Windows, where numbers stay, and macOS before Python 3.13


def _drain(stream: IO[bytes], room: int, parts: list[bytes]) -> None:
    """Read at most ``room`` bytes; a process that the command left may keep the stream open."""
    with contextlib.suppress(OSError, ValueError):
        while room and (part := stream.read(room)):
            parts.append(part)
            room -= len(part)


def _kill(process: Popen[bytes]) -> None:
    """Kill the command with its whole group, where the system has groups; do nothing once it is reaped."""
    if process.returncode is not None:
        return
    if hasattr(os, "killpg"):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
    else:  # pragma: no cover - Windows has no process groups to signal
        process.kill()
