"""What a text may mean once its escapes and encodings are undone, with the place where each character came from.

A server may quote a value in JSON, in an address, in HTML, in base64, or in several of these at once. Instead of
spelling a secret in every way that there is, the text is decoded in every way, and searched then: so a secret is
found also where only some of its characters are escaped.
"""

from __future__ import annotations

import binascii
import re
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

DEEPEST = 4
"""How many encodings on top of each other are undone."""
_MOST_FOR_EACH = 24
_MOST_AT_LEAST = 20_000
"""Characters that all the decodings of a text may have together: so many times its own, but at least so many."""


class TooManyDecodings(Exception):
    """A text was made to decode into ever more text."""


@dataclass(frozen=True, slots=True)
class Decoded:
    """One reading of a text: character ``i`` stands for ``original[starts[i]:ends[i]]``."""

    text: str
    starts: Sequence[int]
    ends: Sequence[int]


def decodings(text: str) -> list[Decoded]:
    """Return the text as it is, and what it becomes when up to :data:`DEEPEST` encodings are undone.

    The sum of their lengths is bounded by the text's own: :class:`TooManyDecodings` for a text that was built to
    decode into more than that.
    """
    found = [Decoded(text, range(len(text)), range(1, len(text) + 1))]
    left = max(len(text) * _MOST_FOR_EACH, _MOST_AT_LEAST)
    seen = {text}
    layer = found[:]
    for _ in range(DEEPEST):
        layer = [each for decoded in layer for each in _undone(decoded) if each.text not in seen]
        seen.update(each.text for each in layer)
        left -= sum(len(each.text) for each in layer)
        if left < 0:
            raise TooManyDecodings
        found += layer
    return found


def _undone(decoded: Decoded) -> Iterator[Decoded]:
    """Yield the text with one encoding undone, for each encoding that it may have."""
    yield from _unescaped(decoded)
    for shift in range(4):
        yield from _textual(decoded, _BASE64_RUN, partial(_from_base64, shift=shift))
    for shift in range(2):
        yield from _textual(decoded, _HEX_RUN, partial(_from_hex, shift=shift))
    yield from _textual(decoded, _HEX_BYTES, partial(_from_numbers, pattern=_TWO_DIGITS, base=16))
    yield from _textual(decoded, _DECIMAL_BYTES, partial(_from_numbers, pattern=_DIGITS, base=10))


# Escapes, each for one character. UTF-8 in several bytes comes first: one of its bytes alone is another character.
_HEX = "[0-9a-fA-F]"


def _bytes_after(mark: str) -> str:
    """Return a pattern for a character as one to four bytes in hex, each after a mark."""
    more = f"{mark}[89abAB]{_HEX}"
    leads = (("[cCdD]", 1), ("[eE]", 2), ("[fF]", 3))
    longer = "|".join(f"{mark}{lead}{_HEX}(?:{more}){{{count}}}" for lead, count in leads)
    return f"{longer}|{mark}{_HEX}{{2}}"


_ESCAPE = re.compile(
    "|".join(
        (
            f"(?P<percent>{_bytes_after('%')})",
            f"%u(?P<wide>{_HEX}{{4}})",
            "(?P<bytes>" + _bytes_after(r"\\x") + ")",
            rf"(?P<pair>\\u[dD][89abAB]{_HEX}{{2}}\\u[dD][c-fC-F]{_HEX}{{2}})",
            rf"\\u(?P<unit>{_HEX}{{4}})",
            rf"\\U(?P<long>{_HEX}{{8}})",
            rf"\\[ux]\{{(?P<braced>{_HEX}{{1,6}})\}}",
            r"\\(?P<octal>[0-3][0-7]{2})",
            r"\\(?P<letter>.)",
            r"&#(?P<decimal>\d{1,7});?",
            rf"&#[xX](?P<hex>{_HEX}{{1,6}});?",
            r"&(?P<name>[a-zA-Z][a-zA-Z0-9]{1,30});?",
            """(?P<doubled>""|'')""",
        )
    ),
    re.DOTALL,
)
_LETTERS = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f", "v": "\v", "a": "\a", "0": "\0", "e": "\x1b"}


def _unescaped(decoded: Decoded) -> Iterator[Decoded]:
    """Yield the text with its escapes undone: of addresses, HTML, JSON, Python and the like, mixed as they may be."""
    text = decoded.text
    if not any(mark in text for mark in ("%", "\\", "&", '""', "''")):
        return
    parts: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    position = 0
    for match in _ESCAPE.finditer(text):
        character = _character(match)
        if character is None:
            continue
        first, last = match.span()
        parts += (text[position:first], character)
        starts += (*decoded.starts[position:first], *[decoded.starts[first]] * len(character))
        ends += (*decoded.ends[position:first], *[decoded.ends[last - 1]] * len(character))
        position = last
    if parts:
        starts += decoded.starts[position:]
        ends += decoded.ends[position:]
        yield Decoded("".join(parts) + text[position:], starts, ends)


