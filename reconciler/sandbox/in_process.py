"""Using a sandbox in-process: an httpx transport that opens no socket."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx

from reconciler.sandbox.faults.fault import ConnectionDropped, NoAnswer

if TYPE_CHECKING:
    from reconciler.sandbox.app import Sandbox


class InProcess(httpx.AsyncBaseTransport):
    """Sends requests straight to a sandbox.

    A dropped connection raises ``httpx.RemoteProtocolError``. A request that the sandbox would never answer raises
    ``httpx.ReadTimeout`` at once.
    """

    def __init__(self, sandbox: Sandbox) -> None:
        self._inner = httpx.ASGITransport(app=sandbox.app)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        try:
            return await self._inner.handle_async_request(request)
        except NoAnswer as error:
            raise httpx.ReadTimeout("The read operation timed out", request=request) from error
        except ConnectionDropped as error:
            raise httpx.RemoteProtocolError(
                "Server disconnected without sending a response.", request=request
            ) from error
