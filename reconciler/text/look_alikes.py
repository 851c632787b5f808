"""Different names that look the same: the skeleton of a name, and the difference between two names.

Two names with one skeleton are hard to distinguish on a screen. They differ in Unicode form, in case, in blanks,
dashes, quotation marks or invisible characters, or have letters of another alphabet.
"""

from __future__ import annotations

import re
import unicodedata
from itertools import zip_longest
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_CYRILLIC = dict(zip("АВЕЅІЈКМНОРСТХУаеѕіјорсхуһԁԛԝкмтвнг", "ABESIJKMHOPCTXYaesijopcxyhdqwkmtbhr", strict=True))
_GREEK = dict(zip("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧαονικρτυχε", "ABEZHIKMNOPTYXaovikptuxe", strict=True))
_DASHES = dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2043\u2212\ufe58\ufe63\uff0d", "-")
_QUOTES = {
    **dict.fromkeys("\u2018\u2019\u201a\u201b\u02b9\u02bc\u02c8\u2032\u00b4`\uff07", "'"),
    **dict.fromkeys("\u201c\u201d\u201e\u201f\u2033\u00ab\u00bb\uff02", '"'),
}
_WIDE = {chr(code): chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}
_OTHERS = {"\u0131": "i", "\u2026": "...", "\u2044": "/", "\u2215": "/", "\u00d7": "x"}
_LOOK = str.maketrans({**_WIDE, **_OTHERS, **_CYRILLIC, **_GREEK, **_DASHES, **_QUOTES})
_UNSEEN = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\ufe00-\ufe0f\uffa0]")
LONG = 6
"""From this many characters on a name's only word is looked for by its halves."""


def skeleton(text: str) -> str:
    r"""Return the skeleton of a text: equal for all texts that look alike.

    >>> skeleton("Cafe\u0301\u00a0\u2013 EU") == skeleton("caf\u00e9 - eu")
    True
    """
    if text.isascii():
        return " ".join(text.split()).casefold()
    composed = unicodedata.normalize("NFC", text).translate(_LOOK)
    seen = "".join(each for each in composed if unicodedata.category(each) != "Cf" and not _UNSEEN.match(each))
    return " ".join(seen.split()).casefold()


def difference(text: str, other: str) -> str:
    """Return in words how two texts that look alike differ; empty for equal texts."""
    if text == other:
        return ""
    if unicodedata.normalize("NFC", text) == unicodedata.normalize("NFC", other):
        return "it is in another Unicode form"
    if text.casefold() == other.casefold():
        return "it differs in upper and lower case"
    pairs = enumerate(zip_longest(*(unicodedata.normalize("NFC", each) for each in (text, other))), start=1)
    position, (ours, theirs) = next((number, pair) for number, pair in pairs if pair[0] != pair[1])
    return f"character {position} is {_named(theirs)} there and {_named(ours)} here"


def only_case(text: str, other: str) -> bool:
    """Return whether two texts differ in case only, which is visible and may be intended."""
    forms = [unicodedata.normalize("NFC", each).casefold() for each in (text, other)]
    return (
        text != other
        and forms[0] == forms[1]
        and unicodedata.normalize("NFC", text) != unicodedata.normalize("NFC", other)
    )


def fragments(name: str) -> Iterator[str]:
    """Yield at most two parts of a name; a name that looks like it probably has one of them.

    They are the longest parts without look-alikes: letters and digits that look like no other.
    """
    composed = unicodedata.normalize("NFC", name)
    stable = "".join(each if each.isalnum() and _has_one_form(each) else " " for each in composed)
    words = sorted(dict.fromkeys(stable.split()), key=lambda word: (-len(word), word))
    if len(words) == 1 and len(words[0]) >= LONG:
        middle = len(words[0]) // 2
        words = [words[0][:middle], words[0][middle:]]
    yield from words[:2]


def _has_one_form(letter: str) -> bool:
    return letter.isascii() or (ord(letter) not in _LOOK and unicodedata.normalize("NFD", letter) == letter)


def mixed_characters(text: str) -> str:
    """Return in words the first character that only looks like one of the letters around it, or an empty text.

    A word that is wholly in another alphabet has none.
    """
    position = 0
    for part in re.split(r"([@.\s-])", text):
        plain = any(each.isascii() and each.isalpha() for each in part)
        for offset, letter in enumerate(part, start=1):
            if not letter.isascii() and skeleton(letter).isascii() and (plain or not letter.isalpha()):
                return f"character {position + offset} is {_named(letter)}"
        position += len(part)
    return ""


def _named(letter: str | None) -> str:
    if letter is None:
        return "none"
    name = unicodedata.name(letter, "")
    return f"U+{ord(letter):04X} ({name})" if name else f"U+{ord(letter):04X}"
