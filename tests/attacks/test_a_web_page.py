"""An attacker whose web page is open beside a sandbox: the page can neither read nor control it."""

from __future__ import annotations

import os
import stat
import sys
from typing import TYPE_CHECKING

import httpx
import pytest
from support.serving import served

from reconciler.sandbox.app import Sandbox
from reconciler.sandbox.data.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

QUERY = {"query": "{ organization { name } }"}
SIGNED_IN = {"Authorization": "Bearer sandbox"}
STEERING = [
    ("GET", "/sandbox/log"),
    ("DELETE", "/sandbox/log"),
    ("POST", "/sandbox/reset"),
    ("POST", "/sandbox/expire-token"),
    ("POST", "/sandbox/faults"),
    ("DELETE", "/sandbox/faults"),
    ("GET", "/sandbox/authorize/some-id"),
    ("POST", "/sandbox/authorize/some-id"),
]


@pytest.fixture(scope="module")
def client() -> Iterator[httpx.Client]:
    """A client of a sandbox on a real socket."""
    with Sandbox() as sandbox, served(sandbox) as url:
        sandbox.seed.customer("Stays")
        with httpx.Client(base_url=url, trust_env=False, timeout=60) as client:
            yield client


def _customers(client: httpx.Client) -> int:
    answer = client.post("/api", json={"query": "{ customers { totalCount } }"}, headers=SIGNED_IN)
    count: int = answer.json()["data"]["customers"]["totalCount"]
    return count


@pytest.mark.parametrize(
    "host",
    [
        "rebound.example",
        "rebound.example:{port}",
        "127.0.0.1.rebound.example",
        "localhost.rebound.example:{port}",
        "127.0.0.1@rebound.example",
        "rebound.example@127.0.0.1",
        "127.0.0.1:{port}@rebound.example",
        "127.0.0.1/rebound.example",
        "127.0.0.1#rebound.example",
        "rebound.example\\@127.0.0.1",
        "192.168.1.2:{port}",
        "0.0.0.0:{port}",
        "[::]:{port}",
        "127.0.0.1:port",
        "[::1",
        "",
    ],
)
@pytest.mark.parametrize(("method", "path"), [("GET", "/"), ("POST", "/api"), ("POST", "/sandbox/reset")])
def test_a_request_for_a_foreign_host_name_is_refused(client: httpx.Client, host: str, method: str, path: str) -> None:
    """A name that was made to resolve to 127.0.0.1 reads nothing and steers nothing, with the token too."""
    before = _customers(client)
    headers = {"Host": host.format(port=client.base_url.port), **SIGNED_IN}
    answer = client.request(method, path, json=QUERY if path == "/api" else None, headers=headers)
    # Some are no header of HTTP at all, which the server refuses by itself.
    assert answer.status_code in {400, 403}
    assert _customers(client) == before


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:{port}", "127.0.0.1", "127.8.8.8:{port}", "[::1]:{port}"])
def test_a_request_for_a_loopback_name_is_answered(client: httpx.Client, host: str) -> None:
    """The names of the loopback interface work, with and without a port."""
    headers = {"Host": host.format(port=client.base_url.port), **SIGNED_IN}
    assert client.post("/api", json=QUERY, headers=headers).status_code == 200


@pytest.mark.parametrize(
    "origin",
    [
        "https://evil.example",
        "http://127.0.0.1",
        "http://127.0.0.1:1",
        "https://127.0.0.1:{port}",
        "null",
        "",
        "file://",
    ],
)
@pytest.mark.parametrize("path", ["/api", "/sandbox/reset", "/sandbox/faults", "/auth/refresh", "/trigger/x", "/"])
def test_a_request_from_another_origin_is_refused(client: httpx.Client, origin: str, path: str) -> None:
    """A form or a script of another origin is refused at every endpoint, before anything is carried out."""
    before = _customers(client)
    headers = {"Origin": origin.format(port=client.base_url.port), **SIGNED_IN, "Content-Type": "text/plain"}
    answer = client.request("GET" if path == "/" else "POST", path, content="drop", headers=headers)
    assert answer.status_code == 403
    assert "access-control-allow-origin" not in answer.headers
    assert _customers(client) == before
    assert client.get("/sandbox/faults").json()["pending"] == []


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
@pytest.mark.parametrize(("method", "path"), STEERING)
def test_a_link_or_an_image_of_another_site_controls_nothing(
    client: httpx.Client, site: str, method: str, path: str
) -> None:
    """Browsers send no ``Origin`` with an image or a link, but say where the request comes from."""
    before = _customers(client)
    assert client.request(method, path, headers={"Sec-Fetch-Site": site}).status_code == 403
    assert _customers(client) == before


@pytest.mark.parametrize("headers", [{}, {"Sec-Fetch-Site": "none"}, {"Sec-Fetch-Site": "same-origin"}])
def test_a_person_and_a_program_control_the_sandbox(client: httpx.Client, headers: dict[str, str]) -> None:
    """An address that is typed in, a form of the sandbox's own page and a program without a browser all work."""
    own = {"Origin": str(client.base_url).rstrip("/")}
    assert client.post("/sandbox/expire-token", headers=headers | own).status_code == 204
    assert client.get("/sandbox/log", headers=headers).status_code == 200


@pytest.mark.skipif(sys.platform == "win32", reason="Windows keeps no such rights")
@pytest.mark.parametrize("there", [False, True], ids=["new", "there before"])
def test_a_state_file_is_for_its_owner_alone(tmp_path: Path, *, there: bool) -> None:
    """Other users of the machine cannot read the tenant in a state file, in its journal neither."""
    state = tmp_path / "state.sqlite"
    if there:
        state.touch(0o644)
    before = os.umask(0)
    try:
        with Sandbox(Settings(state=state)) as sandbox, sandbox.store.transaction():
            sandbox.seed.customer("Stays")
            rights = {path.name: stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()}
    finally:
        os.umask(before)
    assert rights == dict.fromkeys(rights, 0o600)
    assert len(rights) == 2
