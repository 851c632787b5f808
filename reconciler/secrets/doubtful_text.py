"""Doubtful secrets: invisible characters at the ends that a copy or an editor left, and unfilled placeholders."""

from __future__ import annotations

import re
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
_UNFILLED = "looks like an unfilled placeholder, and is sent as it is; take the value from outside (valueFrom)"
_PLACEHOLDER = re.compile(
    r"\$\w+|\$\{[^{}]*\}|\$\([^()]*\)|\{\{.*\}\}|\{%.*%\}|<%.*%>|%\w+%|<[A-Z][A-Z0-9_ -]*>", re.DOTALL
)
"""A whole text that a shell, a template engine or a person was to replace; ``${var.NAME}`` is replaced before."""


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
    return all(map(_is_unseen, text))


def _is_unseen(character: str) -> bool:
    return bool(character) and unicodedata.category(character) in _UNSEEN


def _named(character: str) -> str:
    return _NAMES.get(character, f"the unseen character U+{ord(character):04X}")


def doubt(value: object) -> str | None:
    """Return a doubt about a secret that a manifest writes as text, or ``None``. The doubt does not quote the text.

    >>> doubt("secret ")
    'ends with a blank, which is sent as part of it; remove it unless it is meant'
    >>> doubt("{{ .Values.password }}")
    'looks like an unfilled placeholder, and is sent as it is; take the value from outside (valueFrom)'
    """
    if not isinstance(value, str):
        return None
    if _PLACEHOLDER.fullmatch(value.strip()):
        return _UNFILLED
    odd = odd_edges(value)
    return f"{odd}, which is sent as part of it; remove it unless it is meant" if odd else None
