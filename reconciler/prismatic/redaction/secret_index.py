"""The secrets of a run, folded and ready to be searched for in a text."""

from __future__ import annotations

import json
import re
from base64 import b64decode
from binascii import Error as NotBase64
from itertools import islice
from typing import TYPE_CHECKING, Any

from reconciler.prismatic.redaction.decodings import unescaped
from reconciler.prismatic.redaction.folding import fold, fold_loosely
from reconciler.prismatic.redaction.short_secrets import ShortSecrets, is_common
from reconciler.secrets.known import credentials_in, with_password

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from reconciler.secrets.known import KnownSecrets

PIECE = 8
"""Characters in a row that are recognized as a piece of a secret; a shorter secret is searched for as a whole."""
_SHORTEST_LEAF = 3
_SHORTEST_NUMBER = 4
_SCHEME = re.compile(r"(?:basic|bearer|token|apikey|digest)\s+(\S.*)", re.IGNORECASE | re.DOTALL)


class SecretIndex:
    """Pieces of long secrets, and whole short ones.

    The index is built only when the first text is searched: most runs meet no message of a server. All long secrets
    are joined to one buffer, and the pieces of this buffer are looked up among the pieces of the text. So only the
    text's pieces take memory, and the time is proportional to the sum of both lengths.
    """

    def __init__(self, known: KnownSecrets) -> None:
        self._known = known
        self._taken = [0, 0]
        self._long = bytearray()
        self.short = ShortSecrets()

    def pieces(self, grams: set[int]) -> set[int]:
        """Return the pieces of a text, from :func:`grams_of`, that a long secret has as well."""
        found: set[int] = set()
        for offset in range(PIECE):
            found |= grams.intersection(_words(self._long, offset))
        return found

    def refresh(self) -> None:
        """Add the secrets that became known since the last call."""
        for index, texts in enumerate((self._known.own, self._known.live)):
            new = list(islice(texts, self._taken[index], None))
            self._taken[index] += len(new)
            for form in {form for text in new for form in folded_forms(text)}:
                if len(form) >= PIECE and not is_common(form):
                    # Folded text has no zero byte, so no piece of a text matches across two secrets.
                    self._long += form + b"\0"
                else:
                    self.short.add(form, own=texts is self._known.own)


def grams_of(folded: bytes) -> set[int]:
    """Return every piece of eight bytes, as a number."""
    return {gram for offset in range(PIECE) for gram in _words(folded, offset)}


def positions_of(folded: bytes, grams: set[int]) -> list[int]:
    """Return the positions at which the pieces begin, in order."""
    return (
        []
        if not grams
        else sorted(
            PIECE * index + offset
            for offset in range(PIECE)
            for index, gram in enumerate(_words(folded, offset))
            if gram in grams
        )
    )


def _words(data: bytes | bytearray, offset: int) -> Iterable[int]:
    """Return the data after an offset as numbers of eight bytes each, without the rest at the end."""
    end = offset + (len(data) - offset) // PIECE * PIECE
    return memoryview(data)[offset:end].cast("Q") if end > offset else ()


def folded_forms(secret: str) -> Iterator[bytes]:
    """Yield the folded texts to search for because of one secret: the secret itself, and secrets inside it.

    A secret that contains escapes is searched for without them as well, since a text's escapes are undone.
    """
    for text in {secret, *_parts(secret)}:
        yield from folded_spellings(text)


def folded_spellings(secret: str) -> Iterator[bytes]:
    """Yield the folded texts to search for because of one secret as a whole."""
    once = unescaped(secret)
    for text in {secret, once, unescaped(once)}:
        for each in {text, text.strip()}:
            if each:
                yield fold(each)
                loose = fold_loosely(each)
                if loose and loose[0].strip():
                    yield loose[0].strip()


def _parts(secret: str) -> Iterator[str]:
    """Yield the strings in a secret that is JSON, the password in a URL, and the credentials after a scheme's name."""
    if secret.lstrip()[:1] in {"{", "["}:
        yield from _leaves(secret)
    if "@" in secret:
        yield from credentials_in(secret)
    scheme = _SCHEME.fullmatch(secret.strip())
    if scheme:
        yield scheme[1]
        yield from _basic(scheme[1])


def _basic(encoded: str) -> Iterator[str]:
    try:
        credentials = b64decode(encoded, validate=True).decode("utf-8")
    except (NotBase64, ValueError):
        return
    yield from with_password(credentials)


def _leaves(text: str) -> Iterator[str]:
    try:
        pending: list[Any] = [json.loads(text)]
    except (ValueError, RecursionError):
        return
    while pending:
        value = pending.pop()
        if isinstance(value, dict):
            pending.extend(value.values())
        elif isinstance(value, list):
            pending.extend(value)
        elif isinstance(value, str) and len(value) >= _SHORTEST_LEAF:
            yield value
        elif isinstance(value, (int, float)) and len(str(value)) >= _SHORTEST_NUMBER and not isinstance(value, bool):
            yield str(value)
