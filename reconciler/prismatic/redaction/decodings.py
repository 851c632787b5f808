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
    from collections.abc import Callable, Iterable, Iterator, Sequence

DEEPEST = 4
"""How many encodings on top of each other are undone."""
_MOST_FOR_EACH = 20
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

    @property
    def key(self) -> tuple[str, tuple[int, ...]]:
        """What two readings have in common that are the same: also the places, for a text may say a thing twice."""
        return self.text, tuple(self.starts)


def decodings(text: str) -> list[Decoded]:
    """Return the text as it is, and what it becomes when up to :data:`DEEPEST` encodings are undone.

    The sum of their lengths is bounded by the text's own: :class:`TooManyDecodings` for a text that was built to
    decode into more than that.
    """
    found = [_plain(text)]
    left = max(len(text) * _MOST_FOR_EACH, _MOST_AT_LEAST)
    seen = {found[0].key}
    layer = found[:]
    for _ in range(DEEPEST):
        made = {each.key: each for decoded in layer for each in _undone(decoded)}
        layer = [each for key, each in made.items() if key not in seen]
        seen |= made.keys()
        left -= sum(len(each.text) for each in layer)
        if left < 0:
            raise TooManyDecodings
        found += layer
    return found


def _plain(text: str) -> Decoded:
    return Decoded(text, range(len(text)), range(1, len(text) + 1))


def _undone(decoded: Decoded) -> Iterator[Decoded]:
    """Yield the text with one encoding undone, for each encoding that it may have."""
    yield from _unescaped(decoded)
    for shift in range(4):
        yield from _textual(decoded, _BASE64_RUN, partial(_from_base64, shift=shift))
    for shift in range(2):
        yield from _textual(decoded, _HEX_RUN, partial(_from_hex, shift=shift))
    yield from _textual(decoded, _HEX_BYTES, partial(_from_numbers, pattern=_TWO_DIGITS, base=16))
    yield from _textual(decoded, _DECIMAL_BYTES, partial(_from_numbers, pattern=_DIGITS, base=10))
    if "-" in decoded.text:
        yield from _textual(decoded, _SIGNED_BYTES, partial(_from_numbers, pattern=_SIGNED, base=10))


# Escapes, each for one character. UTF-8 in several bytes comes first: one of its bytes alone is another character.
_HEX = "[0-9a-fA-F]"


def _bytes_after(mark: str) -> str:
    """Return a pattern for a character as one to four bytes in hex, each after a mark."""
    more = f"{mark}[89abAB]{_HEX}"
    leads = (("[cCdD]", 1), ("[eE]", 2), ("[fF]", 3))
    longer = "|".join(f"{mark}{lead}{_HEX}(?:{more}){{{count}}}" for lead, count in leads)
    return f"{longer}|{mark}{_HEX}{{2}}"


_WINDOWS = {bytes([code]).decode("cp1252", "ignore") or chr(code): code for code in range(0x80, 0xA0)}
"""The characters that Windows-1252 has for the bytes that are control characters in Latin-1."""
_MORE = "[\x80-\xbf" + "".join(_WINDOWS) + "]"
_MISREAD = f"[\xc2-\xdf]{_MORE}|[\xe0-\xef]{_MORE}{{2}}|[\xf0-\xf4]{_MORE}{{3}}"
"""A character in UTF-8 of which each byte was taken for a character of Latin-1 or Windows-1252."""
_OCTETS = r"\\3[0-3][0-7]\\2[0-7]{2}|\\3[45][0-7](?:\\2[0-7]{2}){2}|\\36[0-4](?:\\2[0-7]{2}){3}"
_OF_ADDRESSES = (f"(?P<percent>{_bytes_after('%')})", f"%[uU](?P<wide>{_HEX}{{4}})")
_OF_LANGUAGES = (
    "(?P<bytes>" + _bytes_after(r"\\[xX]") + ")",
    rf"(?P<pair>\\[uU][dD][89abAB]{_HEX}{{2}}\\[uU][dD][c-fC-F]{_HEX}{{2}})",
    rf"\\U(?P<long>00{_HEX}{{6}})",
    rf"\\[uU](?P<unit>{_HEX}{{4}})",
    rf"\\[uUxX]\{{(?P<braced>{_HEX}{{1,6}})\}}",
    f"(?P<octets>{_OCTETS})",
    r"\\(?P<octal>[0-3][0-7]{2})",
    r"\\(?P<letter>.)",
    """(?P<doubled>""|'')""",
)
_OF_MARKUP = (
    r"&#(?P<decimal>0*\d{1,7});?",
    rf"&#[xX](?P<hex>0*{_HEX}{{1,6}});?",
    r"&(?P<name>[a-zA-Z][a-zA-Z0-9]{1,30});?",
)
_OF_BYTES = (f"(?P<misread>{_MISREAD})",)
_ESCAPES = tuple(
    re.compile("|".join(ways), re.DOTALL)
    for ways in ((*_OF_ADDRESSES, *_OF_LANGUAGES, *_OF_MARKUP), _OF_ADDRESSES, _OF_LANGUAGES, _OF_MARKUP, _OF_BYTES)
)
"""All kinds of escapes, as they may stand beside each other; then each by itself: they may stand within each other."""
_HIGHEST = 0x10FFFF
_LETTERS = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f", "v": "\v", "a": "\a", "0": "\0", "e": "\x1b"}


