"""``POST /api``: GraphQL over HTTP, with the faults that are set."""

from __future__ import annotations

import asyncio
import json
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from graphql import GraphQLError, execute_sync
from starlette.responses import HTMLResponse, JSONResponse, Response

from reconciler.sandbox.batches import undone_on_error
from reconciler.sandbox.faults import BEFORE
from reconciler.sandbox.resolvers.context import Context
from reconciler.sandbox.schema import executable_schema, prepared, root_fields

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from graphql import DocumentNode
    from starlette.requests import Request
    from starlette.types import Receive, Scope, Send

    from reconciler.sandbox.app import Sandbox
    from reconciler.sandbox.faults import Fault

DROP = "sandbox.drop"
"""Set in a request's scope, it makes the connection be cut instead of an answer."""


class Dropped(Response):
    """No answer at all: the connection is cut."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        del receive, send
        scope[DROP] = True


_UNAUTHORIZED = {"detail": "Authentication credentials were not provided or have expired."}
_THROTTLED = {"detail": "Request was throttled. Expected available in 1 second."}


async def api(sandbox: Sandbox, request: Request) -> Response:
    """Answer one GraphQL request."""
    sandbox.log.requests += 1
    number = sandbox.log.requests
    if sandbox.settings.latency:
        await asyncio.sleep(sandbox.settings.latency)
    if not sandbox.rate.admits(time.monotonic()):
        return JSONResponse(_THROTTLED, 429, {"Retry-After": "1"})
    try:
        call = _read(await request.body())
    except GraphQLError as error:
        return _unless_signed_in(sandbox, request) or _failure(error)
    faults = sandbox.faults.take(number, call.fields)
    for fault in faults:
        if fault.kind == "delay":
            await asyncio.sleep(fault.seconds)
        if fault.kind in BEFORE:
            return _instead(fault)
    refused = _unless_signed_in(sandbox, request) or _unless_runnable(call, sandbox.settings.max_operations)
    if refused:
        return refused
    return _carried_out(call, faults, Context(sandbox.tenant, sandbox.log, number, base_url(request)))


def base_url(request: Request) -> str:
    return str(request.base_url).rstrip("/")


@dataclass(frozen=True, slots=True)
class _Call:
    """What a request asks for."""

    query: str
    variables: dict[str, Any] | None
    operation: str | None

    @property
    def document(self) -> DocumentNode:
        return prepared(self.query)[0]

    @property
    def problems(self) -> tuple[GraphQLError, ...]:
        return prepared(self.query)[1]

    @property
    def fields(self) -> frozenset[str]:
        return frozenset(self.keys.values())

    @property
    def keys(self) -> Mapping[str, str]:
        """Return the root field behind each key of the answer."""
        return {} if self.problems else root_fields(self.document, self.operation)


def _carried_out(call: _Call, faults: list[Fault], context: Context) -> Response:
    with undone_on_error(context):
        result = execute_sync(
            executable_schema(),
            call.document,
            context_value=context,
            variable_values=call.variables,
            operation_name=call.operation,
        )
    answer: dict[str, Any] = dict(result.formatted)
    for fault in faults:
        if fault.kind == "partial":
            _lose(answer, call, fault)
    # As with graphene, an error that belongs to no field is the request's fault.
    status = 400 if any("path" not in error for error in answer.get("errors", ())) else 200
    content = json.dumps(answer, ensure_ascii=False, separators=(",", ":")).encode()
    return _afterwards({fault.kind for fault in faults}, content, status)


def _read(body: bytes) -> _Call:
    try:
        data = json.loads(body)
    except ValueError as error:
        raise GraphQLError("POST body sent invalid JSON.") from error
    if not isinstance(data, dict) or not isinstance(data.get("query"), str) or not data["query"]:
        raise GraphQLError("Must provide query string.")
    variables = data.get("variables")
    if isinstance(variables, str):
        try:
            variables = json.loads(variables or "null")
        except ValueError as error:
            raise GraphQLError("Variables are invalid JSON.") from error
    if variables is not None and not isinstance(variables, dict):
        raise GraphQLError("Variables must be an object.")
    return _Call(data["query"], variables, data.get("operationName") or None)


def _unless_signed_in(sandbox: Sandbox, request: Request) -> Response | None:
    if sandbox.tokens.accepts(request.headers.get("authorization")):
        return None
    return JSONResponse(_UNAUTHORIZED, 401, {"WWW-Authenticate": "Bearer"})


def _unless_runnable(call: _Call, most: int) -> Response | None:
    if call.problems:
        return _failure(*call.problems)
    if most and len(call.keys) > most:
        return _failure(GraphQLError(f"A request may have at most {most} operations."))
    return None


def _failure(*errors: GraphQLError) -> Response:
    return JSONResponse({"errors": [dict(error.formatted) for error in errors]}, 400)


def _instead(fault: Fault) -> Response:
    """Return what a fault answers without carrying the request out."""
    if fault.kind == "throttle":
        headers = {"Retry-After": fault.retry_after} if fault.retry_after is not None else None
        return JSONResponse(_THROTTLED, 429, headers)
    if fault.kind == "unauthorized":
        return JSONResponse(_UNAUTHORIZED, 401, {"WWW-Authenticate": "Bearer"})
    if fault.kind == "error":
        return HTMLResponse(f"<html><body><h1>{fault.status}</h1>{fault.message}</body></html>", fault.status)
    return Dropped()


def _afterwards(kinds: Collection[str], content: bytes, status: int) -> Response:
    """Return the answer, or what a fault makes of it now that everything was carried out."""
    if "drop-after" in kinds:
        return Dropped()
    if "garbage" in kinds:
        return HTMLResponse("<html><body>OK</body></html>")
    if "truncate" in kinds:
        content = content[: len(content) // 2]
    return Response(content, status, media_type="application/json")


def _lose(answer: dict[str, Any], call: _Call, fault: Fault) -> None:
    """Replace one answer that was there with a top-level error: the fault's field, or the last one."""
    data = answer.get("data") or {}
    keys = [key for key in data if fault.field is None or fault.field == call.keys[key]]
    for key in keys[-1:]:
        data[key] = None
        answer.setdefault("errors", []).append({"message": fault.message, "path": [key]})
