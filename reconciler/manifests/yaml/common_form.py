r"""The form in which nearly all manifests are written, read several times faster than by a parser of all of YAML.

In the common form each line is one key or one list item. Its value is on the same line (text without quotes, text in
quotes, or brackets), or it is a block of text (``|``, ``>``), or it is the deeper lines that follow. Comments and
several documents belong to the form. Anchors, tags, merge keys, keys that are not text, and texts and brackets over
several lines do not.

:func:`documents` returns ``None`` for a text that is not in this form or may hold a mistake, such as a key that is
given twice. Then libyaml reads the text (:mod:`reconciler.manifests.yaml.compose`): it accepts all of YAML and knows
the place of each mistake. So a doubt costs time, and it never changes a result.

Three rules make the reader sound:

- The pattern of a line lists what a line may hold; it matches the whole line or nothing. A text without quotes begins
  with no character that has a meaning in YAML, and contains neither ``: `` nor `` #``, so it ends with its line.
- A line belongs to an open map or list only in the column of that map or list, and opens a new one only directly below
  a key without a value. Any other line, such as the second line of a text, is a doubt.
- A value gets its type from the function that types the values of libyaml, :func:`~.scalars.plain`.

``tests/manifests/test_common_form.py`` compares the two ways over generated and mutated texts.

>>> documents("kind: Customer\nmetadata: {name: acme}\n")
[Root(line=1, data={'kind': 'Customer', 'metadata': {'name': 'acme'}})]
>>> documents("kind: Customer\nkind: User\n") is None
True
"""

from __future__ import annotations

import json
import re
from functools import cache, lru_cache
from sys import intern
from typing import TYPE_CHECKING, Any, NamedTuple

from reconciler.manifests.yaml.scalars import FIRST_OF_TYPED, BadScalar, plain

if TYPE_CHECKING:
    from collections.abc import Iterable

_LONGEST_KEY = 500
"""Less than the 1,024 characters in which libyaml looks for the colon of a key."""
_LAST_COLUMN, _MOST_BRACKETS = 40, 40
"""Data in which no line and no bracket goes further is not as deep as ``limits.MAX_DEPTH``."""
_LARGEST_DOCUMENT = 2**16
"""In characters; the memory that a pattern needs grows with its repetitions."""
_REMEMBERED = 2_048
"""The number of keys, and of numbers and other typed values, that need no second look at how they are written."""
_DOUBLE = r'"[^"\\\n]*(?:\\(?:["\\/bfnrt]|u(?![dD][89a-fA-F])[0-9a-fA-F]{4})[^"\\\n]*)*"'
_SINGLE = r"'[^'\n]*(?:''[^'\n]*)*'"
_BLANK = r"(?: [ ]* (?:\#[^\n]*)? \n )*"
_LINE = rf"""
    ([ ]*+) (-[ ]++)?
    (?: ( [\w$/(][^\n:\#]*(?<![ ]) | {_DOUBLE} | {_SINGLE} ) :(?=[ \n]) )?
    [ ]*+
    (?: ( [|>][-+]?[ ]*\n (?: \1[ ][^\n]*\n | [ ]*\n )* )
      | (?: ( (?: [^\s\-?:,\[\]{{}}\#&*!|>'"%@`] | -(?=[\w.]) )
              [^\n:\#]* (?: (?: :(?![ \n]) | (?<![ ])\# ) [^\n:\#]* )* (?<![ ]) )
          | ( {_DOUBLE} | {_SINGLE} | [\[{{][^\n\#]*[\]}}] )
        )? [ ]* (?: (?<!\S)\#[^\n]* )? \n
    )
  | ([^\n]*\n)
"""
"""One line, or a key or list item with its block of text.

Groups: indentation, dash, key, block of text, value without quotes, value in quotes or brackets, and a whole line that
is not in the common form. A blank line and a comment have none but an indentation.
"""
_BRACKETED = rf"""
    ({_DOUBLE})
  | ({_SINGLE})
  | ( (?: [\w./$(] | -(?=[\w.]) ) (?: [^\s,\[\]{{}}?:\#"'] | :(?=[\w/]) | [ ]+(?=[\w./$()+=@-]) )* )
  | [\[\]{{}},] | :(?=[ ]) | [ ]
  | (.)
"""
"""One token within brackets: a text in double quotes, in single quotes, without quotes, punctuation, anything else."""


_Opened = list[tuple[int, Any]]
"""The maps and lists that further lines may belong to, each with its column; the innermost is the last."""


class Root(NamedTuple):
    """A document: the line of its first key, which is in the first column, and its data; ``None`` if it is empty."""

    line: int
    data: dict[str, Any] | None


class _Doubt(ValueError):
    """The text is not in the common form, or holds a mistake."""


def documents(text: str) -> list[Root] | None:
    """Return the documents of a text in the common form; ``None`` for any other text."""
    text = text.replace("\r\n", "\n")
    if not text.replace("\n", "").isprintable():  # a tab, for example, or a character that YAML does not allow
        return None
    if not text.endswith("\n"):
        if "|" in text or ">" in text:  # a block of text at the end would lack its last line break
            return None
        text += "\n"
    try:
        return _documents(text)
    except (_Doubt, BadScalar):
        return None


