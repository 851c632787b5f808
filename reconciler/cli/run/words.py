"""The words of a text, split as a shell splits a command line, without evaluating anything."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reconciler.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

_BETWEEN = re.compile(r"(?:[ \t\n]|\\\n|#[^\n]*)*")
"""What separates words: blanks, line breaks, and comments, which begin where a word could."""
_PART = re.compile(
    r"""
      '(?P<exact>[^']*)'
    | "(?P<quoted>(?:[^"\\]|\\.)*)"
    | \\(?P<escaped>.)
    | (?P<plain>[^'"\\ \t\n]+)
    """,
    re.VERBOSE | re.DOTALL,
)
_ESCAPED_IN_QUOTES = re.compile(r"\\([\\\"$`\n])")
"""The backslashes that have a meaning in double quotes; all others are kept."""


def split_words(text: str) -> Iterator[str]:
    """Yield the words of a text, each as a program gets it from a shell.

    Quotes, backslashes, line breaks and comments mean what they mean in a shell. ``$``, ``*``, ``;`` and everything
    else are plain characters. Raises ``UsageError`` for a quote or a backslash that nothing ends.
    """
    text = text.replace("\r\n", "\n")
    at = _end(_BETWEEN.match(text))
    while at < len(text):
        word = ""
        while at < len(text) and text[at] not in " \t\n":
            part = _PART.match(text, at)
            if part is None:
                raise UsageError(_unended(text, at))
            word += _meaning(part)
            at = part.end()
        yield word
        at = _end(_BETWEEN.match(text, at))


def _end(found: re.Match[str] | None) -> int:
    return found.end() if found else 0


def _meaning(part: re.Match[str]) -> str:
    """Return what a part of a word stands for."""
    kind, text = part.lastgroup, part[part.lastgroup or 0]
    if kind == "quoted":
        return _ESCAPED_IN_QUOTES.sub(lambda found: found[1].strip("\n"), text)
    return "" if kind == "escaped" and text == "\n" else text


def _unended(text: str, at: int) -> str:
    """Return what is wrong, and the line; the text itself may hold a secret."""
    what = {"'": "the quote ' has no end", '"': 'the quote " has no end'}.get(text[at], "a backslash ends the text")
    return f"line {text.count(chr(10), 0, at) + 1}: {what}"
