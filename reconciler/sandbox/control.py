"""``/sandbox/…``: looking at the sandbox and steering it, from this machine only."""

from __future__ import annotations

from ipaddress import ip_address
from typing import TYPE_CHECKING, Any

from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from reconciler.sandbox.config_variables import authorize

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.requests import Request

    from reconciler.sandbox.app import Sandbox


def control_routes(sandbox: Sandbox) -> list[Route]:
    """Return the routes; who asks from another machine gets 403."""

    async def log(request: Request) -> Response:
        if request.method == "DELETE":
            sandbox.log.clear()
        return JSONResponse({"requests": sandbox.log.requests, "entries": sandbox.log.as_json()})

    async def reset(_: Request) -> Response:
        sandbox.reset()
        return Response(status_code=204)

    async def expire(_: Request) -> Response:
        sandbox.tokens.expire()
        return Response(status_code=204)

    async def faults(request: Request) -> Response:
        if request.method == "DELETE":
            sandbox.faults.clear()
            return Response(status_code=204)
        try:
            options: Any = await request.json()
            sandbox.faults.add(**options)
        except (TypeError, ValueError) as error:
            return JSONResponse({"detail": f"A fault is a JSON object with a kind: {error}"}, 400)
        return Response(status_code=204)

    async def consent(request: Request) -> Response:
        done = authorize(sandbox.tenant, request.path_params["id"])
        if not done:
            return HTMLResponse("<h1>There is nothing to authorize here.</h1>", 404)
        return HTMLResponse("<h1>Authorized. You can close this window.</h1>")

    return [
        Route("/sandbox/log", _local(log), methods=["GET", "DELETE"]),
        Route("/sandbox/reset", _local(reset), methods=["POST"]),
        Route("/sandbox/expire-token", _local(expire), methods=["POST"]),
        Route("/sandbox/faults", _local(faults), methods=["POST", "DELETE"]),
        Route("/sandbox/authorize/{id}", _local(consent), methods=["GET", "POST"]),
    ]


def _local(handler: Callable[[Request], Awaitable[Response]]) -> Callable[[Request], Awaitable[Response]]:
    async def guarded(request: Request) -> Response:
        host = request.client.host if request.client else ""
        try:
            local = ip_address(host).is_loopback
        except ValueError:
            local = False
        return await handler(request) if local else JSONResponse({"detail": "Only from this machine."}, 403)

    return guarded
