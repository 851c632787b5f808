"""Authorization codes: how a client signs in through a browser (RFC 6749, section 4.1, with PKCE, RFC 7636)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets


class Codes:
    """The codes that can be redeemed, each once, with the verifier of its challenge."""

    def __init__(self) -> None:
        self._challenges: dict[str, str] = {}

    def issue(self, challenge: str) -> str:
        """Return a new code for a challenge of the method S256."""
        code = secrets.token_hex(16)
        self._challenges[code] = challenge
        return code

    def redeem(self, code: str, verifier: str) -> bool:
        """Redeem a code; return whether it was valid and the verifier fits its challenge."""
        challenge = self._challenges.pop(code, None)
        digest = hashlib.sha256(verifier.encode(errors="replace")).digest()
        made = base64.urlsafe_b64encode(digest).rstrip(b"=")
        return challenge is not None and hmac.compare_digest(made, challenge.encode(errors="replace"))
