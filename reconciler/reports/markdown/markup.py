"""Text from outside in GitHub- and GitLab-flavoured Markdown, shown literally.

Beyond CommonMark these forges format mentions, references to issues and commits, bare URLs, mathematics and emoji. Code
formats nothing, so every text that is not plainly a word becomes code.
"""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING

from reconciler.text.escape import safe

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reconciler.model.place import Place

LONGEST_NAME = 200
_MOST_TOGETHER = 40
"""Words within one pair of quotes or braces; of more it is not looked for the end."""
_WORD = re.compile(r"""[("']?(?:[^\W\d_]+(?:['\u2019-][^\W\d_]+)*|[^\W_]{1,6})[)"']?[.,;:?]?""")
_SIGN = re.compile(r"[\u2192\u2013\u2014\u2026%]|\(?\d{1,4}(?:[.,]\d{1,4})?%?[.,;:)]{0,2}|%[.,;)]?")
"""An arrow, a dash, or a number with its sign: no forge makes anything of it."""
_QUOTED = re.compile(r"""([(\[]*)(['"])(.+)\2([.,;:?)\]]*)""")
_ARGUMENT = re.compile(r"(?:[A-Z][\w-]*|\d+)[.,;:)]?")
_AROUND = re.compile(r"\([^()]+\)")
_OPEN = {"{": "}", "[": "]"}


def code(text: str) -> str:
    """Return a code span that shows the text, cut when it is very long; it stays on one line."""
    shown = short(safe(text)) or "(empty)"
    ticks = "`" * (longest_run(shown) + 1)
    padding = " " if shown[0] in "` " or shown[-1] in "` " else ""
    return f"{ticks}{padding}{shown}{padding}{ticks}"


def html_code(text: str) -> str:
    """Return the same within HTML, where Markdown's own code spans are not read."""
    return f"<code>{html.escape(short(safe(text))) or '(empty)'}</code>"


def prose(text: str) -> str:
    """Return a sentence with names and addresses: plain words stay, each other piece becomes code.

    A name in quotes is one piece, without its quotes. So are YAML in braces, and an option with its argument.
    """
    return " ".join(filter(None, map(_piece, _together(safe(text).split(" ")))))


def _piece(words: list[str]) -> str:
    """Return one piece of a sentence; the sentence's own punctuation stays outside of code."""
    text = " ".join(words)
    if quoted := _QUOTED.fullmatch(text):
        before, _, name, after = quoted.groups()
        return f"{before}{code(name)}{after}"
    if len(words) == 1 and (_WORD.fullmatch(text) or _SIGN.fullmatch(text)):
        return text
    return _span(text)


def _together(words: list[str]) -> Iterator[list[str]]:
    """Yield the words of a sentence, those of one piece together."""
    position = 0
    while position < len(words):
        length = _length_of_piece(words[position : position + _MOST_TOGETHER])
        yield words[position : position + length]
        position += length


def _length_of_piece(words: list[str]) -> int:
    """Return the number of words of the piece that comes first: one that is quoted, in brackets, or an option."""
    first, *rest = words
    opened = first.lstrip("(")
    if opened[:1] in _OPEN:
        return _length_in_brackets([opened, *rest], opened[0])
    if rest and first.endswith(":") and not _WORD.fullmatch(first) and rest[0][:1] in _OPEN:
        return 1 + _length_in_brackets(rest, rest[0][0])
    if rest and opened.startswith("--") and opened[-1].isalnum() and _ARGUMENT.fullmatch(rest[0]):
        return 2
    if opened.startswith(("'", '"')):
        for number, word in enumerate((opened[1:], *rest), 1):
            if word.rstrip(".,;:?)]").endswith(opened[0]):
                return number
    return 1


def _length_in_brackets(words: list[str], bracket: str) -> int:
    """Return the number of words up to the one that closes a bracket; 1 if none does."""
    depth = 0
    for number, word in enumerate(words, 1):
        depth += word.count(bracket) - word.count(_OPEN[bracket])
        if depth <= 0:
            return number
    return 1


def _span(text: str) -> str:
    """Return an odd piece as a code span; the sentence's own punctuation stays outside."""
    text = text.strip(" ")
    inner = text.rstrip(".,;:")
    # A closing parenthesis belongs to the sentence when it was not opened within.
    if inner.endswith(")") and inner.count(")") > inner.count("("):
        inner = inner[:-1]
    after = text[len(inner) :]
    # So does an opening one that is not closed within, and a pair around all of it.
    before = "(" if inner.startswith("(") and inner.count("(") > inner.count(")") else ""
    inner = inner[len(before) :]
    if _AROUND.fullmatch(inner):
        before, inner, after = f"{before}(", inner[1:-1], f"){after}"
    if inner.strip(" "):
        return f"{before}{code(inner)}{after}"
    return code(text) if text else ""


def located(place: Place | None, message: str) -> str:
    """Return a message after its place, if it has one."""
    return f"{code(str(place))}: {prose(message)}" if place else prose(message)


def fence(lines: list[str]) -> str:
    """Return a fenced difference of lines, each harmless already; the fence is longer than any in it."""
    text = "\n".join(lines)
    ticks = "`" * max(3, longest_run(text) + 1)
    return f"{ticks}diff\n{text}\n{ticks}"


def folded(summary: str, content: str) -> str:
    """Return content that unfolds under a summary, which is HTML already."""
    return f"<details><summary>{summary}</summary>\n\n{content}\n\n</details>"


def alert(kind: str, lines: list[str]) -> str:
    """Return an alert, which other renderers show as a quotation: ``CAUTION``, ``WARNING``, ``NOTE``."""
    return "\n".join(f"> {line}".rstrip() for line in (f"[!{kind}]", *lines))


def longest_run(text: str) -> int:
    return max(map(len, re.findall("`+", text)), default=0)


def short(text: str) -> str:
    return text if len(text) <= LONGEST_NAME else f"{text[: LONGEST_NAME - 1]}…"