def _character(match: re.Match[str]) -> str | None:
    """Return what one escape stands for; ``None`` for what only looks like one."""
    way, found = str(match.lastgroup), match[str(match.lastgroup)]
    if way in {"percent", "bytes"}:
        return _text_of(bytes.fromhex(found.replace("%", "").replace("\\x", "")))
    if way == "pair":
        return bytes.fromhex(found.replace("\\u", "")).decode("utf-16-be")
    if way == "letter":
        return _LETTERS.get(found, found)
    if way == "doubled":
        return found[0]
    if way == "name":
        return _entity(found)
    number = int(found, {"octal": 8, "decimal": 10}.get(way, 16))
    return chr(number) if number <= 0x10FFFF else None


def _entity(name: str) -> str | None:
    from html.entities import html5

    return html5.get(name + ";")


def _text_of(data: bytes) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("latin-1")


# Encodings of bytes. Of what they give only stretches of text are kept: all else is no text that somebody encoded.
_SHORTEST = 4
_BASE64_RUN = re.compile(r"[A-Za-z0-9+/_-]{6,}")
_HEX_RUN = re.compile(f"{_HEX}{{{2 * _SHORTEST},}}")
_BETWEEN = r"(?:[:\s-]|,\s?)(?:0[xX])?"
_HEX_BYTES = re.compile(rf"(?<!{_HEX}){_HEX}{{2}}(?:{_BETWEEN}{_HEX}{{2}}){{{_SHORTEST - 1},}}(?!{_HEX})")
_DECIMAL_BYTES = re.compile(rf"(?<!\d)\d{{1,3}}(?:(?:[;\s]|,\s*)\d{{1,3}}){{{_SHORTEST - 1},}}(?!\d)")
_TWO_DIGITS = re.compile(f"(?<![0-9a-fA-F]){_HEX}{{2}}(?!{_HEX})")
_DIGITS = re.compile(r"\d{1,3}")
_FOR_ADDRESSES = str.maketrans("-_", "+/")
_LONGER = rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}"
_TEXT = re.compile(
    rb"(?:[\x00-\x7f]|%s){%d,}|(?:[\t\n\r\x20-\x7e]|%s){%d,}" % (_LONGER, 2 * _SHORTEST, _LONGER, _SHORTEST)
)
"""Text with control characters in it has to be longer: any bytes may look like some."""


@dataclass(frozen=True, slots=True)
class _Bytes:
    """The bytes of a run of the text, and from where to where in the run each of them stands."""

    data: bytes
    first: Callable[[int], int]
    last: Callable[[int], int]


def _from_base64(run: str, shift: int) -> _Bytes:
    """Return what a run is as base64 that begins ``shift`` characters on: four make three bytes."""
    body = run[shift:].translate(_FOR_ADDRESSES)
    body = body[:-1] if len(body) % 4 == 1 else body
    data = binascii.a2b_base64(body + "=" * (-len(body) % 4))
    return _Bytes(data, lambda index: shift + index * 4 // 3, lambda index: shift + index * 4 // 3 + 2)


def _from_hex(run: str, shift: int) -> _Bytes:
    pairs = (len(run) - shift) // 2
    data = bytes.fromhex(run[shift : shift + 2 * pairs])
    return _Bytes(data, lambda index: shift + 2 * index, lambda index: shift + 2 * index + 2)


def _from_numbers(run: str, pattern: re.Pattern[str], base: int) -> _Bytes:
    """Return the bytes of a list of numbers; what is too large for one ends a stretch of text."""
    found = list(pattern.finditer(run))
    data = bytes(min(int(match[0], base), 0xFF) for match in found)
    return _Bytes(data, lambda index: found[index].start(), lambda index: found[index].end())


def _textual(decoded: Decoded, pattern: re.Pattern[str], decode: Callable[[str], _Bytes]) -> Iterator[Decoded]:
    """Yield the text in the bytes of all runs as one reading, a line break between each two stretches of it."""
    parts: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for run in pattern.finditer(decoded.text):
        found = decode(run[0])
        begin = run.start()
        for stretch in _TEXT.finditer(found.data):
            text, indices = _with_indices(stretch)
            parts += (text, "\n")
            starts += [decoded.starts[begin + found.first(index)] for index in indices]
            # A character ends where the byte before the next one ends.
            lasts = [*(index - 1 for index in indices[1:]), stretch.end() - 1]
            top = run.end() - 1
            ends += [decoded.ends[min(begin + found.last(index) - 1, top)] for index in lasts]
            starts.append(ends[-1])
            ends.append(ends[-1])
    if parts:
        yield Decoded("".join(parts), starts, ends)


def _with_indices(stretch: re.Match[bytes]) -> tuple[str, Sequence[int]]:
    """Return a stretch of UTF-8 as text, and the index of each character's first byte."""
    data = stretch[0]
    text = data.decode("utf-8", errors="ignore")
    if len(text) == len(data):
        return text, range(stretch.start(), stretch.end())
    if len(text.encode()) != len(data):
        # Not quite UTF-8: half of a character's pair, or a longer form than there may be.
        return data.decode("latin-1"), range(stretch.start(), stretch.end())
    indices, index = [], stretch.start()
    for character in text:
        indices.append(index)
        index += len(character.encode())
    return text, indices
