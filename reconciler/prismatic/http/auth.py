"""Authentication: the access token on each request, and its renewal with the refresh token."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Any

import httpx

from reconciler.errors import NotAuthenticated, UsageError
from reconciler.prismatic.http.errors import fault_of_exception, fault_of_status
from reconciler.prismatic.redaction.own_tokens import OwnTokens
from reconciler.prismatic.redaction.redact import Redactor
from reconciler.prismatic.settings.allowed_hosts import ALLOWED_HOSTS, is_allowed, is_prismatic
from reconciler.prismatic.settings.tokens import is_token
from reconciler.prismatic.settings.urls import normalise_url

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from reconciler.prismatic.settings.endpoint import Endpoint
    from reconciler.secrets.known import KnownSecrets

log = logging.getLogger(__name__)

_NO_SUCH_PATH = (404, 405)
_REFRESH_TIMEOUT = 30.0


class BearerAuth(httpx.Auth):
    """Puts the access token on each request; on HTTP 401 renews the token and sends the request once more.

    A mutation may be sent again then, since a server that answers 401 has carried out nothing. When several requests
    meet an expired token at the same time, it is renewed once. Tokens stay in memory, and each is added to ``known``,
    so that it is hidden where a server quotes it.
    Raises :class:`NotAuthenticated` when the token cannot be renewed, :class:`Fault` for network failures.
    """

    def __init__(self, endpoint: Endpoint, known: KnownSecrets) -> None:
        self._endpoint = endpoint
        self._access = endpoint.access_token.reveal() if endpoint.access_token else None
        self._refresh = endpoint.refresh_token.reveal() if endpoint.refresh_token else None
        self.tokens = OwnTokens(known)
        """All tokens of the run, renewed ones included."""
        self.tokens.add([self._access, self._refresh])
        self._clean = Redactor(known)
        self._lock = asyncio.Lock()
        self._client: httpx.AsyncClient | None = None

    def bind(self, client: httpx.AsyncClient) -> None:
        """Set the client that sends renewals, so that they share its proxy, TLS settings and transport."""
        self._client = client

    async def async_auth_flow(self, request: httpx.Request) -> AsyncGenerator[httpx.Request, httpx.Response]:
        token = self._access or await self._renewed(None)
        request.headers["Authorization"] = f"Bearer {token}"
        response = yield request
        if response.status_code == httpx.codes.UNAUTHORIZED and self._refresh:
            request.headers["Authorization"] = f"Bearer {await self._renewed(token)}"
            yield request

    async def _renewed(self, stale: str | None) -> str:
        """Return a token other than ``stale``: the first caller that gets the lock fetches it for all."""
        async with self._lock:
            if self._access is None or self._access == stale:
                log.info("renewing the access token")
                self._access = await self._renew()
            return self._access

    async def _renew(self) -> str:
        own = {"tenant_id": self._endpoint.tenant_id} if self._endpoint.tenant_id else {}
        body = {"refresh_token": self._refresh, **own}
        response = await self._send("POST", f"{self._endpoint.url}/auth/refresh", json=body)
        if response.status_code in _NO_SUCH_PATH:
            response = await self._renew_at_issuer(own)
        content = self._content(response)
        access, refresh = content.get("access_token"), content.get("refresh_token")
        if not isinstance(access, str) or not is_token(access):
            raise self._refused("the answer holds no access token")
        if isinstance(refresh, str) and is_token(refresh):
            self._refresh = refresh
        self.tokens.add([access, self._refresh])
        return access

    async def _renew_at_issuer(self, own: dict[str, str]) -> httpx.Response:
        """Renew the token at the issuer that ``/auth/meta`` names, as Prismatic's own command line tool does."""
        meta = self._content(await self._send("GET", f"{self._endpoint.url}/auth/meta"))
        domain, client = meta.get("domain"), meta.get("clientId")
        if not isinstance(domain, str) or not isinstance(client, str):
            raise self._refused("/auth/meta names no issuer of tokens")
        try:
            issuer = normalise_url(domain if "://" in domain else f"https://{domain}", source="/auth/meta's domain")
        except UsageError as error:
            raise self._refused(self._clean(str(error))) from None
        if not self._may_issue(issuer):
            shown = self._clean(issuer)
            host = shown.partition("://")[2]
            raise self._refused(
                f"/auth/meta names {shown} as the issuer of tokens, which is neither the stack itself nor one of"
                f" Prismatic's own hosts; if it is right, confirm it with {ALLOWED_HOSTS}={host}"
            )
        form = {"grant_type": "refresh_token", "client_id": client, "refresh_token": str(self._refresh), **own}
        return await self._send("POST", f"{issuer}/oauth/token", data=form)

    def _may_issue(self, issuer: str) -> bool:
        """Return whether the refresh token may be sent to an issuer that the stack names.

        It may go to the stack itself, which knows the token already, to Prismatic's own hosts, and to hosts that the
        operator allows. Otherwise a stack that an attacker controls could have the token sent anywhere.
        """
        own = issuer.partition("://")[2] == self._endpoint.url.partition("://")[2]
        return own or is_prismatic(issuer) or is_allowed(issuer, self._endpoint.allowed_hosts)

    async def _send(self, method: str, url: str, **content: Any) -> httpx.Response:
        if self._client is None:
            raise RuntimeError("bind() comes before the first request")
        request = self._client.build_request(method, url, timeout=_REFRESH_TIMEOUT, **content)
        try:
            return await self._client.send(request, auth=None, follow_redirects=False)
        except httpx.HTTPError as error:
            asked = f"{request.url.scheme}://{request.url.netloc.decode()}"
            # The server chose the issuer's address, so it may hold a secret.
            shown = asked if asked == self._endpoint.url else self._clean(asked)
            # Only the request for a token was sent, not the operation.
            raise fault_of_exception(error, shown, _REFRESH_TIMEOUT, self._clean).unsent() from None

    def _content(self, response: httpx.Response) -> dict[str, Any]:
        fault = fault_of_status(response, self._endpoint.url, self._endpoint.source, self._clean)
        if fault and fault.transient:
            raise fault.unsent()
        if not response.is_success:
            raise self._refused(f"HTTP {response.status_code} from {response.url.path}")
        try:
            content = response.json()
        except (ValueError, RecursionError):
            content = None
        if not isinstance(content, dict):
            raise self._refused(f"{response.url.path} answered with something other than a JSON object")
        return content

    def _refused(self, reason: str) -> NotAuthenticated:
        return NotAuthenticated(
            f"{self._endpoint.url}: the access token could not be renewed with the refresh token from "
            f"{self._endpoint.source} ({reason}); get a new one with `prism me:token --type refresh`"
        )
