"""The document's seal: finds out a saved plan that anybody changed after it was written.

It covers the whole file but itself: every key and value, in their order. With ``RECONCILER_FINGERPRINT_KEY`` it is an
HMAC, which only a holder of the key can make. Without a key it is a digest that anybody can make again: it finds
accidents and careless edits. What a forger can still change then is compared with a fresh plan, as far as that has it
(``file.py``); docs/secrets.md says what is left.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from typing import TYPE_CHECKING, Any

from reconciler.model.fingerprints import Fingerprinter

if TYPE_CHECKING:
    from collections.abc import Mapping

FIELD = "documentSeal"
KEYED, PLAIN = "hmac-sha256:", "sha256:"
UNSEALED = "the saved plan has no seal: it was changed since it was saved, or an older reconciler made it"
CHANGED = "the saved plan was changed since it was saved"
OTHER_KEY = f"{CHANGED}, or RECONCILER_FINGERPRINT_KEY is not the one that it was sealed with"
NEEDS_KEY = "the saved plan is sealed with RECONCILER_FINGERPRINT_KEY; set the same key to apply it"
LACKS_KEY = "RECONCILER_FINGERPRINT_KEY is set, and the saved plan is sealed without it; set it for the plan as well"


def document_seal(document: Mapping[str, Any], key: str) -> str:
    """Return the seal of a plan's document, whatever seal it may have already.

    The order of keys counts: nothing that writes plans changes it, so another order is somebody's work. White space
    between them does not.
    """
    content = {name: value for name, value in document.items() if name != FIELD}
    text = json.dumps(content, separators=(",", ":")).encode()
    if key:
        return KEYED + Fingerprinter.of(key).within("saved plan").mac(text)
    return PLAIN + hashlib.sha256(text).hexdigest()


def broken_seal(document: Mapping[str, Any], key: str) -> str | None:
    """Return what is wrong with a document's seal, ``None`` for one that holds.

    With a key only a keyed seal will do: else whoever changes a plan would put the other sort in its place.
    """
    seal = document.get(FIELD)
    if not isinstance(seal, str) or not seal.startswith((KEYED, PLAIN)):
        return UNSEALED
    if seal.startswith(KEYED) and not key:
        return NEEDS_KEY
    if seal.startswith(PLAIN) and key:
        return LACKS_KEY
    if hmac.compare_digest(seal.encode(errors="replace"), document_seal(document, key).encode()):
        return None
    return OTHER_KEY if key else CHANGED
