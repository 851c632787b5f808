"""The sandbox as a server of its own, on a real socket."""

from __future__ import annotations

import io
import json
import os
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    load_pem_private_key,
)
from support.certificates import certificates
from support.serving import run, served

from reconciler.sandbox.app import Sandbox
from reconciler.sandbox.data.settings import Settings
from reconciler.sandbox.server import serve

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

WORLD = Path(__file__).parents[2] / "examples" / "sandbox" / "world.yaml"
_COMMAND = [sys.executable, "-m", "reconciler", "sandbox", "--port", "0"]


@contextmanager
def sandbox_process(*options: str) -> Iterator[subprocess.Popen[str]]:
    """Start the command in a process of its own."""
    with subprocess.Popen(
        [*_COMMAND, *options], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=dict(os.environ)
    ) as process:
        try:
            yield process
        finally:
            process.kill()


@pytest.fixture
def process() -> Iterator[subprocess.Popen[str]]:
    """A sandbox in a process of its own."""
    with sandbox_process() as process:
        yield process


def address(process: subprocess.Popen[str]) -> str:
    """Return the URL that the command prints."""
    assert process.stdout is not None
    return process.stdout.readline().strip().removeprefix("export PRISMATIC_URL=")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_serves_until_a_signal_stops_it(process: subprocess.Popen[str], number: int) -> None:
    """Two lines to paste, then answers, cut connections where a fault says so, and a clean end without a word."""
    assert process.stdout is not None
    first, second = process.stdout.readline(), process.stdout.readline()
    name, _, url = first.strip().partition("=")
    assert (name, second) == ("export PRISMATIC_URL", "export PRISM_ACCESS_TOKEN=sandbox\n")
    headers = {"Authorization": "Bearer sandbox"}
    query = {"query": "{ organization { name } }"}
    with httpx.Client(base_url=url, headers=headers, trust_env=False, timeout=60) as client:
        assert client.post("/api", json=query).json() == {"data": {"organization": {"name": "Sandbox"}}}
        client.post("/sandbox/faults", json={"kind": "drop"})
        with pytest.raises(httpx.RemoteProtocolError, match="disconnected"):
            client.post("/api", json=query)
        assert client.post("/api", json=query).status_code == 200
        assert client.post("/api", json=query, headers={"Host": "rebound.example"}).status_code == 403
        process.send_signal(number)
        out, err = process.communicate(timeout=60)
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
        client = httpx.Client(base_url=url, headers=headers, trust_env=False, timeout=60)
        with client:
            sandbox.faults.add("timeout:seconds=0.01")
            with pytest.raises(httpx.RemoteProtocolError, match="disconnected"):
                client.post("/api", json=query)
            sandbox.faults.add("timeout")
            with pytest.raises(httpx.ReadTimeout):
                client.post("/api", json=query, timeout=0.2)
            assert client.post("/api", json=query).status_code == 200
            sandbox.faults.add("cut")
            with pytest.raises(httpx.RemoteProtocolError, match="without sending complete message body"):
                client.post("/api", json=query)
            assert client.post("/api", json=query).status_code == 200


def test_the_command_can_make_it_misbehave(tmp_path: Path) -> None:
    """Faults, latency and a rate are set on the command line, and everything that is asked goes to a file."""
    log = tmp_path / "sandbox.log"
    options = ("--fault", "error:status=502", "--fault", "drop-after:at=2", "--latency", "0.01", "--rate", "2")
    query = {"query": "{ organization { name } }"}
    with sandbox_process(*options, "--seed", "7", "--log", str(log)) as process:
        headers = {"Authorization": "Bearer sandbox"}
        with httpx.Client(base_url=address(process), headers=headers, trust_env=False, timeout=60) as client:
            assert client.post("/api", json=query).status_code == 502
            with pytest.raises(httpx.RemoteProtocolError):
                client.post("/api", json=query)
            answers = (client.post("/api", json=query) for _ in range(1000))
            throttled = next(answer for answer in answers if answer.status_code != 200)
    assert (throttled.status_code, list(throttled.json())) == (429, ["detail"])
    lines = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]
    assert [line.get("status", line.get("result")) for line in lines][:2] == [502, {"name": "Sandbox"}]
    assert lines[-1]["status"] == 429


