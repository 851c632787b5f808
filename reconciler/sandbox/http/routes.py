"""The sandbox's HTTP endpoints, as one ASGI application."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import UTC
from email.utils import format_datetime
from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.datastructures import MutableHeaders
from starlette.routing import Route

from reconciler.sandbox.data.executions import settle
from reconciler.sandbox.faults.answers import CUT
from reconciler.sandbox.faults.fault import ConnectionDropped, NoAnswer
from reconciler.sandbox.http.control import control_routes
from reconciler.sandbox.http.graphql import api
from reconciler.sandbox.http.hooks import hook_routes
from reconciler.sandbox.http.sign_in import sign_in_routes
from reconciler.sandbox.page.route import page_routes

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from reconciler.sandbox.data.tenant import Tenant
    from reconciler.sandbox.state import State


def application(sandbox: State) -> ASGIApp:
    """Return the application that serves the sandbox."""

    async def serve_api(request: Request) -> Response:
        return await api(sandbox, request)

    routes = [
        Route("/api", serve_api, methods=["POST"]),
        *sign_in_routes(sandbox),
        *hook_routes(sandbox),
        *control_routes(sandbox),
        *page_routes(sandbox),
    ]
    return _Droppable(_on_time(Starlette(routes=routes), sandbox.tenant))


def _on_time(app: ASGIApp, tenant: Tenant) -> ASGIApp:
    """Return the application behind the sandbox's clock: first happens what is due, and answers have its ``Date``."""

    async def timed(scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_date(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)["Date"] = format_datetime(tenant.clock.now().astimezone(UTC), usegmt=True)
            await send(message)

        settle(tenant)
        await app(scope, receive, send_with_date)

    return timed


class _Droppable:
    """Middleware that cuts connections for faults; no ordinary response can do that."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._app(scope, receive, send)
        if CUT not in scope:
            return
        # Under uvicorn, `send` is a method of the request's cycle, which holds the socket's transport.
        transport = getattr(getattr(send, "__self__", None), "transport", None)
        if transport is None:
            raise NoAnswer if scope[CUT] else ConnectionDropped
        await _hang(receive, scope[CUT])
        transport.abort()
        # After two turns of the loop the server has seen the loss; else it would report a missing response.
        await asyncio.sleep(0)
        await asyncio.sleep(0)


async def _hang(receive: Receive, seconds: float) -> None:
    """Wait, at most until the client disconnects."""
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            while (await receive())["type"] != "http.disconnect":
                pass
