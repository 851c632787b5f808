"""Redaction: text from a server becomes one short line without secrets.

A text is searched for every secret that the run knows (:mod:`reconciler.secrets.known`), not only for those of its own
request: the error of a deploy may quote a password that another request carried.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reconciler.prismatic.redaction.readings import readings_of
from reconciler.prismatic.redaction.secret_index import PIECE, SecretIndex, grams_of, positions_of
from reconciler.prismatic.redaction.short_secrets import is_common
from reconciler.secrets.secret import HIDDEN

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from reconciler.prismatic.redaction.readings import Folded
    from reconciler.secrets.known import KnownSecrets

    Clean = Callable[[str], str]

_LONGEST = 300
_SEARCHED = 8_000
"""Characters of a message that are searched. Later ones can never be shown, even when all before them are hidden."""
_SEARCHED_AT_LEAST = 400
_SEARCHED_OF_ALL = 100_000
_EDGE = 64
"""Characters that a secret too short to have pieces takes at most, when each of its characters is escaped."""
_IN_ONE_PASS = 32_000
"""Characters that are searched in one pass, so that a pass needs little memory."""
_NOT_SHOWN = "(not shown: it is encoded in too many ways)"
# A GraphQL server that refuses a variable quotes its value, possibly shortened.
_QUOTED_VALUE = (
    (re.compile(r"got invalid value .*; "), "got an invalid value; "),
    (re.compile(r"got invalid value .*"), "got an invalid value"),
    (re.compile(r"(cannot represent [^:]{0,80}value):? .*"), r"\1"),
)
_CREDENTIALS = (
    (re.compile(r"\beyJ[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]*)*"), HIDDEN),
    (re.compile(r"\b(bearer|basic) +[A-Za-z0-9._~+/=-]{8,}", re.IGNORECASE), rf"\1 {HIDDEN}"),
    (re.compile(r"(?<=://)[^/?#\s@]{1,500}@"), f"{HIDDEN}@"),
)
"""Credentials that are not among the known secrets: JSON web tokens, authorization headers, passwords in URLs."""


class Redactor:
    """Hides the secrets that a run knows, and pieces of long ones, in text from a server.

    Case and every encoding of :mod:`reconciler.prismatic.redaction.decodings` make no difference. Of long secrets,
    each piece of eight characters and more is hidden. Secrets of four to seven characters are hidden as a whole; those
    that were only read from the tenant, only where they are a word. Shorter ones are hidden where they are a word;
    those that were only read, only in quotes. Common words of messages are hidden only in quotes.

    The order of the steps matters: first the secrets are hidden, in far more text than can be shown, then the patterns
    for quoted values and credentials, then the text is cut. A replacement or a cut before the search could split a
    secret, and leave a piece of it that is too short to be recognized.
    """

    def __init__(self, known: KnownSecrets) -> None:
        self._index = SecretIndex(known)

    def __call__(self, text: str) -> str:
        """Return the text as one short line, without secrets and without quoted values."""
        return self.clean([text])[0]

    def clean(self, texts: Sequence[str]) -> list[str]:
        """Return each text as one short line; several texts together take less time than one after another.

        Only the beginning of each text is searched and shown: less of each, the more texts there are.
        """
        size = max(_SEARCHED_AT_LEAST, min(_SEARCHED, _SEARCHED_OF_ALL // max(1, len(texts))))
        hidden = self.hide([text[:size] for text in texts])
        return [
            _line(_without_edge(line) if len(text) > size else line) for text, line in zip(texts, hidden, strict=True)
        ]

    def hide(self, texts: Sequence[str]) -> list[str]:
        """Return the texts in full length, with each secret replaced."""
        self._index.refresh()
        return [hidden for group in _groups(texts) for hidden in self._hide_together(group)]

    def _hide_together(self, texts: Sequence[str]) -> list[str]:
        readings = [readings_of(text) for text in texts]
        grams: set[int] = set()
        for folded in _all(readings):
            grams |= grams_of(folded.data)
        found = self._index.pieces(grams)
        return [
            _NOT_SHOWN if each is None else _without(text, self._places(each, found))
            for text, each in zip(texts, readings, strict=True)
        ]

    def _places(self, readings: Iterable[Folded], pieces: set[int]) -> Iterator[tuple[int, int]]:
        """Yield the start and the end of each secret in the text."""
        for folded in readings:
            for first, last in (*_long_in(folded.data, pieces), *self._index.short.places_in(folded.data)):
                yield folded.starts[first], folded.ends[last - 1]


def one_line(text: str) -> str:
    """Return the text on one line, cut to a few hundred characters, with its control characters escaped."""
    shown = "".join(each if each.isprintable() else " " if each.isspace() else ascii(each)[1:-1] for each in text)
    shown = " ".join(shown.split())
    return shown if len(shown) <= _LONGEST else shown[: _LONGEST - 1] + "…"


def _without_edge(hidden: str) -> str:
    """Return a redacted text without its end, where the cut before the search may have split a secret."""
    return hidden if hidden.endswith((HIDDEN, _NOT_SHOWN)) else hidden[:-_EDGE]


def _line(text: str) -> str:
    text = " ".join(text.split())
    for pattern, replacement in (*_QUOTED_VALUE, *_CREDENTIALS):
        text = pattern.sub(replacement, text)
    return one_line(text)


def _groups(texts: Iterable[str]) -> Iterator[list[str]]:
    """Yield the texts in groups. Large groups need memory, and each group costs a pass over all secrets."""
    group: list[str] = []
    size = 0
    for text in texts:
        group.append(text)
        size += len(text)
        if size > _IN_ONE_PASS:
            yield group
            group, size = [], 0
    if group:
        yield group


def _all(readings: Iterable[list[Folded] | None]) -> Iterator[Folded]:
    for each in readings:
        yield from each or ()


def _long_in(data: bytes, pieces: set[int]) -> Iterator[tuple[int, int]]:
    """Yield the start and the end of pieces of long secrets; overlapping pieces are one."""
    first = last = -1
    for position in (*positions_of(data, pieces), len(data) + PIECE):
        if position > last:
            if last > 0 and not is_common(data[first:last]):
                yield first, last
            first = position
        last = position + PIECE


def _without(text: str, places: Iterable[tuple[int, int]]) -> str:
    """Return the text with each place replaced; places that touch are replaced together."""
    parts: list[str] = []
    position = 0
    for start, end in sorted(places):
        if start > position or not parts:
            parts += (text[position:start], HIDDEN)
        position = max(position, end)
    return "".join(parts) + text[position:]
