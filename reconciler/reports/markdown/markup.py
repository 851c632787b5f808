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
    """Return a sentence with names and addresses: plain words stay, everything else becomes code.

    Text in quotes or braces stays together: it is one name, or one piece of YAML.
    """
    parts: list[str] = []
    odd: list[str] = []
    for words in _together(safe(text).split(" ")):
        if all(map(_WORD.fullmatch, words)):
            parts += [*_spans(odd), *words]
            odd = []
        else:
            if words[0].startswith("("):
                parts += _spans(odd)
                odd = []
            odd += words
            if words[-1].endswith((",", ";", ":", ".")):
                parts += _spans(odd)
                odd = []
    return " ".join([*parts, *_spans(odd)])


def _together(words: list[str]) -> Iterator[list[str]]:
    """Yield the words of a sentence, those within one pair of quotes or braces together."""
    position = 0
    while position < len(words):
        length = _length_of_pair(words[position : position + _MOST_TOGETHER])
        yield words[position : position + length]
        position += length


def _length_of_pair(words: list[str]) -> int:
    """Return the number of words up to the one that closes the bracket or quote of the first; 1 without one."""
    opened = words[0].lstrip("([")
    if opened.startswith("{"):
        depth = 0
        for number, word in enumerate(words, 1):
            depth += word.count("{") - word.count("}")
            if depth <= 0:
                return number
    elif opened.startswith(("'", '"')):
        for number, word in enumerate((opened[1:], *words[1:]), 1):
            if word.rstrip(".,;:)]").endswith(opened[0]):
                return number
    return 1


def _spans(words: list[str]) -> list[str]:
    """Return neighbouring odd words as one code span; the sentence's own punctuation stays outside."""
    text = " ".join(words).strip(" ")
    if not text:
        return []
    inner = text.rstrip(".,;:")
    # A closing parenthesis belongs to the sentence when it was not opened within.
    if inner.endswith(")") and inner.count(")") > inner.count("("):
        inner = inner[:-1]
    after = text[len(inner) :]
    # So does an opening one that is not closed within.
    before = "(" if inner.startswith("(") and inner.count("(") > inner.count(")") else ""
    inner = inner[len(before) :]
    return [f"{before}{code(inner)}{after}" if inner.strip(" ") else code(text)]


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
