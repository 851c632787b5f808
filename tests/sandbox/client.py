"""A small synchronous client for a sandbox in this process."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

import httpx

from reconciler.sandbox.in_process import InProcess

if TYPE_CHECKING:
    from reconciler.sandbox.app import Sandbox

URL = "http://sandbox"


class Api:
    """Asks a sandbox over its HTTP interface, without a socket."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        self._runner = asyncio.Runner()
        self._client = httpx.AsyncClient(transport=InProcess(sandbox), base_url=URL)
        self.headers = {"Authorization": "Bearer sandbox"}

    def close(self) -> None:
        self._runner.run(self._client.aclose())
        self._runner.close()

    def request(self, method: str, url: str, **options: Any) -> httpx.Response:
        return self._runner.run(self._client.request(method, url, **options))

    def post(self, query: Any, variables: Any = None, **more: Any) -> httpx.Response:
        """Send one GraphQL request and return the HTTP answer."""
        return self.request("POST", "/api", headers=self.headers, json={"query": query, "variables": variables, **more})

    def raw(self, query: str, **variables: Any) -> dict[str, Any]:
        """Return the whole JSON answer."""
        answer: dict[str, Any] = self.post(query, variables).json()
        return answer

    def __call__(self, query: str, **variables: Any) -> Any:
        """Return the data; top-level errors fail the test."""
        answer = self.raw(query, **variables)
        assert "errors" not in answer, answer["errors"]
        return answer["data"]

    def mutate(self, field: str, select: str, **data: Any) -> dict[str, Any]:
        """Run a mutation and return its payload; ``select`` is what to select of the payload beside errors."""
        kind = field[0].upper() + field[1:]
        document = (
            f"mutation ($input: {kind}Input!) {{ {field}(input: $input) {{ {select} errors {{ field messages }} }} }}"
        )
        payload: dict[str, Any] = self(document, input=data)[field]
        return payload

    def done(self, field: str, select: str, **data: Any) -> Any:
        """Run a mutation that must succeed, and return the object it selects."""
        payload = self.mutate(field, select, **data)
        assert payload["errors"] == []
        return payload[select.split(" ", 1)[0]]

    def errors(self, field: str, **data: Any) -> list[tuple[str, str]]:
        """Run a mutation that must be refused, and return its errors."""
        payload = self.mutate(field, "clientMutationId", **data)
        assert payload["errors"]
        return [(error["field"], message) for error in payload["errors"] for message in error["messages"]]

    def variables(self, instance: str) -> dict[str, Any]:
        """Return an instance's config variables by key, each with its inputs as a mapping."""
        query = """query ($id: ID!) { instance(id: $id) { configVariables { nodes {
          id value scheduleType timeZone status authorizeUrl
          customerConfigVariable { id } onPremiseResource { id }
          requiredConfigVariable { key }
          inputs { nodes { name type value hasValue } } } } } }"""
        nodes = self(query, id=instance)["instance"]["configVariables"]["nodes"]
        return {
            node["requiredConfigVariable"]["key"]: {
                **node,
                "inputs": {item["name"]: item for item in node["inputs"]["nodes"]},
            }
            for node in nodes
        }

    def values(self, instance: str) -> dict[str, Any]:
        return {key: variable["value"] for key, variable in self.variables(instance).items()}


def inputs(**values: str) -> str:
    """Return connection inputs as ``values`` takes them."""
    return json.dumps([{"name": name, "type": "value", "value": value} for name, value in values.items()])
