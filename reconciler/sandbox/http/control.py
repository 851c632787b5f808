"""``/sandbox/…``: inspecting and controlling the sandbox, from this machine only."""

from __future__ import annotations

import json
from dataclasses import asdict
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any

from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from reconciler.sandbox.data.clock import ClockError, parse_duration, parse_moment, stamp
from reconciler.sandbox.data.config_variables import authorize
from reconciler.sandbox.data.permissions import denied, deny
from reconciler.sandbox.faults.specs import fault_of
from reconciler.sandbox.resolvers.schema import allow_fields
from reconciler.sandbox.world.load import SetupError
from reconciler.sandbox.world.outcomes import check_rules

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.requests import Request

    from reconciler.sandbox.state import State


def control_routes(sandbox: State) -> list[Route]:
    """Return the routes; a request from another machine gets 403."""

    async def log(request: Request) -> Response:
        if request.method == "DELETE":
            sandbox.log.clear()
        return JSONResponse(sandbox.log.as_json())

    async def reset(_: Request) -> Response:
        try:
            sandbox.reset()
        except SetupError as error:
            return JSONResponse({"detail": str(error)}, 409)
        return Response(status_code=204)

    async def expire(_: Request) -> Response:
        sandbox.tokens.expire()
        return Response(status_code=204)

    async def consent(request: Request) -> Response:
        done = authorize(sandbox.tenant, request.path_params["id"])
        if not done:
            return HTMLResponse("<h1>There is nothing to authorize here.</h1>", 404)
        return HTMLResponse("<h1>Authorized. You can close this window.</h1>")

    return [
        Route("/sandbox/log", _local(log), methods=["GET", "DELETE"]),
        Route("/sandbox/reset", _local(reset), methods=["POST"]),
        Route("/sandbox/denied", _local(_denied_of(sandbox)), methods=["GET", "PUT", "DELETE"]),
        Route("/sandbox/clock", _local(_clock_of(sandbox)), methods=["GET", "POST"]),
        Route("/sandbox/expire-token", _local(expire), methods=["POST"]),
        Route("/sandbox/faults", _local(_faults_of(sandbox)), methods=["GET", "POST", "DELETE"]),
        Route("/sandbox/outcomes", _local(_outcomes_of(sandbox)), methods=["GET", "PUT", "POST", "DELETE"]),
        Route("/sandbox/authorize/{id}", _local(consent), methods=["GET", "POST"]),
    ]


def _clock_of(sandbox: State) -> Callable[[Request], Awaitable[Response]]:
    async def clock(request: Request) -> Response:
        if request.method == "POST":
            try:
                _move_clock(sandbox, _mapping((await request.body()).decode()))
            except ValueError as error:
                return JSONResponse({"detail": str(error)}, 400)
        own = sandbox.tenant.clock
        return JSONResponse({"now": stamp(own.now()), "ahead": own.ahead.total_seconds()})

    return clock


def _move_clock(sandbox: State, asked: dict[str, Any]) -> None:
    """Move the clock as ``{"advance": "24h"}`` or ``{"at": "2026-03-01T08:00:00Z"}`` say."""
    match asked:
        case {"advance": by, **others} if not others:
            sandbox.advance(parse_duration(by))
        case {"at": moment, **others} if not others:
            sandbox.set_clock(parse_moment(moment))
        case _:
            raise ClockError('expected {"advance": "24h"} or {"at": "2026-03-01T08:00:00Z"}')


def _faults_of(sandbox: State) -> Callable[[Request], Awaitable[Response]]:
    async def faults(request: Request) -> Response:
        if request.method == "DELETE":
            sandbox.faults.clear()
        if request.method == "POST":
            try:
                _set_faults(sandbox, (await request.body()).decode())
            except ValueError as error:
                return JSONResponse({"detail": str(error)}, 400)
        if request.method != "GET":
            return Response(status_code=204)
        pending = [asdict(fault) for fault in sandbox.faults.pending]
        return JSONResponse({"pending": pending, "struck": len(sandbox.faults.struck)})

    return faults


def _denied_of(sandbox: State) -> Callable[[Request], Awaitable[Response]]:
    async def denials(request: Request) -> Response:
        if request.method != "GET":
            try:
                listed = [] if request.method == "DELETE" else _json(await request.body())
                _deny_listed(sandbox, listed)
            except ValueError as error:
                return JSONResponse({"detail": str(error)}, 400)
        return JSONResponse({"denied": sorted(denied(sandbox.store))})

    return denials


def _deny_listed(sandbox: State, listed: Any) -> None:
    """Deny the listed fields and no others; raise ``ValueError`` for what is no ``allow…`` field of the API."""
    if not isinstance(listed, list):
        raise ValueError("The JSON has to be a list of fields.")  # noqa: TRY004 - the caller answers every ValueError
    known = allow_fields()
    unknown = [each for each in listed if each not in known]
    if unknown:
        raise ValueError(f"There is no field {unknown[0]!r}.")
    deny(sandbox.store, listed)


def _outcomes_of(sandbox: State) -> Callable[[Request], Awaitable[Response]]:
    async def outcomes(request: Request) -> Response:
        rules = [] if request.method == "DELETE" else sandbox.outcomes.rules
        try:
            if request.method in {"PUT", "POST"}:
                given = _json(await request.body())
                given = given if isinstance(given, list) else [given]
                check_rules(given)
                rules = given if request.method == "PUT" else [*given, *rules]
            if request.method != "GET":
                sandbox.outcomes.replace(rules)
        except ValueError as error:
            return JSONResponse({"detail": str(error)}, 400)
        return JSONResponse({"outcomes": rules})

    return outcomes


def _set_faults(sandbox: State, body: str) -> None:
    """Set the faults of a request: specs, one a line, or a JSON object with a ``kind`` and its options."""
    if not body.lstrip().startswith("{"):
        specs: list[tuple[str, dict[str, Any]]] = [(line, {}) for line in body.splitlines() if line.strip()]
    else:
        options = _mapping(body)
        specs = [(str(options.pop("kind", "")), options)]
    # An error in one spec keeps all of them from being set.
    for spec, options in specs:
        fault_of(spec, options)
    for spec, options in specs:
        sandbox.faults.add(spec, **options)


def _json(body: str | bytes) -> Any:
    try:
        return json.loads(body)
    except RecursionError as error:
        raise ValueError("The JSON is nested too deeply.") from error


def _mapping(body: str) -> dict[str, Any]:
    data = _json(body)
    if not isinstance(data, dict):
        raise ValueError("The JSON has to be an object.")  # noqa: TRY004 - the caller answers every ValueError
    return data


def _local(handler: Callable[[Request], Awaitable[Response]]) -> Callable[[Request], Awaitable[Response]]:
    async def guarded(request: Request) -> Response:
        host = request.client.host if request.client else ""
        try:
            local = ip_address(host).is_loopback
        except ValueError:
            local = False
        return await handler(request) if local else JSONResponse({"detail": "Only from this machine."}, 403)

    return guarded
