"""A server that costs nothing: the pages of a made-up tenant, rendered beforehand, in a process of its own.

It knows just the operations that the benchmarks send, and reads a document no further than it must. What is written
is kept, so that a read-back finds it. ``python -m benchmarks.server INSTANCES LATENCY PER_CUSTOMER`` prints its
address, and serves until its standard input ends; ``GET /seen`` returns what was asked so far, ``POST /forget`` forgets
it.
"""

from __future__ import annotations

import asyncio
import json
import re
import sys
from dataclasses import dataclass, field
from typing import Any

from benchmarks import tenant
from benchmarks.chain import longest_chain

_ROOT = re.compile(r"(?:(\w+): )?\b(\w+)(\((?:[^()]|\([^()]*\))*\))? ?\{")
_ALIASED = re.compile(r"\b(op\d+): (\w+)(\([^)]*\))?")
_LENGTH = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)
PAGE = 100


@dataclass(slots=True)
class Listed:
    """One list of the tenant: its nodes, and each as JSON, rendered when it was last changed."""

    nodes: list[dict[str, Any]]
    texts: list[bytes] = field(default_factory=list)
    pages: dict[tuple[int, int], bytes] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.texts = [_json(node) for node in self.nodes]
        for start in range(0, len(self.nodes), PAGE):
            self.page(start, PAGE)

    def page(self, start: int, size: int) -> bytes:
        key = start, size
        if key not in self.pages:
            total, found = len(self.texts), self.texts[start : start + size]
            more = start + size < total
            info = _json({"hasNextPage": more, "endCursor": f"c{start + len(found)}"})
            self.pages[key] = b'{"totalCount":%d,"pageInfo":%b,"nodes":[%b]}' % (total, info, b",".join(found))
        return self.pages[key]

    def changed(self, index: int) -> None:
        self.texts[index] = _json(self.nodes[index])
        self.pages = {key: page for key, page in self.pages.items() if not key[0] <= index < key[0] + key[1]}

    def add(self, node: dict[str, Any]) -> None:
        self.nodes.append(node)
        self.texts.append(_json(node))
        self.pages.clear()


class Tenant:
    """The tenant, and what it answers to each root field: bytes of JSON."""

    def __init__(self, shape: tenant.Shape) -> None:
        self.customers = Listed([tenant.customer_node(number) for number in range(shape.customers)])
        self.instances = Listed([tenant.instance_node(number, shape.per_customer) for number in range(shape.instances)])
        self.versions = Listed([tenant.version_node(number) for number in tenant.VERSIONS])
        self.version_at = {node["id"]: index for index, node in enumerate(self.versions.nodes)}
        self.customer_at = {node["externalId"]: index for index, node in enumerate(self.customers.nodes)}
        self.instance_at = {node["id"]: index for index, node in enumerate(self.instances.nodes)}
        self.named_at = {
            (node["customer"]["id"], node["name"]): index for index, node in enumerate(self.instances.nodes)
        }
        self.fields = {
            "organization": lambda _: b'{"id":"org","name":"Benchmark"}',
            "authenticatedUser": lambda _: (
                b'{"id":"me","email":"me@example.com","name":"Me","role":{"id":"r","name":"Admin"}}'
            ),
            "customerRoles": lambda _: b'[{"id":"r","name":"Admin"}]',
            "integration": lambda arguments: self.versions.texts[self.version_at[arguments["id"]]],
            "integrations": lambda arguments: self._list(self.versions, arguments),
            "customers": lambda arguments: self._list(self.customers, arguments),
            "instances": lambda arguments: self._list(self.instances, arguments),
            "instance": lambda arguments: self.instances.texts[self.instance_at[arguments["id"]]],
            "createInstance": self._create,
            "updateInstance": self._update,
            "updateInstanceConfigVariables": self._configure,
            "deployInstance": self._deploy,
        }

    def _list(self, listed: Listed, arguments: dict[str, Any]) -> bytes:
        start, size = arguments.get("offset") or 0, min(arguments.get("first") or PAGE, PAGE)
        if arguments.get("externalId"):
            return _found(listed, self.customer_at.get(arguments["externalId"]))
        if arguments.get("customer") and arguments.get("name"):
            return _found(listed, self.named_at.get((arguments["customer"], arguments["name"])))
        return listed.page(start, size)

    def _create(self, arguments: dict[str, Any]) -> bytes:
        given = arguments["input"]
        number = len(self.instances.nodes)
        node = tenant.instance_node(number) | {
            "name": given["name"],
            "customer": {"id": given["customer"], "name": given["customer"]},
            "needsDeploy": True,
            "lastDeployedAt": None,
        }
        self.instances.add(node)
        self.instance_at[node["id"]] = self.named_at[given["customer"], given["name"]] = number
        return self._written(number, {"configVariables": given.get("configVariables", ())})

    def _update(self, arguments: dict[str, Any]) -> bytes:
        given = arguments["input"]
        node = self.instances.nodes[self.instance_at[given["id"]]]
        node.update({key: value for key, value in given.items() if key in {"name", "description", "enabled", "labels"}})
        if "integration" in given:
            number = self.versions.nodes[self.version_at[given["integration"]]]["versionNumber"]
            node.update(integration=tenant.version_reference(number), needsDeploy=True)
        return self._written(self.instance_at[given["id"]], given)

    def _configure(self, arguments: dict[str, Any]) -> bytes:
        given = arguments["input"]
        self.instances.nodes[self.instance_at[given["id"]]]["needsDeploy"] = True
        return self._written(self.instance_at[given["id"]], given)

    def _deploy(self, arguments: dict[str, Any]) -> bytes:
        index = self.instance_at[arguments["input"]["id"]]
        self.instances.nodes[index].update(needsDeploy=False, lastDeployedAt=tenant.MOMENT)
        return self._written(index, {})

    def _written(self, index: int, given: dict[str, Any]) -> bytes:
        """Take the variables over, and return the payload."""
        node = self.instances.nodes[index]
        by_key = {each["requiredConfigVariable"]["key"]: each for each in node["configVariables"]["nodes"]}
        for variable in given.get("configVariables") or ():
            by_key[variable["key"]]["value"] = variable["value"]
        self.instances.changed(index)
        return b'{"instance":%b,"errors":[]}' % self.instances.texts[index]


