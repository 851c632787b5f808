"""Fingerprints: which secrets an object was last sent, told by labels on it, without keeping any of them.

What the API never gives back cannot be compared with what is declared. With ``RECONCILER_FINGERPRINT_KEY`` each
declared input gets a tag: a keyed digest (HMAC-SHA256) of the tenant, the project, the object's address, where the
input stands in it, and its value. Without the key no guess at a secret can be tried, and the same secret has
another tag wherever else it is used. The tags are strung together in labels of the object, ``gitops:secrets:…``.

A tag is on an object only while the secret that it stands for is certainly there: one that goes out of date is
taken off before another secret is sent, and the new one is put on after that was accepted.

What can be read back needs no such tag: it is compared. But once its manifest takes it from outside no more, nothing
says that the live value is a secret. So each place that is taken from outside has a mark: a keyed digest of the place
alone. It is put on before a secret is sent there, and taken off after something else was accepted. Neither the project
nor the handle is in it: whoever renames one in a pull request must not see what is live.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable

    from reconciler.model.place import Path

PREFIX = "gitops:secrets:"
LENGTH = 12
"""Characters of one tag: 60 bits in base 32, whose letters stay as they are when the API lower-cases them."""
IN_ONE_LABEL = 5
"""Tags of one label, which is then at most 75 characters long: how long the API lets one be is not known."""
COST = {"n": 2**14, "r": 8, "p": 1, "maxmem": 64 * 1024 * 1024, "dklen": 32}
_LABEL = re.compile(rf"{PREFIX}((?:[a-z2-7]{{{LENGTH}}})+)")


@dataclass(frozen=True, slots=True)
class Fingerprinter:
    """Makes tags under one key, within one scope: what sets this object's secrets apart from all others'."""

    _key: bytes = field(repr=False)
    _scope: tuple[str, ...] = ()

    @classmethod
    def of(cls, key: str) -> Fingerprinter:
        """Return the one of a key, stretched (scrypt) so that a key that could be guessed cannot be so quickly."""
        return cls(hashlib.scrypt(key.encode(), salt=b"reconciler fingerprints 1", **COST))

    def within(self, *scope: str) -> Fingerprinter:
        return replace(self, _scope=(*self._scope, *scope))

    def tag(self, *parts: str) -> str:
        """Return the tag of a value: ``parts`` are its path in the object, and itself."""
        text = json.dumps([*self._scope, *parts])
        digest = hmac.digest(self._key, text.encode(), "sha256")
        return base64.b32encode(digest).decode().lower()[:LENGTH]

    def mark(self, path: Path) -> str:
        """Return the mark of a place whose value comes from outside, as long as a tag; the scope is not in it."""
        return replace(self, _scope=("from outside",)).tag(json.dumps(path))

    def mac(self, content: bytes) -> str:
        """Return the whole digest (HMAC-SHA256) of any content within the scope, in hex."""
        return hmac.digest(self._key, json.dumps(self._scope).encode() + b"\0" + content, "sha256").hex()


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the labels of a live object say of the secrets that it was sent.

    ``holds`` says whether the object was last sent this value at this path (``None``: nobody knows); ``missing`` says
    why nobody knows although there is a key; ``was_secret`` says whether what is live at a path may be a secret that
    came from outside.
    """

    holds: Callable[[str, str, str], bool] | None = None
    missing: str = ""
    was_secret: Callable[[Path], bool] = lambda _: False


NO_EVIDENCE = Evidence()


@dataclass(slots=True)
class Tags:
    """The tags of everything that one manifest declares of connections.

    ``hidden`` are those of inputs that cannot be read back, or of which that is not known yet; ``complete`` says that
    no secret was left unresolved.
    """

    every: set[str] = field(default_factory=set)
    hidden: set[str] = field(default_factory=set)
    complete: bool = True


@dataclass(frozen=True, slots=True)
class Record:
    """The labels with fingerprints: ``before`` anything is sent to an object, and ``after`` all of it was accepted.

    What will no longer hold goes before, so that a run that ends in between leaves nothing that is not true.
    ``gone`` are those that are replaced; ``reason`` says what of all this explains a change.
    """

    before: frozenset[str] = frozenset()
    after: frozenset[str] = frozenset()
    gone: frozenset[str] = frozenset()
    reason: str = ""


def tags_on(labels: Iterable[str]) -> frozenset[str]:
    """Return the tags that an object's labels hold."""
    found = (match[1] for label in labels if (match := _LABEL.fullmatch(label)))
    return frozenset(text[at : at + LENGTH] for text in found for at in range(0, len(text), LENGTH))


def as_labels(tags: Collection[str]) -> frozenset[str]:
    """Return the labels that hold the tags, the same for the same tags."""
    ordered = sorted(tags)
    chunks = (ordered[at : at + IN_ONE_LABEL] for at in range(0, len(ordered), IN_ONE_LABEL))
    return frozenset(PREFIX + "".join(chunk) for chunk in chunks)


def fingerprint_labels(labels: Iterable[str]) -> frozenset[str]:
    """Return those of the labels that are fingerprints."""
    return frozenset(label for label in labels if label.startswith(PREFIX))
