"""The sandbox's HTTP endpoints, as one ASGI application."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.routing import Route

from reconciler.sandbox.control import control_routes
from reconciler.sandbox.faults import ConnectionDropped
from reconciler.sandbox.graphql_http import DROP, api
from reconciler.sandbox.hooks import hook_routes
from reconciler.sandbox.sign_in import sign_in_routes

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.types import ASGIApp, Receive, Scope, Send

    from reconciler.sandbox.app import Sandbox


def application(sandbox: Sandbox) -> ASGIApp:
    """Return the application that serves the sandbox."""

    async def serve_api(request: Request) -> Response:
        return await api(sandbox, request)

    routes = [
        Route("/api", serve_api, methods=["POST"]),
        *sign_in_routes(sandbox),
        *hook_routes(sandbox),
        *control_routes(sandbox),
    ]
    return _Droppable(Starlette(routes=routes))


class _Droppable:
    """Cuts the connection where a fault says so, which no ordinary response can do."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._app(scope, receive, send)
        if not scope.get(DROP):
            return
        # Under uvicorn, `send` is a method of the request's cycle, which holds the socket's transport.
        transport = getattr(getattr(send, "__self__", None), "transport", None)
        if transport is None:
            raise ConnectionDropped
        transport.abort()
        # Two turns of the loop, so that the server knows of the loss before this returns without an answer.
        await asyncio.sleep(0)
        await asyncio.sleep(0)
