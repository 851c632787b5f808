"""All readings of a text: with its escapes and encodings undone, and with the origin of each character.

A server may quote a value in JSON, in a URL, in HTML, in base64, or in several of these at once. The text is decoded
in every way and then searched. The other way round, every spelling of each secret would have to be searched, and a
secret of which only some characters are escaped has too many.
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
"""Encodings on top of each other that are undone, at most."""
_MOST_FOR_EACH = 20
_MOST_AT_LEAST = 20_000
"""Characters of all decodings together: at most so many times the text's own, but at least so many are allowed."""


class TooManyDecodings(Exception):
    """A text decodes into far more text than it has itself."""


@dataclass(frozen=True, slots=True)
class Decoded:
    """One reading of a text; its character ``i`` comes from ``original[starts[i]:ends[i]]``."""

    text: str
    starts: Sequence[int]
    ends: Sequence[int]

    @property
    def key(self) -> tuple[str, tuple[int, ...]]:
        """What identifies a reading: its text and its places, since the same text may occur twice."""
        return self.text, tuple(self.starts)


def decodings(text: str) -> list[Decoded]:
    """Return the text itself, and its readings with up to :data:`DEEPEST` encodings undone.

    Raises :class:`TooManyDecodings` when the readings are far longer than the text: a hostile server can build a text
    that decodes into ever more text.
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
    """Yield the text with one encoding undone, once for each encoding that it may have."""
    yield from _unescaped(decoded)
    for shift in range(4):
        yield from _textual(decoded, _BASE64_RUN, partial(_from_base64, shift=shift))
    for shift in range(2):
        yield from _textual(decoded, _HEX_RUN, partial(_from_hex, shift=shift))
    yield from _textual(decoded, _HEX_BYTES, partial(_from_numbers, pattern=_TWO_DIGITS, base=16))
    yield from _textual(decoded, _DECIMAL_BYTES, partial(_from_numbers, pattern=_DIGITS, base=10))
    if "-" in decoded.text:
        yield from _textual(decoded, _SIGNED_BYTES, partial(_from_numbers, pattern=_SIGNED, base=10))


# Escapes, each for one character. UTF-8 in several bytes comes first, since each of its bytes alone is a character.
_HEX = "[0-9a-fA-F]"


def _bytes_after(mark: str) -> str:
    """Return a pattern for one character: one to four bytes in hex, each after the mark."""
    more = f"{mark}[89abAB]{_HEX}"
    leads = (("[cCdD]", 1), ("[eE]", 2), ("[fF]", 3))
    longer = "|".join(f"{mark}{lead}{_HEX}(?:{more}){{{count}}}" for lead, count in leads)
    return f"{longer}|{mark}{_HEX}{{2}}"


_WINDOWS = {bytes([code]).decode("cp1252", "ignore") or chr(code): code for code in range(0x80, 0xA0)}
"""The characters of Windows-1252 for the bytes that are control characters in Latin-1."""
_MORE = "[\x80-\xbf" + "".join(_WINDOWS) + "]"
_MISREAD = f"[\xc2-\xdf]{_MORE}|[\xe0-\xef]{_MORE}{{2}}|[\xf0-\xf4]{_MORE}{{3}}"
"""A character in UTF-8 whose bytes were read as characters of Latin-1 or Windows-1252."""
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
"""All kinds of escapes together, since a text may mix them; then each alone, since one may be inside another."""
_HIGHEST = 0x10FFFF
_LETTERS = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f", "v": "\v", "a": "\a", "0": "\0", "e": "\x1b"}


def unescaped(text: str) -> str:
    """Return the text with one layer of escapes undone."""
    return next((each.text for each in _unescaped(_plain(text))), text)


def _unescaped(decoded: Decoded) -> Iterator[Decoded]:
    r"""Yield the text with its escapes undone: those of URLs, HTML, JSON, Python and others, mixed or of one kind.

    Bytes are read as UTF-8 and again as Latin-1, since ``\xc2`` is a byte in some languages and a letter in others.
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
    """Return the character of one escape; ``None`` for text that only looks like an escape."""
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


