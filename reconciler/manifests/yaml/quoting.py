"""Text as a scalar of YAML that every reader takes for just this text: names of others hold anything."""

from __future__ import annotations

import re

_WORDS = frozenset({"true", "false", "null", "yes", "no", "on", "off", "y", "n"})
"""What YAML, of one version or another, takes for something else than text."""
_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9]*(?:[ ._/-][A-Za-z0-9]+)*")
_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}


def quoted(text: str) -> str:
    r"""Return the text as a scalar: as it is where no reader takes that for anything else, else in double quotes.

    Examples: ``Acme Inventory`` stays; ``08``, ``1e3``, ``yes``, ``a: b`` and ``=`` get quotes. What does not print is
    written by its number, ``\x07``.
    """
    if _PLAIN.fullmatch(text) and text.lower() not in _WORDS:
        return text
    return '"' + "".join(map(_escaped, text)) + '"'


def _escaped(character: str) -> str:
    if character in _ESCAPES or character.isprintable():
        return _ESCAPES.get(character, character)
    code = ord(character)
    return f"\\x{code:02X}" if code < 0x100 else f"\\u{code:04X}" if code < 0x10000 else f"\\U{code:08X}"
