"""Authorization codes: how a client signs in through a browser (RFC 6749, section 4.1, with PKCE, RFC 7636)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets


class Codes:
    """The codes that wait to be redeemed, each of them once, by whoever knows what its challenge was made from."""

    def __init__(self) -> None:
        self._challenges: dict[str, str] = {}

    def issue(self, challenge: str) -> str:
        """Return a new code for a challenge of the method S256."""
        code = secrets.token_hex(16)
        self._challenges[code] = challenge
        return code

    def redeem(self, code: str, verifier: str) -> bool:
        """Say whether the code waits and the verifier fits its challenge; it waits no longer."""
        challenge = self._challenges.pop(code, None)
        digest = hashlib.sha256(verifier.encode(errors="replace")).digest()
        made = base64.urlsafe_b64encode(digest).rstrip(b"=")
        return challenge is not None and hmac.compare_digest(made, challenge.encode(errors="replace"))
