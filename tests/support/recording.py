"""A transport that looks at everything the product sends, and lets the forbidden not pass."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from graphql import FieldNode, ObjectValueNode, OperationDefinitionNode, VariableNode, parse

from reconciler.sandbox.transport import InProcess

if TYPE_CHECKING:
    from collections.abc import Iterator

    import httpx

    from reconciler.sandbox.app import Sandbox


class Forbidden(AssertionError):
    """The product sent what it must never send."""


@dataclass(slots=True)
class Recorder:
    """Counts what was looked at, so that a test can tell that something was."""

    requests: int = 0
    updates: int = 0

    def look_at(self, body: bytes) -> None:
        """Raise ``Forbidden`` for an ``updateInstance`` that carries ``configVariables``."""
        self.requests += 1
        payload = json.loads(body)
        for name, arguments in root_fields(payload["query"], payload.get("variables") or {}):
            if name != "updateInstance":
                continue
            self.updates += 1
            if "configVariables" in (arguments.get("input") or {}):
                raise Forbidden("updateInstance was sent with configVariables: every other variable is reset")


def root_fields(query: str, variables: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield each root field of a request with its arguments, variables filled in."""
    for definition in parse(query).definitions:
        if not isinstance(definition, OperationDefinitionNode):
            continue
        for selection in definition.selection_set.selections:
            if isinstance(selection, FieldNode):
                yield (
                    selection.name.value,
                    {each.name.value: _value(each.value, variables) for each in selection.arguments or ()},
                )


def _value(node: Any, variables: dict[str, Any]) -> Any:
    if isinstance(node, VariableNode):
        return variables.get(node.name.value)
    if isinstance(node, ObjectValueNode):
        return {each.name.value: _value(each.value, variables) for each in node.fields}
    return getattr(node, "value", None)


class Recording(InProcess):
    """Sends to a sandbox in-process, past a recorder."""

    def __init__(self, sandbox: Sandbox, recorder: Recorder) -> None:
        super().__init__(sandbox)
        self._recorder = recorder

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if request.url.path == "/api":
            self._recorder.look_at(await request.aread())
        return await super().handle_async_request(request)
