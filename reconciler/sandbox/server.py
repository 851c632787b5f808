"""Serving a sandbox on this machine until a signal stops it."""

from __future__ import annotations

import signal
import socket
import ssl
import sys
from typing import TYPE_CHECKING, TextIO

import uvicorn

from reconciler.sandbox.app import Sandbox
from reconciler.sandbox.http.same_site import only_from_here
from reconciler.sandbox.world.load import SetupError

if TYPE_CHECKING:
    from pathlib import Path
    from types import FrameType

    from reconciler.sandbox.data.settings import Settings

HOST = "127.0.0.1"
DEFAULT_PORT = 8765


def serve(
    settings: Settings,
    port: int = DEFAULT_PORT,
    *,
    certificate: Path | None = None,
    out: TextIO | None = None,
    err: TextIO | None = None,
) -> int:
    """Serve a sandbox on ``127.0.0.1`` until SIGINT, SIGTERM or SIGHUP, and return the exit code.

    Once it listens, two lines to paste into a shell go to ``out`` (the standard output); port 0 takes any
    free port. With ``certificate``, a PEM file that holds a certificate and its private key without a
    passphrase, it speaks HTTPS instead of HTTP. If it cannot start, it prints one line to ``err`` (the standard
    error) and returns 1.
    """
    out, err = out or sys.stdout, err or sys.stderr
    problem = _unusable(certificate) if certificate else None
    if problem:
        print(problem, file=err)
        return 1
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
            _Server(sandbox, out, certificate).run_until_stopped(listener)
    return 0


class _Server(uvicorn.Server):
    """A uvicorn server that prints its address and ends normally on a signal."""

    def __init__(self, sandbox: Sandbox, out: TextIO, certificate: Path | None) -> None:
        super().__init__(
            uvicorn.Config(
                only_from_here(sandbox.app),
                log_level="error",
                access_log=False,
                # The sandbox dates its answers itself, by its own clock.
                date_header=False,
                lifespan="off",
                timeout_graceful_shutdown=2,
                ssl_certfile=certificate,
            )
        )
        self._sandbox, self._out = sandbox, out

    def run_until_stopped(self, listener: socket.socket) -> None:
        # uvicorn hands a signal on to the handlers it found, after shutting down: these make that harmless.
        before = {number: signal.signal(number, self._stop) for number in _signals()}
        try:
            self.run(sockets=[listener])
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        port = sockets[0].getsockname()[1] if sockets else self.config.port
        scheme = "https" if self.config.is_ssl else "http"
        print(f"export PRISMATIC_URL={scheme}://{HOST}:{port}", file=self._out)
        print(f"export PRISM_ACCESS_TOKEN={self._sandbox.settings.token}", file=self._out, flush=True)

    def _stop(self, number: int, frame: FrameType | None) -> None:
        del number, frame
        self.should_exit = True


def _signals() -> list[signal.Signals]:
    """Return the signals that end the server. SIGHUP is one of them, unless it is ignored (nohup)."""
    found = [signal.SIGINT, signal.SIGTERM]
    if sys.platform != "win32" and signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:
        found.append(signal.SIGHUP)
    return found


def _unusable(certificate: Path) -> str | None:
    """Return why a certificate cannot be used, as one line, or ``None``."""
    try:
        # Without a passphrase OpenSSL would prompt for that of an encrypted key.
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(certificate, password="")
    except OSError as error:
        reason = error.strerror if not isinstance(error, ssl.SSLError) else "no certificate with its key, unencrypted"
        return f"Cannot use {certificate}: {reason}. Give a PEM file with a certificate and its private key."
    return None
