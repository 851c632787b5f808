"""Text that came from outside, made fit for a message: one line, short, and without a secret in it.

It is searched for every secret that the run knows (:mod:`reconciler.secrets.known`), not only for those of the
request that it answers: a deploy may complain of a password that another request carried.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reconciler.prismatic.redaction.decodings import TooManyDecodings, decodings
from reconciler.prismatic.redaction.folding import fold, fold_loosely
from reconciler.prismatic.redaction.search import PIECE, Sought, grams_of, positions_of
from reconciler.prismatic.redaction.short_secrets import is_common

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from reconciler.secrets.known import KnownSecrets

    Clean = Callable[[str], str]

_LONGEST = 300
_LOOKED_AT = 8_000
"""Characters of a message that are looked at: of those beyond nothing can come to be shown."""
_LEAST_LOOKED_AT = 400
_LOOKED_AT_TOGETHER = 100_000
_TOGETHER = 32_000
"""Characters that are searched in one pass."""
_HIDDEN = "(sensitive)"
_NOT_SHOWN = "(not shown: it is encoded in too many ways)"
# What a GraphQL server says of a variable it cannot take quotes the value, possibly shortened.
_QUOTED_VALUE = (
    (re.compile(r"got invalid value .*; "), "got an invalid value; "),
    (re.compile(r"got invalid value .*"), "got an invalid value"),
    (re.compile(r"(cannot represent [^:]{0,80}value):? .*"), r"\1"),
)
_CREDENTIALS = (
    (re.compile(r"\beyJ[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]*)*"), _HIDDEN),
    (re.compile(r"\b(bearer|basic) +[A-Za-z0-9._~+/=-]{8,}", re.IGNORECASE), rf"\1 {_HIDDEN}"),
    (re.compile(r"(?<=://)[^/?#\s@]{1,500}@"), f"{_HIDDEN}@"),
)
"""Credentials that nobody has told us of: JSON web tokens, headers of requests, users and passwords in addresses."""


@dataclass(frozen=True, slots=True)
class _Folded:
    """One reading of a text, in the form in which it is compared: byte ``i`` is ``original[starts[i]:ends[i]]``."""

    data: bytes
    starts: Sequence[int]
    ends: Sequence[int]


class Redactor:
    """Hides the secrets that a run knows, and pieces of long ones, in text that a server sent.

    Hidden are, in any case and any encoding that :mod:`reconciler.prismatic.redaction.decodings` undoes: pieces of
    eight characters and more; whole secrets of four to seven characters, those that were only read where they stand as
    words; shorter ones where they stand as words, those that were only read in quotes. Words that messages are made
    of are hidden in quotes alone.
    """

    def __init__(self, known: KnownSecrets) -> None:
        self._sought = Sought(known)

    def __call__(self, text: str) -> str:
        """Return the text on one line of printable ASCII, without a secret and without a quoted value."""
        return self.clean([text])[0]

    def clean(self, texts: Sequence[str]) -> list[str]:
        """Return several texts, each as a line of its own: in less time than one after the other.

        Of each only as much is looked at as can come to be shown; of very many, no more than they have room for.
        """
        looked_at = max(_LEAST_LOOKED_AT, min(_LOOKED_AT, _LOOKED_AT_TOGETHER // max(1, len(texts))))
        return [_line(text) for text in self.hide([text[:looked_at] for text in texts])]

    def hide(self, texts: Sequence[str]) -> list[str]:
        """Return the texts, however long, with a note in the place of every secret."""
        self._sought.refresh()
        return [hidden for group in _groups(texts) for hidden in self._hide_together(group)]

    def _hide_together(self, texts: Sequence[str]) -> list[str]:
        readings = [_readings(text) for text in texts]
        grams: set[int] = set()
        for folded in _all(readings):
            grams |= grams_of(folded.data)
        found = self._sought.pieces(grams)
        return [
            _NOT_SHOWN if each is None else _without(text, self._places(each, found))
            for text, each in zip(texts, readings, strict=True)
        ]

    def _places(self, readings: Iterable[_Folded], pieces: set[int]) -> Iterator[tuple[int, int]]:
        """Yield from where to where a secret stands."""
        for folded in readings:
            for first, last in (*_long_in(folded.data, pieces), *self._sought.short.places_in(folded.data)):
                yield folded.starts[first], folded.ends[last - 1]


def one_line(text: str) -> str:
    """Return at most a few hundred characters of the text, its control characters escaped."""
    shown = "".join(each if each.isprintable() else " " if each.isspace() else ascii(each)[1:-1] for each in text)
    shown = " ".join(shown.split())
    return shown if len(shown) <= _LONGEST else shown[: _LONGEST - 1] + "…"


def _line(text: str) -> str:
    text = " ".join(text.split())
    for pattern, replacement in (*_QUOTED_VALUE, *_CREDENTIALS):
        text = pattern.sub(replacement, text)
    return one_line(text)


def _groups(texts: Iterable[str]) -> Iterator[list[str]]:
    """Yield the texts in groups that take little memory each; every group is one more pass over all secrets."""
    group: list[str] = []
    size = 0
    for text in texts:
        group.append(text)
        size += len(text)
        if size > _TOGETHER:
            yield group
            group, size = [], 0
    if group:
        yield group


def _all(readings: Iterable[list[_Folded] | None]) -> Iterator[_Folded]:
    for each in readings:
        yield from each or ()


def _readings(text: str) -> list[_Folded] | None:
    """Return a text in all its readings, ready to be compared; ``None`` where there are too many."""
    try:
        decoded = decodings(text)
    except TooManyDecodings:
        return None
    found = [_Folded(fold(each.text), each.starts, each.ends) for each in decoded]
    for each in decoded:
        loose = fold_loosely(each.text)
        if loose:
            data, indices = loose
            found.append(_Folded(data, [each.starts[i] for i in indices], [each.ends[i] for i in indices]))
    return found


def _long_in(data: bytes, pieces: set[int]) -> Iterator[tuple[int, int]]:
    """Yield where pieces of long secrets stand, those that overlap as one."""
    first = last = -1
    for position in (*positions_of(data, pieces), len(data) + PIECE):
        if position > last:
            if last > 0 and not is_common(data[first:last]):
                yield first, last
            first = position
        last = position + PIECE


def _without(text: str, places: Iterable[tuple[int, int]]) -> str:
    """Return the text with a note in each of the places, in one for those that touch."""
    parts: list[str] = []
    position = 0
    for start, end in sorted(places):
        if start > position or not parts:
            parts += (text[position:start], _HIDDEN)
        position = max(position, end)
    return "".join(parts) + text[position:]
