"""Folded texts, for comparing: one byte a character, without case, accents and differences between blanks."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_BLANK = 0x20
_BLANKS = "".join(chr(code) for code in range(0x21)) + "+\x7f"
"""Control characters and spaces, and the plus sign, which encodes a space in form data."""
_ASCII = bytes(
    _BLANK if chr(code) in _BLANKS else ord(chr(code).lower()) if code < 0x80 else code for code in range(0x100)
)
_MORE_BLANKS = re.compile(b"  +")
_RUN_TOGETHER = re.compile(rb"(\A |[^ ]+ ?) *")
_INVISIBLE = frozenset({"Mn", "Me", "Cf"})


def fold(text: str) -> bytes:
    r"""Return one byte for each character; texts that differ only in case and accents become equal.

    Characters outside ASCII share bytes, so two different texts of eight characters can become equal by chance. That
    hides a little too much, never too little.

    >>> fold("Größe\n1")
    b'grose 1'
    """
    if text.isascii():
        return text.encode("ascii").translate(_ASCII)
    return bytes(map(_byte, text))


def fold_loosely(text: str) -> tuple[bytes, Sequence[int]] | None:
    """Return the text with runs of blanks as one, without marks, with ligatures split; and the index of each byte.

    ``None`` if that is the same as :func:`fold`.

    >>> fold_loosely("Straße  1")[0]
    b'strasse 1'
    """
    exact = fold(text)
    if text.isascii() and "\0" not in text:
        if b"  " not in exact:
            return None
        kept: list[int] = []
        for match in _RUN_TOGETHER.finditer(exact):
            kept += range(*match.span(1))
        return _MORE_BLANKS.sub(b" ", exact), kept
    found = bytearray()
    indices: list[int] = []
    for index, character in enumerate(text):
        for byte in _bytes(character):
            if byte != _BLANK or not found or found[-1] != _BLANK:
                found.append(byte)
                indices.append(index)
    return None if found == exact else (bytes(found), indices)


@cache
def _byte(character: str) -> int:
    return _ASCII[ord(character)] if character.isascii() else (_bytes(character) or b"\xff")[0]


@cache
def _bytes(character: str) -> bytes:
    """Return a character's letters, without case and marks; no bytes for an invisible character.

    A zero is invisible too: ASCII text in UTF-16 has one beside each letter.
    """
    if character == "\0":
        return b""
    if character.isascii():
        return character.encode().translate(_ASCII)
    if character.isspace():
        return b" "
    # Through upper case, in which i and the dotless i are the same letter.
    plain = unicodedata.normalize("NFKD", character.upper().casefold()).casefold()
    return b"".join(_seen(each) for each in plain if unicodedata.category(each) not in _INVISIBLE)


def _seen(character: str) -> bytes:
    if character.isascii():
        return character.encode().translate(_ASCII)
    # 127 bytes for all other characters: neighbours in a script get different ones.
    return bytes([0x80 + ord(character) % 127])
