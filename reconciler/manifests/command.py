"""Runs the command of a ``valueFrom.exec``: no shell, no input, a time limit, nothing of its output in a message."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
from threading import Thread
from typing import IO, TYPE_CHECKING

from reconciler.manifests.files import reason

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

SECONDS = 60.0


class CommandFailed(Exception):
    """A command that gave no secret; ``str()`` says why, without what it wrote."""


def run_command(
    command: tuple[str, ...], folder: Path, environ: Mapping[str, str], most: int, seconds: float = SECONDS
) -> bytes:
    """Return what the command writes, at most ``most`` + 1 bytes; raises :class:`CommandFailed`."""
    name = command[0]
    try:
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
    except (OSError, ValueError) as error:
        raise CommandFailed(f"the command {name!r} cannot be run: {reason(error)}") from None
    with process:
        output = _read(process, most, seconds)
    if output is None:
        raise CommandFailed(f"the command {name!r} did not end within {seconds:g} seconds")
    if process.returncode and len(output) <= most:
        raise CommandFailed(
            f"the command {name!r} failed with exit code {process.returncode}; run it by hand to see why"
        )
    return output


def _read(process: subprocess.Popen[bytes], most: int, seconds: float) -> bytes | None:
    """Return the output up to its limit, or ``None`` when the time is over; the process has ended either way."""
    parts: list[bytes] = []
    reader = Thread(target=_drain, args=(process.stdout, most + 1, parts), daemon=True)
    reader.start()
    reader.join(seconds)
    late = reader.is_alive()
    if late or sum(map(len, parts)) > most:
        _kill(process)
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        _kill(process)
        late = True
    return None if late else b"".join(parts)


def _drain(stream: IO[bytes], room: int, parts: list[bytes]) -> None:
    """Read at most ``room`` bytes; what the command left behind in a session of its own may keep the stream open."""
    with contextlib.suppress(OSError, ValueError):
        while room and (part := stream.read(room)):
            parts.append(part)
            room -= len(part)


def _kill(process: subprocess.Popen[bytes]) -> None:
    """End the command with everything it started, where the system can."""
    if hasattr(os, "killpg"):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    else:  # pragma: no cover - Windows has no process groups to signal
        process.kill()
