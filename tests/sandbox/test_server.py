"""The sandbox as a server of its own, on a real socket."""

from __future__ import annotations

import io
import os
import signal
import socket
import subprocess
import sys
from typing import TYPE_CHECKING

import httpx
import pytest
from support.serving import served

from reconciler.sandbox.app import Sandbox
from reconciler.sandbox.server import serve
from reconciler.sandbox.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_RUN = """import sys
from reconciler.sandbox.server import serve
from reconciler.sandbox.settings import Settings
sys.exit(serve(Settings(), 0))"""


@pytest.fixture
def process() -> Iterator[subprocess.Popen[str]]:
    """A sandbox in a process of its own."""
    with subprocess.Popen(
        [sys.executable, "-c", _RUN], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=dict(os.environ)
    ) as process:
        yield process
        process.kill()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_serves_until_it_is_told_to_stop(process: subprocess.Popen[str], number: int) -> None:
    """Two lines to paste, then answers, cut connections where a fault says so, and a clean end without a word."""
    assert process.stdout is not None
    first, second = process.stdout.readline(), process.stdout.readline()
    name, _, url = first.strip().partition("=")
    assert (name, second) == ("export PRISMATIC_URL", "export PRISM_ACCESS_TOKEN=sandbox\n")
    headers = {"Authorization": "Bearer sandbox"}
    query = {"query": "{ organization { name } }"}
    with httpx.Client(base_url=url, headers=headers, trust_env=False) as client:
        assert client.post("/api", json=query).json() == {"data": {"organization": {"name": "Sandbox"}}}
        client.post("/sandbox/faults", json={"kind": "drop"})
        with pytest.raises(httpx.RemoteProtocolError, match="disconnected"):
            client.post("/api", json=query)
        assert client.post("/api", json=query).status_code == 200
        process.send_signal(number)
        out, err = process.communicate(timeout=20)
    assert (process.returncode, out, err) == (0, "", "")


def test_a_port_in_use_is_one_line() -> None:
    """Where it cannot listen it says so, names the way out, and ends with 1."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        out, err = io.StringIO(), io.StringIO()
        assert serve(Settings(), port, out=out, err=err) == 1
    assert out.getvalue() == ""
    assert err.getvalue().startswith(f"Cannot listen on 127.0.0.1:{port}: ")
    assert err.getvalue().count("\n") == 1


def test_a_port_that_cannot_be_is_one_line() -> None:
    """A number beyond all ports is no traceback."""
    err = io.StringIO()
    assert serve(Settings(), 70000, out=io.StringIO(), err=err) == 1
    assert err.getvalue().count("\n") == 1


def test_settings_that_cannot_be_used_are_one_line(tmp_path: Path) -> None:
    """A definition that cannot be read keeps the sandbox from starting."""
    err = io.StringIO()
    assert serve(Settings(integrations=(tmp_path / "none.yaml",)), 0, out=io.StringIO(), err=err) == 1
    assert err.getvalue().startswith(str(tmp_path / "none.yaml"))
    assert err.getvalue().count("\n") == 1


def test_it_serves_in_this_process_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """Called as a function, it returns 0 once stopped and puts the signals' handlers back."""
    before = signal.getsignal(signal.SIGTERM)

    class Out(io.StringIO):
        def flush(self) -> None:
            signal.raise_signal(signal.SIGTERM)

    out = Out()
    assert serve(Settings(), 0, out=out, err=io.StringIO()) == 0
    assert out.getvalue().count("\n") == 2
    assert signal.getsignal(signal.SIGTERM) is before


def test_a_client_waits_for_nothing() -> None:
    """Over a socket, a time-out says nothing until its time is over or the client gives up, and then cuts."""
    query = {"query": "{ organization { name } }"}
    headers = {"Authorization": "Bearer sandbox"}
    with Sandbox() as sandbox, served(sandbox) as url:
        client = httpx.Client(base_url=url, headers=headers, trust_env=False, timeout=0.2)
        with client:
            sandbox.faults.add("timeout:seconds=0.01")
            with pytest.raises(httpx.RemoteProtocolError, match="disconnected"):
                client.post("/api", json=query)
            sandbox.faults.add("timeout")
            with pytest.raises(httpx.ReadTimeout):
                client.post("/api", json=query)
            assert client.post("/api", json=query).status_code == 200
