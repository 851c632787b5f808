"""The document seal: detects that a saved plan was changed after it was written.

It covers every key and value of the file, in their order, except itself. With ``RECONCILER_FINGERPRINT_KEY`` it is an
HMAC, which only a holder of the key can make. Without a key it is a digest that anybody can recompute: it detects
accidents and careless edits. Against a forger the saved plan is compared with a fresh one (``plan_file.py``);
docs/secrets.md lists what that leaves open.
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
LACKS_KEY = "RECONCILER_FINGERPRINT_KEY is set, but the plan was saved without it; set it for 'plan' too"


def document_seal(document: Mapping[str, Any], key: str) -> str:
    """Return the seal of a plan's document; a seal in the document is ignored.

    The order of keys counts, white space does not: reconciler always writes the same order, so another one is an edit.
    """
    content = {name: value for name, value in document.items() if name != FIELD}
    text = json.dumps(content, separators=(",", ":")).encode()
    if key:
        return KEYED + Fingerprinter.of(key).within("saved plan").mac(text)
    return PLAIN + hashlib.sha256(text).hexdigest()


def broken_seal(document: Mapping[str, Any], key: str) -> str | None:
    """Return what is wrong with a document's seal, or ``None`` if it holds.

    With a key only a keyed seal counts. Otherwise a forger would replace it by a digest, which needs no key.
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