def unescaped(text: str) -> str:
    """Return the text with the escapes of one layer undone."""
    return next((each.text for each in _unescaped(_plain(text))), text)


def _unescaped(decoded: Decoded) -> Iterator[Decoded]:
    r"""Yield the text with its escapes undone: of addresses, HTML, JSON, Python and the like, mixed or one kind alone.

    Bytes are taken for UTF-8, and once more for Latin-1: ``\xc2`` is a byte to one language, a letter to another.
    """
    if decoded.text.isascii() and not any(mark in decoded.text for mark in ("%", "\\", "&", '""', "''")):
        return
    for escape in _ESCAPES:
        for latin in (False, True):
            found = _with_escapes_undone(decoded, escape, latin=latin)
            if found:
                yield found


def _with_escapes_undone(decoded: Decoded, escape: re.Pattern[str], *, latin: bool) -> Decoded | None:
    text = decoded.text
    parts: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    position = 0
    for match in escape.finditer(text):
        character = _character(match, latin=latin)
        if character is None:
            continue
        first, last = match.span()
        parts += (text[position:first], character)
        starts += (*decoded.starts[position:first], *[decoded.starts[first]] * len(character))
        ends += (*decoded.ends[position:first], *[decoded.ends[last - 1]] * len(character))
        position = last
    if not parts:
        return None
    starts += decoded.starts[position:]
    ends += decoded.ends[position:]
    return Decoded("".join(parts) + text[position:], starts, ends)


def _character(match: re.Match[str], *, latin: bool) -> str | None:
    """Return what one escape stands for; ``None`` for what only looks like one."""
    way, found = str(match.lastgroup), match[str(match.lastgroup)]
    match way:
        case "percent" | "bytes":
            return _text_of(bytes.fromhex(re.sub(r"%|\\[xX]", "", found)), latin=latin)
        case "octets":
            return _text_of(bytes(int(each, 8) for each in found[1:].split("\\")), latin=latin)
        case "misread":
            return _text_of(bytes(_WINDOWS.get(each, ord(each)) for each in found), latin=False)
        case "pair":
            character: str | None = bytes.fromhex(found[2:6] + found[8:]).decode("utf-16-be")
        case "letter":
            character = _LETTERS.get(found, found)
        case "doubled":
            character = found[0]
        case "name":
            character = _entity(found)
        case _:
            number = int(found, {"octal": 8, "decimal": 10}.get(way, 16))
            character = chr(number) if number <= _HIGHEST else None
    return character


def _text_of(data: bytes, *, latin: bool) -> str | None:
    if latin:
        return data.decode("latin-1")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return None


def _entity(name: str) -> str | None:
    from html.entities import html5

    return html5.get(name + ";")


