"""A sandbox behind a real socket, for tests that run the product as a command."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import threading
import time
from contextlib import chdir, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING
from unittest.mock import patch

import pytest
import uvicorn

from reconciler.cli import main
from reconciler.sandbox.http.same_site import only_from_here
from support import preloaded
from support.recording import RECORDER, RecordedApp, Recorder

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from reconciler.sandbox.app import Sandbox

STARTED_WITHIN = 60.0


@contextmanager
def served(sandbox: Sandbox, certificate: Path | None = None) -> Iterator[str]:
    """Serve a sandbox on a free port of the loopback interface, in a thread; yield its address.

    With a ``certificate``, a PEM file that holds its key too, it speaks HTTPS. What the product sends is looked at.
    """
    recorder = Recorder()
    app = only_from_here(RecordedApp(sandbox.app, recorder))
    config = uvicorn.Config(
        app,
        host="127.0.0.1",
        port=0,
        log_level="error",
        lifespan="off",
        ssl_certfile=certificate,
        date_header=False,  # the sandbox sends its own, by its clock
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    deadline = time.monotonic() + STARTED_WITHIN
    while not server.started:
        assert time.monotonic() < deadline, "the sandbox did not start"
        time.sleep(0.01)
    (listener,) = server.servers[0].sockets
    try:
        yield f"{'https' if certificate else 'http'}://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()
        RECORDER.requests += recorder.requests
        RECORDER.updates += recorder.updates
    assert not recorder.wrong, recorder.wrong


@dataclass(frozen=True, slots=True)
class Ran:
    """What a command left behind."""

    code: int
    out: str
    err: str


def run(*arguments: str | Path, environ: Mapping[str, str], cwd: Path, stdin: str = "") -> Ran:
    """Run ``reconciler`` as a user would, in a process of its own, without the caller's environment."""
    if preloaded.AVAILABLE:
        return Ran(*preloaded.run([*map(str, arguments)], {**_environ_of(cwd), **environ}, cwd, stdin, timeout=60))
    done = subprocess.run(
        [sys.executable, "-m", "reconciler", *map(str, arguments)],
        env={**_environ_of(cwd), "PYTHONWARNINGS": "error::ResourceWarning", **environ},
        cwd=cwd,
        input=stdin,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return Ran(done.returncode, done.stdout, done.stderr)


def run_here(*arguments: str | Path, environ: Mapping[str, str], cwd: Path) -> Ran:
    """Run ``reconciler`` as ``run`` does, but in this process, which takes a tenth of the time."""
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True) for _ in range(2))
    with (
        chdir(cwd),
        patch.dict(os.environ, {**_environ_of(cwd), **environ}, clear=True),
        patch.object(sys, "argv", ["reconciler", *map(str, arguments)]),
        patch.multiple(sys, stdin=io.StringIO(), stdout=out, stderr=err),
        pytest.raises(SystemExit) as ended,
    ):
        main()
    assert isinstance(ended.value.code, int)
    return Ran(ended.value.code, *(stream.buffer.getvalue().decode() for stream in (out, err)))


def _environ_of(cwd: Path) -> dict[str, str]:
    inherited = {name: os.environ[name] for name in ("PATH", "SYSTEMROOT") if name in os.environ}
    return {**inherited, "HOME": str(cwd)}
