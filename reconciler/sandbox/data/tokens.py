"""The valid access tokens, and the refresh token that new ones are issued for."""

from __future__ import annotations

import base64
import hmac
import json
from typing import TYPE_CHECKING, Any

from reconciler.sandbox.data.clock import utc_now

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

LIFETIME = 604_800
"""The lifetime of an access token, in seconds: a week."""

SCOPE = "openid profile email offline_access"
"""The scope that the official CLI asks for; it ignores a response without one."""


class Tokens:
    """The valid access tokens. A new one does not end the others."""

    def __init__(self, access: str, refresh: str, now: Callable[[], datetime] = utc_now) -> None:
        self._refresh: str | None = refresh
        self._now = now
        self._valid = [access]
        self._issued = 0

    def accepts(self, authorization: str | None) -> bool:
        scheme, _, token = (authorization or "").partition(" ")
        given = token.strip().encode()
        return scheme.lower() == "bearer" and any(hmac.compare_digest(given, valid.encode()) for valid in self._valid)

    def expire(self) -> None:
        """Make every access token invalid; only the refresh token is left."""
        self._valid.clear()

    def knows(self, refresh_token: Any) -> bool:
        """Return whether a refresh token is the valid one."""
        return (
            self._refresh is not None
            and isinstance(refresh_token, str)
            and hmac.compare_digest(refresh_token.encode(errors="replace"), self._refresh.encode())
        )

    def refresh(self, refresh_token: Any) -> dict[str, Any] | None:
        """Return a new access token as an OAuth 2.0 answer, or ``None`` for a wrong refresh token."""
        return self.issue() if self.knows(refresh_token) else None

    def revoke(self) -> None:
        """Make the refresh token invalid for good; access tokens stay valid until they expire."""
        self._refresh = None

    def issue(self) -> dict[str, Any]:
        """Return a new access token as an OAuth 2.0 answer, with the refresh token beside it."""
        self._issued += 1
        token = _unsecured({"exp": int(self._now().timestamp()) + LIFETIME, "jti": str(self._issued)})
        self._valid.append(token)
        return {
            "access_token": token,
            "refresh_token": self._refresh,
            "expires_in": LIFETIME,
            "scope": SCOPE,
            "token_type": "Bearer",
        }


def _unsecured(claims: Mapping[str, Any]) -> str:
    """Return an unsigned JSON Web Token (RFC 7519, section 6): clients read its expiry."""
    parts = (json.dumps(part).encode() for part in ({"alg": "none", "typ": "JWT"}, claims))
    return ".".join([*(base64.urlsafe_b64encode(part).decode().rstrip("=") for part in parts), ""])