# Encodings of bytes. Of the decoded bytes only stretches of text are kept: other bytes are not an encoded text.
_SHORTEST = 4
_OF_SCRIPTS = bytes([*range(0x07), *range(0x20, 0x23), 0x30, *range(0x4E, 0xA0), *range(0xAC, 0xD8), 0xD8, 0xFF])
"""The high bytes of most characters in UTF-16."""
_MANY = 48
_BASE64_RUN = re.compile(r"[A-Za-z0-9+/_-]{6,}")
_HEX_RUN = re.compile(f"{_HEX}{{{2 * _SHORTEST},}}")
_BETWEEN = r"(?:[:\s+-]|,[\s+]?)(?:0[xX])?"
_HEX_BYTES = re.compile(rf"(?<!{_HEX})(?:{_HEX}{{2}}){{1,8}}(?:{_BETWEEN}(?:{_HEX}{{2}}){{1,8}})+(?!{_HEX})")
"""Bytes in hex, in groups of up to eight."""
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
"""Text with control characters must be longer, since arbitrary bytes often look like it."""


@dataclass(frozen=True, slots=True)
class _Bytes:
    """The decoded bytes of a run of the text; ``first`` and ``last`` give the place of each byte in the run."""

    data: bytes
    first: Callable[[int], int]
    last: Callable[[int], int]


def _from_base64(run: str, shift: int) -> _Bytes:
    """Decode a run as base64 that begins after ``shift`` characters: four characters make three bytes."""
    body = run[shift:].translate(_FOR_ADDRESSES)
    body = body[:-1] if len(body) % 4 == 1 else body
    data = binascii.a2b_base64(body + "=" * (-len(body) % 4))
    return _Bytes(data, lambda index: shift + index * 4 // 3, lambda index: shift + index * 4 // 3 + 2)


def _from_hex(run: str, shift: int) -> _Bytes:
    pairs = (len(run) - shift) // 2
    data = bytes.fromhex(run[shift : shift + 2 * pairs])
    return _Bytes(data, lambda index: shift + 2 * index, lambda index: shift + 2 * index + 2)


def _from_numbers(run: str, pattern: re.Pattern[str], base: int) -> _Bytes:
    """Return the bytes of a list of numbers; a number too large for a byte ends a stretch of text."""
    found = list(pattern.finditer(run))
    data = bytes(_byte(int(match[0], base)) for match in found)
    return _Bytes(data, lambda index: found[index].start(), lambda index: found[index].end())


def _byte(number: int) -> int:
    """Return a number as a byte; a negative one is a signed byte, as Java writes it."""
    return number & 0xFF if -0x80 <= number <= 0xFF else 0xFF


def _textual(decoded: Decoded, pattern: re.Pattern[str], decode: Callable[[str], _Bytes]) -> Iterator[Decoded]:
    """Yield the text in the bytes of all runs as one reading, with a line break between two stretches of text."""
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
    """Yield the stretches of text: the text, the index of each character's first byte, and the end of the stretch."""
    for stretch in _TEXT.finditer(data):
        yield (*_with_indices(stretch), stretch.end())


def _in_utf16(data: bytes, codec: str, shift: int) -> Iterator[tuple[str, Sequence[int], int]]:
    """Yield the bytes as text in UTF-16 if they may be that."""
    end = shift + (len(data) - shift) // 2 * 2
    if end - shift < 2 * _SHORTEST:
        return
    highs = data[shift + (codec == "utf-16-le") : end : 2]
    if len(highs) > _MANY and len(highs.translate(None, _OF_SCRIPTS)) > len(highs) // 4:
        # Arbitrary bytes are characters of many scripts, and a text is in few. Long garbage is not worth a search.
        return
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
        # Not valid UTF-8: half of a surrogate pair, or an overlong form.
        return data.decode("latin-1"), range(stretch.start(), stretch.end())
    indices, index = [], stretch.start()
    for character in text:
        indices.append(index)
        index += len(character.encode())
    return text, indices
