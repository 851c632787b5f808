"""Getting access tokens: by a refresh token, or by signing in through a browser."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse
from starlette.routing import Route

from reconciler.sandbox.data.ids import derived_uuid
from reconciler.sandbox.http.codes import Codes

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from reconciler.sandbox.state import State


def sign_in_routes(sandbox: State) -> list[Route]:
    """Return the routes; none of them needs an access token."""
    sign_in = _SignIn(sandbox)
    return [
        Route("/auth/refresh", sign_in.refresh, methods=["POST"]),
        Route("/auth/meta", sign_in.meta, methods=["GET", "POST"]),
        Route("/auth/revoke", sign_in.revoke, methods=["POST"]),
        Route("/authorize", sign_in.authorize),
        Route("/oauth/token", sign_in.token, methods=["POST"]),
        Route("/logout", sign_in.logout),
    ]


class _SignIn:
    """The endpoints: Prismatic's own below ``/auth``, and those of its identity provider."""

    def __init__(self, sandbox: State) -> None:
        self._sandbox, self._codes = sandbox, Codes()

    async def refresh(self, request: Request) -> Response:
        data = await _fields(request)
        known = self._is_known(data.get("tenant_id"))
        answer = self._sandbox.tokens.refresh(data.get("refresh_token")) if known else None
        return JSONResponse(answer) if answer else _wrong_refresh_token()

    async def meta(self, request: Request) -> Response:
        return JSONResponse(
            {
                "domain": request.url.netloc,
                "clientId": derived_uuid("client", self._sandbox.settings.organization),
                "audience": str(request.base_url.replace(path="/api")),
            }
        )

    async def revoke(self, request: Request) -> Response:
        if not self._sandbox.tokens.knows((await _fields(request)).get("refresh_token")):
            return _wrong_refresh_token()
        self._sandbox.tokens.revoke()
        return JSONResponse({})

    async def authorize(self, request: Request) -> Response:
        """Redirect the browser with a code at once: the only user is always signed in."""
        asked = request.query_params
        back = asked.get("redirect_uri", "")
        if (asked.get("response_type"), asked.get("code_challenge_method")) != ("code", "S256") or not _is_local(back):
            return HTMLResponse("<h1>This is no way to sign in here.</h1>", 400)
        given = {"code": self._codes.issue(asked.get("code_challenge", "")), "state": asked.get("state", "")}
        return RedirectResponse(f"{back}{'&' if '?' in back else '?'}{urlencode(given)}", 302)

    async def token(self, request: Request) -> Response:
        data = await _fields(request)
        if data.get("grant_type") == "authorization_code":
            redeemed = self._codes.redeem(str(data.get("code")), str(data.get("code_verifier")))
            return JSONResponse(self._sandbox.tokens.issue()) if redeemed else _invalid_grant()
        if data.get("grant_type") != "refresh_token":
            return JSONResponse({"error": "unsupported_grant_type"}, 400)
        if not self._is_known(data.get("tenant_id")):
            return JSONResponse({"error": "access_denied"}, 403)
        answer = self._sandbox.tokens.refresh(data.get("refresh_token"))
        return JSONResponse(answer) if answer else _invalid_grant()

    async def logout(self, _: Request) -> Response:
        return HTMLResponse("<h1>Signed out. You can close this window.</h1>")

    def _is_known(self, tenant: Any) -> bool:
        return tenant in (None, "", self._sandbox.store.value("SELECT tenantId FROM organization"))


def _wrong_refresh_token() -> Response:
    return JSONResponse({"detail": "The refresh token is not valid."}, 401)


def _invalid_grant() -> Response:
    return JSONResponse({"error": "invalid_grant"}, 403)


def _is_local(url: str) -> bool:
    """Return whether an address is on this machine: codes are sent nowhere else."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme == "http" and parts.hostname in {"localhost", "127.0.0.1"}


async def _fields(request: Request) -> dict[str, Any]:
    """Return the fields of a body, written as JSON or as a form; none for anything else."""
    try:
        text = (await request.body()).decode()
        data = json.loads(text) if text.lstrip().startswith("{") else dict(parse_qsl(text))
    except (ValueError, RecursionError):
        return {}
    return data if isinstance(data, dict) else {}
