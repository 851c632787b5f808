"""What the sandbox costs: a page of a hundred instances, and filling a tenant of five thousand.

``python -m benchmarks.sandbox`` prints processor seconds, the best of several runs. What a page costs depends on the
machine, so it is told as a ratio too: to what GraphQL itself takes for the same document over an answer that is there.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
from graphql import build_schema, execute_sync, parse

from reconciler.sandbox.app import Sandbox
from reconciler.sandbox.data.settings import Settings
from reconciler.sandbox.in_process import InProcess

if TYPE_CHECKING:
    from collections.abc import Callable

INSTANCES, RUNS = 5000, 9
LIMIT = 0.150
"""Processor seconds that a page may take at the very most."""

DEFINITION = "name: Wide\nrequiredConfigVars:\n" + "".join(
    f"  - {{key: Text {number}, dataType: string, defaultValue: a default}}\n" for number in range(8)
)
DEFINITION += "".join(
    f"  - {{key: Connection {number}, dataType: connection, connection: {{key: basic, component: {{key: c}}}},\n"
    "     inputs: {user: {type: value, value: u}, url: {type: value, value: w},\n"
    '              password: {type: value, value: "", meta: {writeOnly: true}}}}\n'
    for number in range(2)
)
PAGE = """query ($after: String) { instances(
    first: 100, after: $after, isSystem: false, sortBy: [{field: CREATED_AT, direction: ASC}]) {
  totalCount pageInfo { hasNextPage endCursor } nodes {
    id name description enabled needsDeploy labels lastDeployedAt updatedAt configState
    customer { id name externalId } integration { id name versionNumber versionSequenceId }
    configVariables(first: 100) { pageInfo { hasNextPage endCursor } nodes {
      id value scheduleType timeZone status requiredConfigVariable { key dataType collectionType defaultValue }
      inputs(first: 100) { pageInfo { hasNextPage } nodes { name type value hasValue } } } } } } }"""


def best(work: Callable[[], object], runs: int = RUNS) -> float:
    """Return the fewest processor seconds that some work took."""
    took = []
    for _ in range(runs):
        started = time.process_time()
        work()
        took.append(time.process_time() - started)
    return min(took)


def seeded(instances: int) -> Sandbox:
    """Return a sandbox with so many instances, ten a customer."""
    sandbox = Sandbox(Settings())
    sandbox.seed.integration(DEFINITION)
    version = sandbox.seed.version("Wide")["id"]
    for number in range(instances // 10):
        customer = sandbox.seed.customer(f"Customer {number}", externalId=f"c-{number}")["id"]
        for other in range(10):
            sandbox.seed.instance(f"Instance {other}", customer=customer, integration=version)
    return sandbox


def from_world(folder: Path, instances: int) -> None:
    """Start a sandbox from a world file with so many instances, five of their variables written."""
    (folder / "wide.yaml").write_text(DEFINITION, encoding="utf-8")
    lines = ["integrations: [{versions: [{definition: wide.yaml}]}]", "customers:"]
    lines += [f"  - {{name: Customer {number}, externalId: c-{number}}}" for number in range(instances // 10)]
    lines += ["instances:"]
    for number in range(instances):
        lines += [
            f"  - name: Instance {number % 10}",
            f"    customer: Customer {number // 10}",
            "    integration: Wide",
            "    deployed: true",
            "    configVariables:",
            *(f"      Text {each}: value {number}" for each in range(4)),
            "      Connection 1: {inputs: {user: somebody, password: made-up}}",
        ]
    world = folder / "world.yaml"
    world.write_text("\n".join(lines), encoding="utf-8")
    with Sandbox(Settings(world=world)):
        pass


class Client:
    """Asks a sandbox for a page."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._runner = asyncio.Runner()
        self._client = httpx.AsyncClient(transport=InProcess(sandbox), base_url="http://sandbox")

    def page(self) -> dict[str, Any]:
        request = self._client.post("/api", json={"query": PAGE}, headers={"Authorization": "Bearer sandbox"})
        answer: dict[str, Any] = self._runner.run(request).json()
        return answer

    def close(self) -> None:
        self._runner.run(self._client.aclose())
        self._runner.close()


def floor(answer: dict[str, Any]) -> float:
    """Return what GraphQL takes to walk through an answer that is there already."""
    from importlib import resources

    schema = build_schema(resources.files("reconciler.sandbox").joinpath("schema.graphql").read_text(encoding="utf-8"))
    document = parse(PAGE)
    return best(lambda: execute_sync(schema, document, root_value=answer))


def main() -> int:
    """Measure, print, and return 1 where a page takes too long."""
    started = time.process_time()
    sandbox = seeded(INSTANCES)
    by_seed = time.process_time() - started
    client = Client(sandbox)
    answer = client.page()["data"]
    page, bare = best(client.page), floor(answer)
    client.close()
    sandbox.close()
    with tempfile.TemporaryDirectory() as folder:
        by_world = best(lambda: from_world(Path(folder), INSTANCES), 1)
    print(f"a page of 100 instances of {INSTANCES}, 10 variables each: {page * 1000:.0f} ms of processor time")
    print(f"  {page / bare:.2f} times what GraphQL takes by itself ({bare * 1000:.0f} ms)")
    print(f"filling a tenant with {INSTANCES} instances: {by_seed:.1f} s by Seed, {by_world:.1f} s from a world file")
    return int(page > LIMIT)


if __name__ == "__main__":
    sys.exit(main())
