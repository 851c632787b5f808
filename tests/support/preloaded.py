"""``reconciler`` loaded once and forked for each run: a process of its own, without the start of Python.

Run as a program it is the server, a process with one thread, which forks safely; the tests' own process has several.
It ends with the process that started it. Elsewhere than on Linux every run starts Python anew.
"""

from __future__ import annotations

import atexit
import contextlib
import gc
import io
import json
import os
import pkgutil
import select
import signal
import socket
import subprocess
import sys
import tempfile
import time
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import IO, TYPE_CHECKING

import httpx

from support import quick

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

AVAILABLE = sys.platform == "linux"
CLIENT = Path(__file__).with_name("preloaded_client.py")
NOT_LOADED = ("reconciler.sandbox", "reconciler.cli.commands.sandbox")
"""What a command that talks to a tenant does not import."""
STREAMS = (0, 1, 2)


@cache
def address() -> str:
    """Start the server, once in a process; return the path of its socket."""
    folder = tempfile.TemporaryDirectory(prefix="preloaded-")
    path = f"{folder.name}/socket"
    command = [sys.executable, "-P", "-W", "error::ResourceWarning", "-m", "support.preloaded", path]
    environ = {**os.environ, "PYTHONPATH": str(CLIENT.parents[1])}
    server = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environ)
    assert server.stdin
    assert server.stdout
    assert server.stdout.readline() == b"ready\n"

    def stop() -> None:
        server.communicate()  # closes its stdin, at which it ends
        folder.cleanup()

    atexit.register(stop)
    return path


def run(
    arguments: Sequence[str], environ: Mapping[str, str], cwd: Path, stdin: str, timeout: float
) -> tuple[int, str, str]:
    """Run ``reconciler`` in a fork; return its exit code, negative for a signal, and what it wrote to both streams."""
    with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        given.write(stdin.encode())
        given.seek(0)
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(timeout)
            connection.connect(address())
            request = json.dumps({"arguments": list(arguments), "environ": dict(environ), "cwd": str(cwd)})
            streams = [stream.fileno() for stream in (given, out, err)]
            socket.send_fds(connection, [request.encode()], streams)
            connection.shutdown(socket.SHUT_WR)
            code = b"".join(iter(lambda: connection.recv(16), b""))
        return int(code), _text(out), _text(err)


def program() -> str:
    """Return a program for PATH that is ``reconciler``; like pip's script, it imports nothing from its folder."""
    ours = f"-I -S '{CLIENT}' '{address()}'" if AVAILABLE else "-P -m reconciler"
    return f'#!/bin/sh\nexec "{sys.executable}" {ours} "$@"\n'


def _text(stream: IO[bytes]) -> str:
    stream.seek(0)
    return stream.read().decode()


def _load() -> None:
    """Import, and make once, what every run would."""
    for module in pkgutil.walk_packages(import_module("reconciler").__path__, "reconciler."):
        if not module.name.startswith(NOT_LOADED):
            import_module(module.name)
    for name in ("anyio._backends._asyncio", "httpcore"):
        import_module(name)
    quick.install()
    httpx.AsyncHTTPTransport()  # its trusted certificates are kept


def serve(path: str) -> None:
    """Fork a run for each connection, until the standard input ends; say on the connection how the process ended."""
    _load()
    gc.collect()
    gc.freeze()
    runs: dict[int, tuple[int, socket.socket]] = {}
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(path)
        listener.listen(64)
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        while 0 not in (ready := select.select([0, listener.fileno(), *runs], [], [])[0]):
            for ended in runs.keys() & ready:
                _report(ended, *runs.pop(ended))
            if listener.fileno() in ready:
                connection, _ = listener.accept()
                pid = os.fork()
                if not pid:
                    listener.close()
                    for descriptor, (_, other) in runs.items():
                        os.close(descriptor)
                        other.close()
                    _become_a_run(connection)
                    return
                runs[os.pidfd_open(pid)] = pid, connection
    for descriptor, (pid, connection) in runs.items():
        os.kill(pid, signal.SIGKILL)
        _report(descriptor, pid, connection)


def _report(descriptor: int, pid: int, connection: socket.socket) -> None:
    """Send the exit code of a process that has ended, negative for a signal; nothing can be written after that."""
    os.close(descriptor)
    _, status = os.waitpid(pid, 0)
    with connection, contextlib.suppress(OSError):
        connection.send(str(os.waitstatus_to_exitcode(status)).encode())
        connection.shutdown(socket.SHUT_WR)  # runs that were forked since may have the connection, too


def _become_a_run(connection: socket.socket) -> None:
    """Be ``reconciler`` as the client asked for it, with no file open but the standard streams."""
    from reconciler.__main__ import main

    with connection:
        message, streams, _, _ = socket.recv_fds(connection, 65536, len(STREAMS))
        while part := connection.recv(65536):
            message += part
    asked = json.loads(message)
    for stream, number in zip(streams, STREAMS, strict=True):
        os.dup2(stream, number)
        os.close(stream)
    early = [name for name in asked["environ"] if name.startswith("PYTHON")]
    assert not early, f"Python reads these when it starts, which it did before: {early}"
    os.environ.clear()
    os.environ.update(asked["environ"])
    time.tzset()
    os.chdir(asked["cwd"])
    sys.argv = ["reconciler", *asked["arguments"]]
    sys.stdin = io.TextIOWrapper(io.BufferedReader(io.FileIO(0, closefd=False)), encoding="utf-8")
    for name, number in (("stdout", 1), ("stderr", 2)):
        buffer = io.BufferedWriter(io.FileIO(number, "w", closefd=False))
        stream = io.TextIOWrapper(buffer, encoding="utf-8", line_buffering=number == 2)
        setattr(sys, name, stream)
        setattr(sys, f"__{name}__", stream)
    main()


if __name__ == "__main__":
    serve(sys.argv[1])
