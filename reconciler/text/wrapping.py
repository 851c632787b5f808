"""Lines broken at spaces for a terminal of some width; colours and wide characters count as they are seen.

No line ends inside a quoted name, between a number and what it counts, behind an arrow or the sign that a line begins
with, inside a column that another one follows, or inside what ``together`` returned.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from unicodedata import combining, east_asian_width

if TYPE_CHECKING:
    from collections.abc import Sequence

_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
_WORDS = re.compile(r"( +)")
_BEGIN = re.compile(r"(?: |\x1b\[[0-9;]*m)*")
_COLUMNS = re.compile(r"( {2,})")
_STATES = "missing|present|differs|declared|released|orphan|unmanaged|to delete|of another project"
_MARKED = re.compile(rf"(?:[^\w\s] |(?:{_STATES})  )")
"""How a line begins that says what is done, or how it went: its continuation is indented below the text."""
_KEPT = re.compile(
    r"""
    (?<!\w)(?:'[^'\x1b]{1,48}'|"[^"\x1b]{1,48}")(?!\w)     # a quoted name
    | (?<![\w-])[0-9]+(?:[.,][0-9]+)*\ (?:[A-Za-z]|%(?!\w))  # a number with its unit, or with what is counted
    | (?<!\S)(?:[0-9*/,LW#-]+\ ){4}[0-9A-Z*/,#-]+(?!\S)   # a schedule in the form of cron
    | →\ (?=\S)                                           # the value that a field gets
    | \(sensitive\ \#[0-9]+\)
    """,
    re.VERBOSE,
)
_TOGETHER = "\0"
"""Replaces a space at which no line ends; no escaped text has it."""


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


def together(text: str) -> str:
    """Return the text with a mark at each space, by which ``laid_out`` keeps it on one line."""
    return text.replace(" ", _TOGETHER)


def laid_out(text: str, width: int | None) -> str:
    r"""Return a text for a terminal of so many columns; without a width, no line is broken.

    >>> laid_out("  ! the customer 'FTL Rockets' has no such instance\n", 30)
    "  ! the customer 'FTL Rockets'\n      has no such instance\n"
    """
    if width is None:
        return text.replace(_TOGETHER, " ")
    return "\n".join(part for line in text.split("\n") for part in wrapped(line, width)).replace(_TOGETHER, " ")


def wrapped(line: str, width: int) -> list[str]:
    r"""Return the line in parts of at most ``width`` columns; a longer word gets a line of its own.

    The parts after the first are indented further than the line, below the text of a line that begins with a sign, and
    less where only that lets a word fit. A colour may begin before the indent.

    >>> wrapped("  acme, blue-harbor, nordlys", 20)
    ['  acme, blue-harbor,', '    nordlys']
    >>> wrapped("\x1b[2m  acme, blue-harbor, nordlys\x1b[0m", 20)
    ['\x1b[2m  acme, blue-harbor,', '    nordlys\x1b[0m']
    """
    if columns(line) <= width:
        return [line]
    text = _BEGIN.sub("", line, count=1)
    begin = line[: len(line) - len(text)]
    marked = _MARKED.match(_COLOUR.sub("", text))
    # A narrow terminal has no room for a deep indent.
    indent = min(columns(begin) + (4 if marked else 2), width // 3)
    first, *words = _WORDS.split(_with_kept(text, width))
    if marked and words and columns(first + words[0]) == len(marked[0]):  # a sign alone on a line says nothing
        first, words = "".join([first, *words[:2]]), words[2:]
    return _filled(begin + first, words, width, indent)


def cut_at_words(text: str, width: int) -> list[str]:
    """Return the text in lines of at most ``width`` columns, without an indent; a longer word gets a line of its own.

    >>> cut_at_words("Blue Harbor Freight", 12)
    ['Blue Harbor', 'Freight']
    """
    first, *words = _WORDS.split(text)
    return _filled(first, words, width, 0)


def _filled(first: str, words: Sequence[str], width: int, indent: int) -> list[str]:
    """Return the words in lines; ``words`` are gaps and words in turn, and the lines after the first are indented."""
    lines, current = [], first
    for gap, word in zip(words[::2], words[1::2], strict=True):
        if columns(current) + len(gap) + columns(word) <= width:
            current += gap + word
        else:
            lines.append(current)
            room = width - columns(word)
            current = " " * (indent if room < 0 else min(indent, room)) + word
    return [each.replace(_TOGETHER, " ") for each in (*lines, current)]


def _with_kept(text: str, width: int) -> str:
    """Return the text with its names, quantities and columns marked, as far as they leave room for others."""
    *before, last = _COLUMNS.split(text)
    shown = [together(each) if each.strip() and 3 * columns(each) <= 2 * width else each for each in before]
    return "".join([*shown, _KEPT.sub(lambda found: together(found[0]), last)])
