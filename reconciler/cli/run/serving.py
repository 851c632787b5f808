"""The HTTP server of a watch: its metrics, whether it lives, and whether it is ready."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from reconciler.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from http.server import BaseHTTPRequestHandler

TEXT = "text/plain; charset=utf-8"
METRICS = "text/plain; version=0.0.4; charset=utf-8"
SECONDS = 10
"""How long a client may take to send its request."""
LONGEST_REASON = 500


@dataclass(slots=True)
class Status:
    """What the server answers. Rounds replace each field as a whole, so requests meanwhile need no lock."""

    monotonic: Callable[[], float]
    patience: float
    """Seconds without a sign of life after which the process counts as stuck."""
    metrics: bytes = b""
    unready: str = "no round has ended yet"
    """Why the last round could not do its work; empty if it could."""
    sign_of_life: float = field(init=False)

    def __post_init__(self) -> None:
        self.live()

    def live(self) -> None:
        """Note a sign of life."""
        self.sign_of_life = self.monotonic()

    def answer(self, path: str) -> tuple[int, str, bytes]:
        """Return the status, the type and the body for a path."""
        if path == "/metrics":
            return 200, METRICS, self.metrics
        if path == "/healthz":
            silent = self.monotonic() - self.sign_of_life
            return _of(f"no round has begun or ended for {silent:.0f} s" if silent > self.patience else "")
        if path == "/readyz":
            return _of(self.unready)
        return 404, TEXT, b"not found; try /metrics, /healthz or /readyz\n"


def _of(problem: str) -> tuple[int, str, bytes]:
    return (503, TEXT, f"{problem[:LONGEST_REASON]}\n".encode()) if problem else (200, TEXT, b"ok\n")


@contextmanager
def serving(status: Status, address: str, port: int | None) -> Iterator[int | None]:
    """Serve the status in a thread, and yield the port; without a port, nothing is served.

    Raises ``UsageError`` where the port cannot be listened on.
    """
    if port is None:
        yield None
        return
    import socket
    from http.server import ThreadingHTTPServer
    from threading import Thread

    class Server(ThreadingHTTPServer):
        address_family = socket.AF_INET6 if ":" in address else socket.AF_INET
        daemon_threads = True

        def handle_error(self, request: object, client_address: object) -> None:
            """Print nothing: a client that hangs up is no event of the watch."""

    try:
        server = Server((address, port), _handler(status))
    except (OSError, OverflowError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise UsageError(f"cannot listen on {address}:{port}: {reason}") from None
    with server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()
            thread.join()


def _handler(status: Status) -> type[BaseHTTPRequestHandler]:
    from http.server import BaseHTTPRequestHandler

    class Handler(BaseHTTPRequestHandler):
        timeout = SECONDS
        server_version = "reconciler"
        sys_version = ""

        def do_GET(self) -> None:
            self._answer(with_body=True)

        def do_HEAD(self) -> None:
            self._answer(with_body=False)

        def _answer(self, *, with_body: bool) -> None:
            code, kind, body = status.answer(self.path.partition("?")[0])
            self.send_response(code)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if with_body:
                self.wfile.write(body)

        def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002 - the name of the base class
            """Print nothing: a probe every few seconds would hide the rounds."""

    return Handler
