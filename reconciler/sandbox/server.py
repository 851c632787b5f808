"""Serving a sandbox on this machine until it is told to stop."""

from __future__ import annotations

import signal
import socket
import sys
from typing import TYPE_CHECKING, TextIO

import uvicorn

from reconciler.sandbox.app import Sandbox
from reconciler.sandbox.world import SetupError

if TYPE_CHECKING:
    from types import FrameType

    from reconciler.sandbox.settings import Settings

HOST = "127.0.0.1"
DEFAULT_PORT = 8765


def serve(settings: Settings, port: int = DEFAULT_PORT, *, out: TextIO | None = None, err: TextIO | None = None) -> int:
    """Serve a sandbox on ``127.0.0.1`` until SIGINT or SIGTERM, and return the exit code.

    Once it listens, two lines to paste into a shell go to ``out`` (the standard output); port 0 takes any
    free port. What keeps it from starting is one line on ``err`` (the standard error), and the code is 1.
    """
    out, err = out or sys.stdout, err or sys.stderr
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as listener:
        if sys.platform != "win32":
            # A port left a moment ago is free again; on Windows this would share one that is in use.
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((HOST, port))
        except (OSError, OverflowError) as error:
            reason = error.strerror if isinstance(error, OSError) else str(error)
            print(f"Cannot listen on {HOST}:{port}: {reason}. Choose another port with --port.", file=err)
            return 1
        try:
            sandbox = Sandbox(settings)
        except SetupError as error:
            print(error, file=err)
            return 1
        with sandbox:
            _Server(sandbox, out).run_until_stopped(listener)
    return 0


class _Server(uvicorn.Server):
    """A uvicorn server that says where it listens and takes a signal as the way to end."""

    def __init__(self, sandbox: Sandbox, out: TextIO) -> None:
        super().__init__(
            uvicorn.Config(
                sandbox.app, log_level="error", access_log=False, lifespan="off", timeout_graceful_shutdown=2
            )
        )
        self._sandbox, self._out = sandbox, out

    def run_until_stopped(self, listener: socket.socket) -> None:
        # uvicorn hands a signal on to the handlers it found, after shutting down: these make that harmless.
        before = {number: signal.signal(number, self._stop) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            self.run(sockets=[listener])
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        port = sockets[0].getsockname()[1] if sockets else self.config.port
        print(f"export PRISMATIC_URL=http://{HOST}:{port}", file=self._out)
        print(f"export PRISM_ACCESS_TOKEN={self._sandbox.settings.token}", file=self._out, flush=True)

    def _stop(self, number: int, frame: FrameType | None) -> None:
        del number, frame
        self.should_exit = True
