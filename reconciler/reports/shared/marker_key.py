"""The key that signs the marker of a comment."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reconciler.model.fingerprints import Fingerprinter

DIGITS = 32
"""Hexadecimal digits of a tag: 128 bits, which cannot be guessed."""


@dataclass(frozen=True)
class MarkerKey:
    """A secret of the run, bound to the place of the comments that it signs; false without a secret.

    Everybody can read a comment, so a tag must not let anybody test guesses of the secret fast. So the secret is
    stretched (scrypt), once, and only where a tag is written.
    """

    secret: str = field(default="", repr=False)
    place: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.secret)

    def tag(self, text: str) -> str:
        """Return the tag of a text, in hex."""
        return self._stretched.mac(text.encode())[:DIGITS]

    @cached_property
    def _stretched(self) -> Fingerprinter:
        from reconciler.model.fingerprints import Fingerprinter

        # A token, unlike the key of fingerprints, may come in bytes that are no UTF-8.
        secret = self.secret.encode(errors="backslashreplace").decode()
        return Fingerprinter.of(secret).within("comment", *self.place)


NO_KEY = MarkerKey()
