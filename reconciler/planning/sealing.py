"""The seal: tells whether the secrets of a saved plan are still the same, without keeping any of them.

One digest over every secret that the plan's changes rest on, by scrypt with a random salt, and with
``RECONCILER_FINGERPRINT_KEY`` mixed in where it is set. One for all, so that no single secret can be
tried by itself, and slow, so that many cannot be tried at all; with the key, not even slowly.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets as random
from typing import TYPE_CHECKING

from reconciler.kinds.secret import secrets_in

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reconciler.planning.plan import Change, Plan

SALT_BYTES = 16
COST = {"n": 2**15, "r": 8, "p": 1, "maxmem": 64 * 1024 * 1024, "dklen": 32}


def seal(plan: Plan, key: str, salt: str | None = None) -> str | None:
    """Return ``scrypt:SALT:DIGEST``, or ``None`` for a plan without secrets."""
    material = [[change.address, list(_secrets(change))] for change in plan]
    if not any(found for _, found in material):
        return None
    salt = salt or random.token_hex(SALT_BYTES)
    text = json.dumps(material, ensure_ascii=False).encode(errors="surrogatepass")
    digest = hashlib.scrypt(text, salt=salt.encode() + key.encode(), **COST)
    return f"scrypt:{salt}:{digest.hex()}"


def seal_holds(plan: Plan, saved: str | None, key: str) -> bool:
    """Say whether the plan's secrets are those that were sealed."""
    if saved is None:
        return seal(plan, key) is None
    salt = saved.partition(":")[2].partition(":")[0]
    return hmac.compare_digest((seal(plan, key, salt) or "").encode(), saved.encode())


def _secrets(change: Change) -> Iterator[str]:
    """Yield what is written and what is live, so that a secret changed on either side breaks the seal."""
    for step in change.steps:
        yield from (found.reveal() for found in secrets_in(step.input))
    if change.live:
        yield from (found.reveal() for found in secrets_in(change.kind.observed(change.live)))
