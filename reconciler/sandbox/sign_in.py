"""Getting access tokens: ``/auth/refresh``, ``/auth/meta`` and ``/oauth/token``."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from starlette.responses import JSONResponse
from starlette.routing import Route

from reconciler.sandbox.ids import derived_uuid

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from reconciler.sandbox.app import Sandbox


def sign_in_routes(sandbox: Sandbox) -> list[Route]:
    """Return the routes; none of them needs an access token."""

    def is_known(tenant: Any) -> bool:
        return tenant in (None, "", sandbox.store.value("SELECT tenantId FROM organization"))

    async def refresh(request: Request) -> Response:
        data = _read(await request.body())
        answer = sandbox.tokens.refresh(data.get("refresh_token")) if is_known(data.get("tenant_id")) else None
        if answer is None:
            return JSONResponse({"detail": "The refresh token is not valid."}, 401)
        return JSONResponse(answer)

    async def token(request: Request) -> Response:
        data = _read(await request.body())
        if data.get("grant_type") != "refresh_token":
            return JSONResponse({"error": "unsupported_grant_type"}, 400)
        if not is_known(data.get("tenant_id")):
            return JSONResponse({"error": "access_denied"}, 403)
        answer = sandbox.tokens.refresh(data.get("refresh_token"))
        return JSONResponse(answer) if answer else JSONResponse({"error": "invalid_grant"}, 403)

    async def meta(request: Request) -> Response:
        name = sandbox.settings.organization
        return JSONResponse({"domain": request.url.netloc, "clientId": derived_uuid("client", name)})

    return [
        Route("/auth/refresh", refresh, methods=["POST"]),
        Route("/auth/meta", meta, methods=["GET", "POST"]),
        Route("/oauth/token", token, methods=["POST"]),
    ]


def _read(body: bytes) -> dict[str, Any]:
    """Return a body's fields, written as JSON or as a form; none for anything else."""
    try:
        text = body.decode()
        data = json.loads(text) if text.lstrip().startswith("{") else dict(parse_qsl(text))
    except (ValueError, RecursionError):
        return {}
    return data if isinstance(data, dict) else {}