# Encodings of bytes. Of what they give only stretches of text are kept: all else is no text that somebody encoded.
_SHORTEST = 4
_OF_SCRIPTS = bytes([*range(0x07), *range(0x20, 0x23), 0x30, *range(0x4E, 0xA0), *range(0xAC, 0xD8), 0xD8, 0xFF])
"""The first of the two bytes that most characters have in UTF-16."""
_MANY = 48
_BASE64_RUN = re.compile(r"[A-Za-z0-9+/_-]{6,}")
_HEX_RUN = re.compile(f"{_HEX}{{{2 * _SHORTEST},}}")
_BETWEEN = r"(?:[:\s+-]|,[\s+]?)(?:0[xX])?"
_HEX_BYTES = re.compile(rf"(?<!{_HEX})(?:{_HEX}{{2}}){{1,8}}(?:{_BETWEEN}(?:{_HEX}{{2}}){{1,8}})+(?!{_HEX})")
"""Bytes in groups of up to eight."""
_DECIMAL_BYTES = re.compile(rf"(?<!\d)\d{{1,3}}(?:(?:[;\s+]|,[\s+]*)\d{{1,3}}){{{_SHORTEST - 1},}}(?!\d)")
_SIGNED_BYTES = re.compile(rf"(?<!\d)-?\d{{1,3}}(?:(?:[;\s+]|,[\s+]*)-?\d{{1,3}}){{{_SHORTEST - 1},}}(?!\d)")
_TWO_DIGITS = re.compile(f"{_HEX}{{2}}")
_DIGITS = re.compile(r"\d{1,3}")
_SIGNED = re.compile(r"-?\d{1,3}")
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
    data = bytes(_byte(int(match[0], base)) for match in found)
    return _Bytes(data, lambda index: found[index].start(), lambda index: found[index].end())


def _byte(number: int) -> int:
    """Return a number as a byte: a negative one as languages write it that have bytes with a sign."""
    return number & 0xFF if -0x80 <= number <= 0xFF else 0xFF


def _textual(decoded: Decoded, pattern: re.Pattern[str], decode: Callable[[str], _Bytes]) -> Iterator[Decoded]:
    """Yield the text in the bytes of all runs as one reading, a line break between each two stretches of it."""
    runs = [(run.start(), run.end(), decode(run[0])) for run in pattern.finditer(decoded.text)]
    yield from _joined(decoded, runs, _in_utf8)
    for codec in ("utf-16-le", "utf-16-be"):
        for shift in range(2):
            yield from _joined(decoded, runs, partial(_in_utf16, codec=codec, shift=shift))


def _joined(
    decoded: Decoded,
    runs: Iterable[tuple[int, int, _Bytes]],
    stretches: Callable[[bytes], Iterable[tuple[str, Sequence[int], int]]],
) -> Iterator[Decoded]:
    parts: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for begin, stop, found in runs:
        for text, indices, end in stretches(found.data):
            parts += (text, "\n")
            starts += [decoded.starts[begin + found.first(index)] for index in indices]
            # A character ends where the byte before the next one ends.
            lasts = [*(index - 1 for index in indices[1:]), end - 1]
            ends += [decoded.ends[min(begin + found.last(index), stop) - 1] for index in lasts]
            starts.append(ends[-1])
            ends.append(ends[-1])
    if parts:
        yield Decoded("".join(parts), starts, ends)


def _in_utf8(data: bytes) -> Iterator[tuple[str, Sequence[int], int]]:
    """Yield the stretches of bytes that are text: the text, the index of each character's first byte, and the end."""
    for stretch in _TEXT.finditer(data):
        yield (*_with_indices(stretch), stretch.end())


def _in_utf16(data: bytes, codec: str, shift: int) -> Iterator[tuple[str, Sequence[int], int]]:
    """Yield the bytes as text in UTF-16, where they may be some."""
    end = shift + (len(data) - shift) // 2 * 2
    if end - shift < 2 * _SHORTEST:
        return
    highs = data[shift + (codec == "utf-16-le") : end : 2]
    if len(highs) > _MANY and len(highs.translate(None, _OF_SCRIPTS)) > len(highs) // 4:
        return  # Any bytes are characters of some scripts, and text is of few: long garbage is not searched.
    text = data[shift:end].decode(codec, errors="replace")
    if 2 * len(text) == end - shift:
        yield text, range(shift, end, 2), end
        return
    indices = [shift]
    for character in text:
        indices.append(indices[-1] + (4 if character > "\uffff" else 2))
    yield text, indices[:-1], end


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
