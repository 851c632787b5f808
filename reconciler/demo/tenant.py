"""The demo's tenant: a sandbox served from a thread, which ends with the demo in any case."""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import httpx
import uvicorn

from reconciler.demo.stage import Unexpected
from reconciler.sandbox.app import Sandbox
from reconciler.sandbox.data.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

HOST = "127.0.0.1"
START_SECONDS = 20.0

VALUE = """
query value($id: ID!) {
  instance(id: $id) { configVariables { nodes { value requiredConfigVariable { key } } } }
}
"""
VERSIONS = """
query versions($after: String) {
  instances(isSystem: false, first: 100, after: $after) { nodes { integration { versionNumber } } }
}
"""
CLICK = """
mutation click($id: ID!, $values: [InputInstanceConfigVariable]) {
  updateInstanceConfigVariables(input: { id: $id, configVariables: $values }) { errors { field messages } }
  deployInstance(input: { id: $id }) { errors { field messages } }
}
"""


class Clicks:
    """A person who changes things in Prismatic itself, without the manifests."""

    def __init__(self, client: httpx.Client) -> None:
        self._client = client

    def value(self, instance: str, key: str) -> str | None:
        """Return the live value of an instance's config variable."""
        nodes = self._ask(VALUE, {"id": instance})["instance"]["configVariables"]["nodes"]
        return next((node["value"] for node in nodes if node["requiredConfigVariable"]["key"] == key), None)

    def change(self, instance: str, values: dict[str, str]) -> None:
        """Set config variables of an instance and deploy it, as the web interface does."""
        entries = [{"key": key, "value": value} for key, value in values.items()]
        self._ask(CLICK, {"id": instance, "values": entries})

    def versions(self) -> list[int]:
        """Return the version that each live instance runs; the demo has less than a page of them."""
        nodes = self._ask(VERSIONS, {})["instances"]["nodes"]
        return [node["integration"]["versionNumber"] for node in nodes]

    def outcomes(self, rules: Sequence[Mapping[str, Any]]) -> None:
        """Decide how runs of flows turn out in the sandbox."""
        self._client.put("/sandbox/outcomes", json=list(rules)).raise_for_status()

    def wait(self, duration: str) -> None:
        """Move the sandbox's clock on, by a duration such as ``1h``."""
        self._client.post("/sandbox/clock", json={"advance": duration}).raise_for_status()

    def _ask(self, query: str, variables: dict[str, Any]) -> dict[str, Any]:
        response = self._client.post("/api", json={"query": query, "variables": variables})
        response.raise_for_status()
        data: dict[str, Any] = response.json()["data"]
        return data


@contextmanager
def serve(integrations: Path) -> Iterator[tuple[str, str]]:
    """Serve a sandbox on a free port of this machine; yield its address and its access token."""
    with Sandbox(Settings(integrations=(integrations,))) as sandbox:
        config = uvicorn.Config(
            sandbox.app,
            host=HOST,
            port=0,
            log_level="error",
            lifespan="off",
            date_header=False,  # the sandbox sends its own, by its clock
            timeout_graceful_shutdown=1,
        )
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, name="sandbox", daemon=True)
        thread.start()
        try:
            _wait_for(server, thread)
            (listener,) = server.servers[0].sockets
            yield f"http://{HOST}:{listener.getsockname()[1]}", sandbox.settings.token
        finally:
            server.should_exit = True
            thread.join()


def _wait_for(server: uvicorn.Server, thread: threading.Thread) -> None:
    given_up = time.monotonic() + START_SECONDS
    while not server.started:
        if not thread.is_alive() or time.monotonic() > given_up:
            raise Unexpected("the demo's sandbox did not start")
        time.sleep(0.01)


@contextmanager
def clicks(url: str, token: str) -> Iterator[Clicks]:
    """Yield a person who is signed in to the sandbox."""
    headers = {"Authorization": f"Bearer {token}"}
    with httpx.Client(base_url=url, headers=headers, trust_env=False, timeout=30) as client:
        yield Clicks(client)
