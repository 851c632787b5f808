"""A transport that looks at everything the product sends, and lets the forbidden not pass."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from graphql import FieldNode, NonNullTypeNode, ObjectValueNode, VariableNode, print_ast
from graphql import OperationDefinitionNode as Operation
from graphql import parse as parse_anew

from reconciler.sandbox.in_process import InProcess

if TYPE_CHECKING:
    from collections.abc import Iterator, MutableMapping

    import httpx
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from reconciler.sandbox.app import Sandbox


class Forbidden(AssertionError):
    """The product sent what it must never send."""


@dataclass(slots=True)
class Recorder:
    """Counts what was looked at, so that a test can tell that something was; ``wrong`` is what was forbidden of it."""

    requests: int = 0
    updates: int = 0
    beside: int = 0
    """Requests with operations beside a query, which must not be carried out."""
    wrong: list[str] = field(default_factory=list)

    def look_at(self, body: bytes) -> None:
        """Raise ``Forbidden`` for what may never be sent.

        That is an ``updateInstance`` that carries ``configVariables``, and a mutation beside a query that a server
        could carry out.
        """
        self.requests += 1
        payload = json.loads(body)
        if "mutation " in payload["query"] and not payload["query"].startswith("mutation "):
            self._look_beside(payload)
        if "updateInstance" not in payload["query"]:
            return  # parsing is dear, and most requests are queries
        for name, arguments in root_fields(payload["query"], payload.get("variables") or {}):
            if name != "updateInstance":
                continue
            self.updates += 1
            if "configVariables" in (arguments.get("input") or {}):
                self.wrong.append("updateInstance was sent with configVariables: every other variable is reset")
                raise Forbidden(self.wrong[-1])

    def _look_beside(self, payload: dict[str, Any]) -> None:
        """Raise ``Forbidden`` unless each guard holds that keeps operations beside a query from being carried out."""
        first, *others = (each for each in parse(payload["query"]).definitions if isinstance(each, Operation))
        guards = {
            "the query comes first": first.operation.value == "query",
            "the request names the query": first.name is not None and payload.get("operationName") == first.name.value,
            "every root field is skipped": all(_is_skipped(root) for each in others for root in _roots(each)),
            "each mutation lacks a value": all(map(_requires, others)) and not payload.get("variables"),
        }
        self.beside += 1
        broken = [f"a mutation beside a query lacks a guard: {name}" for name, holds in guards.items() if not holds]
        self.wrong += broken
        if broken:
            raise Forbidden(broken[0])


def _roots(operation: Operation) -> list[FieldNode]:
    return [each for each in operation.selection_set.selections if isinstance(each, FieldNode)]


def _is_skipped(root: FieldNode) -> bool:
    return [print_ast(each) for each in root.directives or ()] == ["@skip(if: true)"]


def _requires(operation: Operation) -> bool:
    """Return whether an operation cannot be carried out without variables; a query may be."""
    required = any(isinstance(each.type, NonNullTypeNode) for each in operation.variable_definitions or ())
    return required or operation.operation.value == "query"


parse = lru_cache(parse_anew)

RECORDER = Recorder()
"""One for the whole run of a test process: nothing forbidden may ever be sent."""


def root_fields(query: str, variables: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield each root field that a request has carried out, with its arguments, variables filled in."""
    for definition in parse(query).definitions:
        if not isinstance(definition, Operation):
            continue
        for selection in definition.selection_set.selections:
            if isinstance(selection, FieldNode):
                yield (
                    selection.name.value,
                    {each.name.value: _value(each.value, variables) for each in selection.arguments or ()},
                )
        return  # what else a document has is only checked; the recorder holds that it comes after what is carried out


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


@dataclass(frozen=True, slots=True)
class RecordedApp:
    """A sandbox's application behind a socket: what the product sends to it passes a recorder, which keeps count."""

    app: ASGIApp
    recorder: Recorder

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] != "/api" or not _of_the_product(scope):
            await self.app(scope, receive, send)
            return
        body = bytearray()
        while True:
            message = await receive()
            body += message.get("body", b"")
            if not message.get("more_body"):
                break
        with suppress(Forbidden):  # it is kept, and the test that served the sandbox fails by it
            self.recorder.look_at(bytes(body))
        given = iter([{"type": "http.request", "body": bytes(body), "more_body": False}])

        async def again() -> Message:
            return next(given, None) or await receive()

        await self.app(scope, again, send)


def _of_the_product(scope: MutableMapping[str, Any]) -> bool:
    return any(name == b"user-agent" and value.startswith(b"reconciler/") for name, value in scope["headers"])
