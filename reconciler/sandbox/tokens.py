"""Access tokens: one is valid at a time, and a refresh token gets the next one."""

from __future__ import annotations

import hmac
from typing import Any

LIFETIME = 604_800
"""Seconds that an access token is said to last: a week."""


class Tokens:
    """The valid access token, and what can replace it."""

    def __init__(self, access: str, refresh: str) -> None:
        self._first, self._refresh = access, refresh
        self._current: str | None = access
        self._issued = 1

    def accepts(self, authorization: str | None) -> bool:
        scheme, _, token = (authorization or "").partition(" ")
        return (
            self._current is not None
            and scheme.lower() == "bearer"
            and hmac.compare_digest(token.strip().encode(), self._current.encode())
        )

    def expire(self) -> None:
        """Make the access token invalid; only a refresh gets another."""
        self._current = None

    def refresh(self, refresh_token: Any) -> dict[str, Any] | None:
        """Return a new access token as an OAuth 2.0 answer, or ``None`` for a wrong refresh token."""
        if not isinstance(refresh_token, str) or not hmac.compare_digest(
            refresh_token.encode(), self._refresh.encode()
        ):
            return None
        self._issued += 1
        self._current = f"{self._first}-{self._issued}"
        return {
            "access_token": self._current,
            "refresh_token": self._refresh,
            "expires_in": LIFETIME,
            "token_type": "Bearer",
        }