def test_what_was_done_outlives_a_kill(tmp_path: Path) -> None:
    """With a state file, every answered write survives a kill of the process."""
    options = ("--state", str(tmp_path / "state.sqlite"), "--world", str(WORLD))
    document = "mutation ($name: String!) { createCustomer(input: {name: $name}) { customer { name } } }"
    headers = {"Authorization": "Bearer sandbox"}
    answered = []
    with sandbox_process(*options) as process, httpx.Client(headers=headers, trust_env=False, timeout=60) as client:
        url = address(process)

        def write() -> None:
            with suppress(httpx.TransportError):
                for number in range(100_000):
                    name = f"Customer {number}"
                    client.post(f"{url}/api", json={"query": document, "variables": {"name": name}}).raise_for_status()
                    answered.append(name)

        writer = threading.Thread(target=write)
        writer.start()
        while len(answered) < 20 and writer.is_alive():
            time.sleep(0.01)
        process.kill()
        writer.join(timeout=60)
    with sandbox_process(*options) as process, httpx.Client(headers=headers, trust_env=False, timeout=60) as client:
        query = "{ customers(first: 100, offset: %d, isSystem: false) { nodes { name } } }"
        found: list[str] = []
        url = address(process)
        while len(found) % 100 == 0:
            answer = client.post(f"{url}/api", json={"query": query % len(found)}).json()
            found += [node["name"] for node in answer["data"]["customers"]["nodes"]]
        process.terminate()
        _, err = process.communicate(timeout=60)
    assert err == f"{tmp_path / 'state.sqlite'} exists, so --world is ignored.\n"
    assert len(answered) >= 20
    # One may have been written whose answer was never received.
    assert found[:-1] == ["FTL Rockets", "Blue Harbor", *answered][: len(found) - 1]
    assert len(found) - 2 - len(answered) in {0, 1}


def test_it_speaks_https(tmp_path: Path) -> None:
    """With a certificate it serves HTTPS only, cuts connections where a fault says so, and `reconciler` trusts it."""
    made = certificates(tmp_path)
    query = {"query": "{ organization { name } }"}
    with sandbox_process("--certificate", str(made.server)) as process:
        url = address(process)
        assert url.startswith("https://127.0.0.1:")
        trusting = ssl.create_default_context(cafile=str(made.authority))
        headers = {"Authorization": "Bearer sandbox"}
        with httpx.Client(base_url=url, headers=headers, trust_env=False, verify=trusting, timeout=60) as client:
            assert client.post("/api", json=query).json() == {"data": {"organization": {"name": "Sandbox"}}}
            client.post("/sandbox/faults", json={"kind": "drop"})
            with pytest.raises(httpx.TransportError):
                client.post("/api", json=query)
            assert client.post("/api", json=query).status_code == 200
        manifest = tmp_path / "customer.yaml"
        manifest.write_text(
            "apiVersion: reconciler/v1\nkind: Customer\nmetadata: {name: acme}\nspec: {name: Acme}\n", encoding="utf-8"
        )
        environ = {"PRISMATIC_URL": url, "PRISM_REFRESH_TOKEN": "sandbox-refresh"}
        trusts = run("plan", "-f", manifest, environ={**environ, "SSL_CERT_FILE": str(made.authority)}, cwd=tmp_path)
        doubts = run("plan", "-f", manifest, environ=environ, cwd=tmp_path)
    assert (trusts.code, doubts.code) == (0, 1)
    assert "Customer/acme" in trusts.out
    assert "certificate" in doubts.err


def _encrypted(path: Path) -> None:
    """Write a certificate whose private key needs a passphrase."""
    key = load_pem_private_key(path.read_bytes(), None)
    format_, encryption = PrivateFormat.PKCS8, BestAvailableEncryption(b"a passphrase")
    path.write_bytes(key.private_bytes(Encoding.PEM, format_, encryption) + _chain(path))


def _chain(path: Path) -> bytes:
    text = path.read_bytes()
    return text[text.index(b"-----BEGIN CERTIFICATE") :]


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (Path.unlink, "No such file or directory"),
        (lambda path: path.write_bytes(b""), "no certificate with its key, unencrypted"),
        (lambda path: path.write_bytes(_chain(path)), "no certificate with its key, unencrypted"),
        (_encrypted, "no certificate with its key, unencrypted"),
    ],
    ids=["missing", "empty", "without its key", "encrypted"],
)
def test_a_certificate_that_cannot_be_used_is_one_line(
    tmp_path: Path, spoil: Callable[[Path], object], reason: str
) -> None:
    """It does not start without a usable certificate, and does not prompt for a passphrase."""
    path = certificates(tmp_path).server
    spoil(path)
    err = io.StringIO()
    assert serve(Settings(), 0, certificate=path, out=io.StringIO(), err=err) == 1
    advice = "Give a PEM file with a certificate and its private key."
    assert err.getvalue() == f"Cannot use {path}: {reason}. {advice}\n"