def _found(listed: Listed, index: int | None) -> bytes:
    nodes = b"" if index is None else listed.texts[index]
    return b'{"totalCount":%d,"pageInfo":{"hasNextPage":false,"endCursor":null},"nodes":[%b]}' % (bool(nodes), nodes)


def _json(value: Any) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()


def answer(tenant_: Tenant, body: bytes) -> bytes:
    """Return the answer to one GraphQL request: each root field by its alias, with the variables that it names."""
    payload = json.loads(body)
    query, variables = payload["query"], payload.get("variables") or {}
    found = [(match[1], match[2], match[3] or "") for match in _ALIASED.finditer(query)]
    if not found:
        # A client that uses no aliases: one root field, behind the operation's own brace.
        match = _ROOT.search(query, query.index("{") + 1)
        if match is None:
            return b'{"errors":[{"message":"not understood"}]}'
        found = [(match[1] or match[2], match[2], match[3] or "")]
    parts = []
    for key, name, written in found:
        parts.append(b'"%b":%b' % (key.encode(), tenant_.fields[name](_arguments(written, variables))))
    return b'{"data":{%b}}' % b",".join(parts)


_ARGUMENT = re.compile(r"(\w+): (?:\$(\w+)|(\d+)|\"([^\"]*)\"|(\{[^{}]*\}))")


def _arguments(written: str, variables: dict[str, Any]) -> dict[str, Any]:
    arguments: dict[str, Any] = {}
    for name, variable, number, text, fields in _ARGUMENT.findall(written):
        if fields:
            arguments[name] = _arguments(fields, variables)
        else:
            arguments[name] = variables.get(variable) if variable else int(number) if number else text
    return arguments


@dataclass(slots=True)
class Seen:
    """What was asked so far."""

    requests: int = 0
    bytes_sent: int = 0
    bodies: list[str] = field(default_factory=list)
    answers: list[bytes] = field(default_factory=list)

    def add(self, body: str, answered: bytes) -> None:
        self.requests += 1
        self.bytes_sent += len(answered)
        self.bodies.append(body)
        self.answers.append(answered)

    def report(self) -> bytes:
        chain = longest_chain(zip(self.bodies, self.answers, strict=True))
        return _json({"requests": self.requests, "bytes": self.bytes_sent, "bodies": self.bodies, "chain": chain})

    def forget(self) -> None:
        self.requests = self.bytes_sent = 0
        self.bodies.clear()
        self.answers.clear()


class Connection(asyncio.Protocol):
    """One HTTP/1.1 connection, kept alive; requests have a length."""

    def __init__(self, tenant_: Tenant, seen: Seen, latency: float) -> None:
        self._tenant, self._seen, self._latency = tenant_, seen, latency
        self._buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport: Any = transport

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        head, gap, rest = self._buffer.partition(b"\r\n\r\n")
        length = _LENGTH.search(head)
        needed = int(length[1]) if length else 0
        if not gap or len(rest) < needed:
            return
        self._buffer = rest[needed:]
        self._respond(head.split(b" ", 2)[1], rest[:needed])

    def _respond(self, path: bytes, body: bytes) -> None:
        delay = 0.0
        if path == b"/seen":
            content = self._seen.report()
        elif path == b"/forget":
            self._seen.forget()
            content = b"{}"
        else:
            content = answer(self._tenant, body)
            self._seen.add(body.decode(), content)
            delay = self._latency
        head = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n" % len(content)
        if delay:
            asyncio.get_running_loop().call_later(delay, self._transport.writelines, [head, content])
        else:
            self._transport.writelines([head, content])


async def serve(shape: tenant.Shape, latency: float) -> None:
    """Serve on a free port of the loopback interface until standard input ends."""
    made, seen = Tenant(shape), Seen()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Connection(made, seen, latency), "127.0.0.1", 0)
    print(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", flush=True)
    await loop.run_in_executor(None, sys.stdin.read)
    server.close()


if __name__ == "__main__":
    asyncio.run(serve(tenant.Shape(int(sys.argv[1]), int(sys.argv[3])), float(sys.argv[2])))