def _documents(text: str) -> list[Root]:
    """Return the documents, which lines ``---`` separate; the first may have this line, too."""
    found = []
    marked = text.startswith("---\n")
    line = 2 if marked else 1
    *others, last = text.removeprefix("---\n").split("\n---\n")
    for part in (*(f"{each}\n" for each in others), last):
        blank = _pattern(_BLANK).match(part)
        begin = blank.end() if blank else 0
        if len(part) > _LARGEST_DOCUMENT:
            raise _Doubt
        if begin < len(part):
            lines = _pattern(_LINE).findall(part, begin)
            found.append(Root(line + part.count("\n", 0, begin), _document(lines)))
        elif marked:
            found.append(Root(line, None))
        line += part.count("\n") + 1
        marked = True
    return found


@cache
def _pattern(source: str) -> re.Pattern[str]:
    """Return a compiled pattern; compiling takes milliseconds, so it waits for the first file."""
    return re.compile(source, re.VERBOSE)


@lru_cache(maxsize=_REMEMBERED)
def _name(written: str) -> str:
    """Return a key by how it is written; a key that occurs many times is one object."""
    name = _quoted(written) if written[:1] in {'"', "'"} else plain(written)
    if not isinstance(name, str) or len(written) > _LONGEST_KEY:
        raise _Doubt
    return intern(name)


_typed = lru_cache(maxsize=_REMEMBERED)(plain)


def _document(lines: Iterable[tuple[str, ...]]) -> dict[str, Any]:
    """Return the map of the lines of one document."""
    root: dict[str, Any] = {}
    opened: _Opened = [(0, root)]
    holder: Any = root
    level, waiting = 0, None
    for indent, dash, key, block, text, enclosed, odd in lines:
        if odd or not (key or dash):
            if odd or text or enclosed or block:
                raise _Doubt
            continue
        column = len(indent)
        if dash:
            column, holder = _item(opened, column, dash, key, waiting)
            level = column if key else -1
        elif column != level:
            level, holder = column, _at(opened, column, dict, waiting)
        waiting = None  # or the key, if its line has no value
        if text:
            value = _typed(text) if text[0] in FIRST_OF_TYPED else text
        elif enclosed or block:
            value = _enclosed(enclosed) if enclosed else _block(block, column)
        else:
            value, waiting = None, _name(key)
        if not key:
            holder.append(value)
        elif (name := _name(key)) in holder:
            raise _Doubt
        else:
            holder[name] = value
    return root


def _item(opened: _Opened, column: int, dash: str, key: str, waiting: str | None) -> tuple[int, Any]:
    """Return the list of a line with a dash; if the line has a key, a new map in that list, and its column."""
    items = _at(opened, column, list, waiting)
    if not key:
        return column, items
    made: dict[str, Any] = {}
    items.append(made)
    opened.append((column + len(dash), made))
    return opened[-1]


def _at(opened: _Opened, column: int, kind: type, waiting: str | None) -> Any:
    """Return the map or list of a line in this column, a new one if the line is below a ``waiting`` key."""
    last, holder = opened[-1]
    if waiting is not None and (column > last or (column == last and kind is list)):
        if column > _LAST_COLUMN:
            raise _Doubt
        made = holder[waiting] = kind()
        opened.append((column, made))
        return made
    while last > column or (last == column and type(holder) is not kind):
        opened.pop()
        if not opened:
            raise _Doubt
        last, holder = opened[-1]
    if last != column:
        raise _Doubt
    return holder


def _block(written: str, column: int) -> str:
    """Return a block of text that is the value of a key or of a list item in this column."""
    header, _, block = written.partition("\n")
    style, chomping = header[0], header[1:].rstrip(" ")
    lines = block.split("\n")
    indent = len(lines[0]) - len(lines[0].lstrip(" "))
    inner = [line[indent:] for line in lines]
    if indent <= column or not inner[0] or any(line[:indent].strip(" ") for line in lines):
        raise _Doubt
    body = "\n".join(inner)
    text = body.rstrip("\n")
    if style == ">":
        if chomping == "+" or any(not line or line[0] == " " for line in text.split("\n")):
            raise _Doubt
        text = text.replace("\n", " ")
    return body if chomping == "+" else text if chomping == "-" else f"{text}\n"


def _enclosed(text: str) -> Any:
    """Return the value of a text in quotes or brackets."""
    if text[0] in "\"'":
        return _quoted(text)
    if len(text) > _LONGEST_KEY or text.count("[") + text.count("{") > _MOST_BRACKETS:
        raise _Doubt
    # With quotes around its texts it is JSON, or has something that JSON has not: a comma at the end, a key alone.
    try:
        return json.loads(_pattern(_BRACKETED).sub(_as_json, text), object_pairs_hook=_without_doubles)
    except json.JSONDecodeError:
        raise _Doubt from None


def _quoted(text: str) -> str:
    return str(json.loads(text)) if text[0] == '"' else text[1:-1].replace("''", "'")


def _as_json(token: re.Match[str]) -> str:
    _, single, text, odd = token.groups()
    if odd:
        raise _Doubt
    if not (single or text):
        return token[0]
    value = _quoted(single) if single else plain(text)
    if type(value) not in {str, bool, int, float, type(None)}:
        raise _Doubt  # a number whose spelling JSON would not keep
    return json.dumps(value)


def _without_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise _Doubt
    return made
