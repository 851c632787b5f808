"""The two seals of a saved plan: over its document, and over its secrets.

The document seal covers every key and value of the file, in their order, except itself. With
``RECONCILER_FINGERPRINT_KEY`` it is an HMAC, which only a holder of the key can make. Without a key it is a digest that
anybody can recompute: it detects accidents and careless edits. Against a forger the saved plan is compared with a fresh
one (``plan_file.py``); docs/secrets.md lists what that leaves open.

The secret seal shows whether the secrets are unchanged, without keeping any of them. It is one scrypt digest over every
secret that the plan's changes use, with a random salt, and with the key mixed in if it is set. One digest for all, so
that nobody can test guesses for a single secret; scrypt, so that testing many guesses is slow; with the key, nobody
without it can test any. With the key each change that has secrets also gets a tag (an HMAC, with the salt), which shows
whose secrets changed.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets as random
from typing import TYPE_CHECKING, Any

from reconciler.model.fingerprints import Fingerprinter
from reconciler.secrets.secret import secrets_in

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from reconciler.planning.plan import Change, Plan

FIELD = "documentSeal"
KEYED, PLAIN = "hmac-sha256:", "sha256:"
UNSEALED = "the saved plan has no seal: it was changed since it was saved, or an older reconciler made it"
CHANGED = "the saved plan was changed since it was saved"
OTHER_KEY = f"{CHANGED}, or RECONCILER_FINGERPRINT_KEY is not the one that it was sealed with"
NEEDS_KEY = "the saved plan is sealed with RECONCILER_FINGERPRINT_KEY; set the same key to apply it"
LACKS_KEY = "RECONCILER_FINGERPRINT_KEY is set, but the plan was saved without it; set it for 'plan' too"
SALT_BYTES = 16
COST = {"n": 2**15, "r": 8, "p": 1, "maxmem": 64 * 1024 * 1024, "dklen": 32}


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
    if saved is None:
        return seal(plan, key) is None
    return hmac.compare_digest((seal(plan, key, _salt(saved)) or "").encode(), saved.encode(errors="replace"))


def secret_tags(plan: Plan, key: str, sealed: str | None) -> dict[str, str] | None:
    """Return, by address, the tag of each change's secrets, to be kept beside the seal; ``None`` without a key."""
    if not key or sealed is None:
        return None
    maker = Fingerprinter.of(key).within("seal", _salt(sealed))
    return {change.address: maker.tag(change.address, *found) for change in plan if (found := list(_secrets(change)))}


def moved_secrets(plan: Plan, saved: Mapping[str, str] | None, sealed: str | None, key: str) -> Sequence[str]:
    """Return the addresses whose secrets differ from the tagged ones; none if the tags show nothing.

    If all of them differ, the key may be the one that changed.
    """
    now = secret_tags(plan, key, sealed)
    if not now or not saved or now.keys() != saved.keys():
        return ()
    moved = [address for address, tag in now.items() if tag != saved[address]]
    return () if len(moved) == len(now) else moved


def with_secrets(plan: Plan) -> Sequence[str]:
    return [change.address for change in plan if any(True for _ in _secrets(change))]


def _salt(sealed: str) -> str:
    return sealed.partition(":")[2].partition(":")[0]


def _secrets(change: Change) -> Iterator[str]:
    """Yield the declared and the live values, so that a change on either side breaks the seal."""
    for step in change.steps:
        yield from (found.reveal() for found in secrets_in(step.input))
    if change.live:
        yield from (found.reveal() for found in secrets_in(change.kind.differ.observed(change.live)))
