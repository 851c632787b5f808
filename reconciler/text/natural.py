"""The order in which people expect names: without case, and numbers by their value."""

from __future__ import annotations

import re

_DIGITS = re.compile(r"([0-9]+)")


def natural(text: str) -> tuple[tuple[tuple[int, int, str], ...], str]:
    """Return the sort key of a name; different names have different keys.

    >>> sorted(["Acme 10", "acme 2", "Acme 1"], key=natural)
    ['Acme 1', 'acme 2', 'Acme 10']
    >>> natural("Acme 10") < natural("Acme " + 5000 * "9")
    True
    """
    parts = _DIGITS.split(text.casefold())
    # Every second part is a number: numbers come before letters, as in most file managers. Of two numbers without
    # zeros in front the longer one is greater; int() refuses thousands of digits.
    numbers = [part.lstrip("0") for part in parts]
    keys = ((0, len(numbers[at]), numbers[at]) if at % 2 else (1, 0, part) for at, part in enumerate(parts))
    return tuple(keys), text
