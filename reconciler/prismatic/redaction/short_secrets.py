"""Finding secrets that are too short to be searched for in pieces. Some of them are common words of messages."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_WORDS = """
true false null none yes no on off http https username password customer customers instance instances
integration integrations connection connections variable required expected response endpoint prismatic
authorization authentication configuration credentials not found such does exist exists matches matching given
query already taken in use unique duplicate permission permissions allowed authorised authorized unauthorised
unauthorized forbidden access denied insufficient privilege privileges too complex large many much big deep
expensive complexity maximum depth cost size time timed timeout out internal server error errors unexpected
try again temporary temporarily unavailable deadlock throttle throttled throttling rate limit limited request
requests syntax cannot field unknown argument type fragment seconds available the
"""
COMMON_WORDS = frozenset(_WORDS.split())
"""Common words of messages. Hidden everywhere, they would make messages unreadable, and show what the secrets are.

They include the words by which errors are recognized: what a run does must not depend on its secrets.
"""
_PHRASES = (
    *("not found", "does not exist", "already exists", "permission denied", "access denied", "not allowed"),
    *("too many requests", "internal server error", "rate limit", "timed out"),
)
COMMON = frozenset(word.encode() for word in (*COMMON_WORDS, *_PHRASES))
_HIDDEN_IN_WORDS_FROM = 4
_FEW = 500
_QUOTES = (b'"', b"'", b"`")
_WORD = rb"0-9a-z_\x80-\xff"
_EDGE = re.compile(rb"(?<![%s])|(?<=[%s])(?![%s])|(?=[^%s])" % (_WORD, _WORD, _WORD, _WORD))
"""Places where a word can begin or end: the edges of words, and both sides of every other character."""


class ShortSecrets:
    """Secrets that are searched for as a whole, and common words.

    The run's ``own`` secrets of four characters and more are hidden inside words as well. Shorter ones, and ``live``
    ones that were only read from the tenant, are hidden where they are a word. Common words, and live ones of less
    than four characters, are hidden in quotes, and where they are the whole message.
    """

    def __init__(self) -> None:
        self._own: dict[int, set[bytes]] = {}
        self._live: dict[int, set[bytes]] = {}

    def add(self, secret: bytes, *, own: bool) -> None:
        """Add a folded secret."""
        (self._own if own else self._live).setdefault(len(secret), set()).add(secret)

    def places_in(self, data: bytes) -> Iterator[tuple[int, int]]:
        """Yield the start and the end of each secret to hide in folded data."""
        for secret in _present(data, self._own):
            word = secret not in COMMON
            anywhere = word and len(secret) >= _HIDDEN_IN_WORDS_FROM
            for first, last in _occurrences(data, secret):
                if anywhere or (word and _is_word(data, first, last)) or _is_quoted(data, first, last):
                    yield first, last
        for first, last in _words_among(data, self._live):
            secret = data[first:last]
            quoted_only = secret in COMMON or len(secret) < _HIDDEN_IN_WORDS_FROM
            if not quoted_only or _is_quoted(data, first, last):
                yield first, last


def is_common(piece: bytes) -> bool:
    """Return whether a piece of a longer secret is only a common word, which shows nothing of the secret."""
    return piece.strip(b" :/\"'`=.,;-_") in COMMON


def _present(data: bytes, secrets: Mapping[int, set[bytes]]) -> Iterator[bytes]:
    """Yield the secrets, grouped by length, that occur in the data."""
    for length, sought in secrets.items():
        if len(sought) < _FEW:
            yield from (each for each in sought if each in data)
        else:
            yield from sought & {data[start : start + length] for start in range(len(data) - length + 1)}


def _occurrences(data: bytes, secret: bytes) -> Iterator[tuple[int, int]]:
    first = data.find(secret)
    while first >= 0:
        yield first, first + len(secret)
        first = data.find(secret, first + 1)


def _words_among(data: bytes, secrets: Mapping[int, set[bytes]]) -> Iterator[tuple[int, int]]:
    """Yield the start and the end of each secret that is a word in the data."""
    if not secrets:
        return
    edges = [match.start() for match in _EDGE.finditer(data)]
    places = {*edges, len(data)}
    for first in edges:
        for length, sought in secrets.items():
            if first + length in places and data[first : first + length] in sought:
                yield first, first + length


def _is_word(data: bytes, first: int, last: int) -> bool:
    return bool(_EDGE.match(data, first)) and (last == len(data) or bool(_EDGE.match(data, last)))


def _is_quoted(data: bytes, first: int, last: int) -> bool:
    """Return whether a part of the data is in quotes, or is all of the data."""
    before = data[first - 1 : first] if first else b""
    return (before in _QUOTES and data[last : last + 1] in _QUOTES) or data.strip(b" .:!") == data[first:last]
