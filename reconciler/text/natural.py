"""The order in which people expect names: without case, and numbers by their value."""

from __future__ import annotations

import re

_DIGITS = re.compile(r"([0-9]+)")


def natural(text: str) -> tuple[tuple[tuple[int, int, str], ...], str]:
    """Return the sort key of a name; different names have different keys.

    >>> sorted(["Acme 10", "acme 2", "Acme 1"], key=natural)
    ['Acme 1', 'acme 2', 'Acme 10']
    """
    parts = _DIGITS.split(text.casefold())
    # Every second part is a number: numbers come before letters, as in most file managers.
    return tuple((0, int(part), "") if part.isdecimal() and part.isascii() else (1, 0, part) for part in parts), text
