"""Fingerprints: labels on an object that show which secrets it was last sent, without holding any of them.

A write-only secret cannot be compared with the declared one. With ``RECONCILER_FINGERPRINT_KEY`` each declared input
gets a tag: a keyed digest (HMAC-SHA256) of the tenant, the project, the object's address, the input's path, and its
value. Without the key nobody can test a guess, and the same secret has different tags in different places. The tags are
joined in labels of the object, ``gitops:secrets:…``.

A tag must never claim a secret that the object does not hold. So an outdated tag is removed before another secret is
sent, and the new tag is added after the API accepted that secret. A run that ends in between leaves no tag, and the
next run sends the secret again.

A readable secret needs no tag: it is compared. But once its manifest no longer takes it from outside, nothing shows
that the live value is a secret. So each path that takes its value from outside has a mark: a keyed digest of the path
alone. The mark is added before a secret is sent there, and removed after the API accepted another value. It contains
neither the project nor the handle: renaming one in a pull request must not reveal a live value.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from reconciler.model.frozen import Frozen
from reconciler.model.reserved_labels import FINGERPRINTS

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable

    from reconciler.model.place import Path

LENGTH = 12
"""Characters of one tag: 60 bits in base 32, whose letters stay as they are when the API lower-cases them."""
IN_ONE_LABEL = 5
"""Tags of one label, which is then at most 75 characters long: how long the API lets one be is not known."""
COST = {"n": 2**14, "r": 8, "p": 1, "maxmem": 64 * 1024 * 1024, "dklen": 32}
_LABEL = re.compile(rf"{FINGERPRINTS}((?:[a-z2-7]{{{LENGTH}}})+)")


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


class Evidence(Frozen, frozen=True):
    """The knowledge from the labels of a live object about the secrets that it was sent.

    ``holds`` returns whether the object was last sent this value at this path (``None``: unknown); ``missing`` is the
    reason if that is unknown despite a key; ``was_secret`` returns whether the live value at a path may be a secret
    from outside.
    """

    holds: Callable[[str, str, str], bool] | None = None
    missing: str = ""
    was_secret: Callable[[Path], bool] = lambda _: False


NO_EVIDENCE = Evidence()


@dataclass(slots=True)
class Tags:
    """The tags of all connection inputs that one manifest declares.

    ``hidden`` are the tags of inputs that are, or may be, write-only; ``complete``: every secret was resolved.
    """

    every: set[str] = field(default_factory=set)
    hidden: set[str] = field(default_factory=set)
    complete: bool = True


class Record(Frozen, frozen=True):
    """The fingerprint labels to write ``before`` a secret is sent, and ``after`` the API accepted all of them.

    Outdated labels are removed before, so that a run that ends in between leaves no false one. ``gone`` are the
    replaced labels; ``reason`` explains a change that only concerns labels.
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
    return frozenset(FINGERPRINTS + "".join(chunk) for chunk in chunks)


def fingerprint_labels(labels: Iterable[str]) -> frozenset[str]:
    """Return those of the labels that are fingerprints."""
    return frozenset(label for label in labels if label.startswith(FINGERPRINTS))
