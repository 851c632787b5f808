"""``POST /api``: GraphQL over HTTP, with the faults that are set."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from graphql import GraphQLError, execute_sync
from starlette.responses import JSONResponse

from reconciler.sandbox.data.audit import Unserved
from reconciler.sandbox.faults.answers import Cut, afterwards, instead, page, throttled, unauthorized
from reconciler.sandbox.faults.fault import Asked
from reconciler.sandbox.http.limits import RETRY_AFTER, Patience, too_large, too_many_operations, too_much
from reconciler.sandbox.http.variables import readable
from reconciler.sandbox.resolvers.batches import undone_on_error
from reconciler.sandbox.resolvers.context import Context
from reconciler.sandbox.resolvers.lacking import asks_about_the_schema
from reconciler.sandbox.resolvers.newer import is_official
from reconciler.sandbox.resolvers.schema import executable_schema, prepared, root_fields

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from starlette.requests import Request
    from starlette.responses import Response

    from reconciler.sandbox.data.audit import Running
    from reconciler.sandbox.data.settings import Settings
    from reconciler.sandbox.faults.fault import Fault
    from reconciler.sandbox.resolvers.schema import Prepared
    from reconciler.sandbox.state import State


async def api(sandbox: State, request: Request) -> Response:
    """Answer one GraphQL request, and keep what was carried out for the log."""
    sandbox.log.requests += 1
    exchange = _Exchange(sandbox.log.requests)
    response = await _answer(sandbox, request, exchange)
    faults = tuple(fault.kind for fault in exchange.faults)
    if exchange.running:
        sandbox.log.keep(exchange.number, exchange.running, exchange.data, faults)
    else:
        status = 0 if isinstance(response, Cut) else response.status_code
        at = sandbox.tenant.clock.now().isoformat()
        sandbox.log.keep_unserved(Unserved(exchange.number, exchange.fields, status, at, faults))
    return response


@dataclass(slots=True)
class _Exchange:
    """One request and its answer, as far as it got."""

    number: int
    fields: tuple[str, ...] = ()
    faults: Sequence[Fault] = ()
    running: Sequence[Running] = ()
    data: Mapping[str, Any] = field(default_factory=dict)


async def _answer(sandbox: State, request: Request, exchange: _Exchange) -> Response:
    patience = Patience(sandbox.settings.variants)
    await patience.wait(sandbox.settings.latency)
    if not sandbox.rate.admits(time.monotonic()):
        return throttled(RETRY_AFTER[sandbox.settings.variants.retry_after])
    body = await request.body()
    if too_large(body, sandbox.settings.variants):
        return page(413)
    try:
        call = _read(body, sandbox.settings, official=is_official(request.headers))
    except GraphQLError as error:
        return _unless_signed_in(sandbox, request) or _failure(error)
    exchange.fields = tuple(call.keys.values())
    asked = Asked(exchange.number, sandbox.log.operations + 1, exchange.fields)
    sandbox.log.operations += len(call.keys)
    exchange.faults = faults = sandbox.faults.take(asked)
    await patience.wait(sum(fault.seconds for fault in faults if fault.kind == "delay"))
    if any(fault.kind == "expire" for fault in faults):
        sandbox.tokens.expire()
    refused = instead(faults) or _unless_signed_in(sandbox, request) or _unless_runnable(call, sandbox.settings)
    if refused:
        return refused
    # A gateway that gives up on a request does not keep the server behind it from going on.
    context = Context(sandbox.tenant, base_url(request))
    answer, status = _carried_out(call, context)
    if context.too_many:
        return _too_many(answer, context)
    exchange.running, exchange.data = context.running, dict(answer.get("data") or {})
    return page(504) if patience.lost else afterwards(answer, status, faults, asked, tuple(call.keys))


def _too_many(answer: dict[str, Any], context: Context) -> Response:
    """Return the answer to a request of which nothing was carried out, since too many executions go on."""
    if context.tenant.variants.too_many_runs == "graphql":
        return JSONResponse(answer, 429)
    return throttled(None, context.too_many[0])


def base_url(request: Request) -> str:
    return str(request.base_url).rstrip("/")


@dataclass(frozen=True, slots=True)
class _Call:
    """What a request asks for."""

    query: str
    variables: dict[str, Any] | None
    operation: str | None
    official: bool
    without: tuple[str, ...]
    unexecuted_operations: str

    @property
    def prepared(self) -> Prepared:
        alone = self.operation if self.unexecuted_operations == "ignored" else None
        return prepared(self.query, official=self.official, without=self.without, alone=alone)

    @property
    def keys(self) -> Mapping[str, str]:
        """Return the root field behind each key of the answer."""
        return {} if self.prepared.problems else root_fields(self.prepared.document, self.operation)


def _carried_out(call: _Call, context: Context) -> tuple[dict[str, Any], int]:
    """Return the answer and its HTTP status."""
    document = call.prepared.document
    with undone_on_error(context):
        result = execute_sync(
            executable_schema(call.without),
            document,
            context_value=context,
            variable_values=readable(document, call.operation, call.variables),
            operation_name=call.operation,
        )
    answer: dict[str, Any] = dict(result.formatted)
    # As with graphene, an error that belongs to no field is the request's fault.
    status = 400 if any("path" not in error for error in answer.get("errors", ())) else 200
    if status == 200 and call.prepared.left_out:
        answer["errors"] = [*answer.get("errors", ()), *(error.formatted for error in call.prepared.left_out)]
    return answer, status


def _read(body: bytes, settings: Settings, *, official: bool) -> _Call:
    try:
        data = json.loads(body)
    except (ValueError, RecursionError) as error:
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
    name, unexecuted = data.get("operationName") or None, settings.variants.unexecuted_operations
    return _Call(data["query"], variables, name, official, settings.without, unexecuted)


def _unless_signed_in(sandbox: State, request: Request) -> Response | None:
    if sandbox.tokens.accepts(request.headers.get("authorization")):
        return None
    return unauthorized()


def _unless_runnable(call: _Call, settings: Settings) -> Response | None:
    document = call.prepared.document
    problems = too_many_operations(document, settings.variants) or call.prepared.problems
    problems = problems or too_much(document, len(call.keys), settings)
    if not settings.introspection:
        problems = problems or asks_about_the_schema(document)
    return _failure(*problems) if problems else None


def _failure(*errors: GraphQLError) -> Response:
    return JSONResponse({"errors": [dict(error.formatted) for error in errors]}, 400)
