"""Invisible characters at the ends of a secret: blanks and line ends that a copy or an editor left there."""

from __future__ import annotations

import unicodedata

_NAMES = {
    " ": "a blank",
    "\t": "a tab",
    "\n": "a line break",
    "\r": "a carriage return (CR)",
    "\xa0": "a no-break space",
    "\u200b": "a zero-width space",
    "\ufeff": "a byte order mark",
}
_UNSEEN = frozenset({"Cc", "Cf", "Zs", "Zl", "Zp"})
"""Unicode categories of blanks, line ends, and what has no width."""


def odd_edges(text: str) -> str | None:
    """Return in words which invisible characters a text has at its ends, or ``None``. The text is not quoted.

    >>> odd_edges("secret ")
    'ends with a blank'
    """
    if text.isascii() and text.isprintable() and text == text.strip():
        return None
    found = []
    if _is_unseen(text[:1]):
        found.append(f"begins with {_named(text[0])}")
    if _is_unseen(text[-1:]):
        found.append(f"ends with {_named(text[-1])}")
    return " and ".join(found) or None


def is_blank_text(text: str) -> bool:
    """Return whether a text has no visible character."""
    return all(map(_is_unseen, text))


def _is_unseen(character: str) -> bool:
    return bool(character) and unicodedata.category(character) in _UNSEEN


def _named(character: str) -> str:
    return _NAMES.get(character, f"the unseen character U+{ord(character):04X}")
