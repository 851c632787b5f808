"""Text as a YAML scalar that every reader reads as the same text. Names from a tenant may hold any character."""

from __future__ import annotations

import re

_WORDS = frozenset({"true", "false", "null", "yes", "no", "on", "off", "y", "n"})
"""Words that some version of YAML does not read as text."""
_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9]*(?:[ ._/-][A-Za-z0-9]+)*")
_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}


def quoted(text: str) -> str:
    r"""Return the text as a scalar: plain where every reader reads it as text, else in double quotes.

    Examples: ``Acme Inventory`` stays plain; ``08``, ``1e3``, ``yes``, ``a: b`` and ``=`` get quotes. Unprintable
    characters are escaped, such as ``\x07``.
    """
    if _PLAIN.fullmatch(text) and text.lower() not in _WORDS:
        return text
    return '"' + "".join(map(_escaped, text)) + '"'


def _escaped(character: str) -> str:
    if character in _ESCAPES or character.isprintable():
        return _ESCAPES.get(character, character)
    code = ord(character)
    return f"\\x{code:02X}" if code < 0x100 else f"\\u{code:04X}" if code < 0x10000 else f"\\U{code:08X}"
