"""Lines broken at spaces for a terminal of some width; colours and wide characters count as they are seen."""

from __future__ import annotations

import re
from unicodedata import combining, east_asian_width

_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
_WORDS = re.compile(r"( +)")
_BEGIN = re.compile(r"(?: |\x1b\[[0-9;]*m)*")


def columns(text: str) -> int:
    r"""Return how many columns a terminal needs for the text.

    >>> columns("acme"), columns("株式会社"), columns("\x1b[32macme\x1b[0m")
    (4, 8, 4)
    """
    plain = _COLOUR.sub("", text)
    if plain.isascii():
        return len(plain)
    return sum(0 if combining(each) else 2 if east_asian_width(each) in "WF" else 1 for each in plain)


def padded(text: str, width: int) -> str:
    """Return the text with blanks at its end, as wide as so many columns of a terminal."""
    return text + " " * (width - columns(text))


def wrapped(line: str, width: int, hanging: int = 4) -> list[str]:
    r"""Return the line in parts of at most ``width`` columns; a longer word gets a line of its own.

    The parts after the first are indented like the line, and by ``hanging`` more. A colour may begin before the indent.

    >>> wrapped("  acme, blue-harbor, nordlys", 20, 2)
    ['  acme, blue-harbor,', '    nordlys']
    >>> wrapped("\x1b[2m  acme, blue-harbor, nordlys\x1b[0m", 20, 2)
    ['\x1b[2m  acme, blue-harbor,', '    nordlys\x1b[0m']
    """
    if columns(line) <= width:
        return [line]
    text = _BEGIN.sub("", line, count=1)
    begin = line[: len(line) - len(text)]
    # A narrow terminal has no room for a deep indent.
    indent = " " * min(columns(begin) + hanging, width // 3)
    first, *words = _WORDS.split(text)
    lines, current = [], begin + first
    for gap, word in zip(words[::2], words[1::2], strict=True):
        if columns(current) + len(gap) + columns(word) <= width:
            current += gap + word
        else:
            lines.append(current)
            current = indent + word
    return [*lines, current]
