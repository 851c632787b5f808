"""Names that sound like a secret's, in several languages and in every way of writing names.

This is a guess by the name alone, on the safe side: a false alarm costs a line in a manifest, and a missed secret may
put a live key into git or into the log of a job.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

FILE = Path(__file__).with_name("secret_words.toml")
LONGEST = 500
"""Characters of a name that are looked at, from its end, where the noun stands."""
_HUMP = re.compile(r"(?<=[^\W\d_A-Z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_WORD = re.compile(r"[^\W\d_]+|\d+")
_ACCENTS = re.compile("(?<=[a-z\u0370-\u03ff\u0400-\u04ff])[\u0300-\u036f]+")
"""Accents of European scripts; those of others make another letter of it."""
_LETTERS = str.maketrans({
    "\u00f8": "o", "\u0142": "l", "\u00e6": "ae", "\u0153": "oe", "\u0111": "d", "\u0131": "i",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Words:
    """The lists of ``secret_words.toml``; the file explains each."""

    secrets: frozenset[str]
    beginnings: frozenset[str]
    endings: frozenset[str]
    parts: frozenset[str]
    phrases: frozenset[str]
    last: frozenset[str]
    values: frozenset[str]
    always: frozenset[str]
    keys: frozenset[str]
    ordinary: frozenset[str]
    guarded: frozenset[str]
    about: frozenset[str]
    further: frozenset[str]
    questions: frozenset[str]
    counted: frozenset[str]
    terms: frozenset[str]
    unlike: frozenset[str]


@lru_cache(maxsize=4096)
def sounds_secret(name: str) -> bool:
    """Return whether a name sounds like that of a secret: ``apiKey``, ``Passwort``, ``db_pass``, ``APIキー``."""
    known = _words()
    text = _folded(name[-LONGEST:])
    if any(part in text for part in known.parts):
        return True
    said = " ".join(_WORD.findall(text))
    for term in known.terms:
        said = said.replace(term, " ")
    words = said.split()
    if not words or words[0] in known.questions or name.rstrip().endswith("?"):
        return False
    words = [*map(_singular, words)]
    if not known.always.isdisjoint(words):
        return True
    core = _core(words, known)
    return bool(core) and core[-1] not in known.about and _is_secret(core, words, known)


def names_fields(name: str) -> bool:
    """Return whether a name sounds like that of a list or map of names: ``Field Mapping``, ``columns``."""
    words = [*map(_singular, _WORD.findall(_folded(name[-LONGEST:])))]
    return bool(words) and words[-1] in {"mapping", "map", "field", "column"}


def _is_secret(core: Sequence[str], words: Sequence[str], known: _Words) -> bool:
    said = f" {' '.join(words)} "
    return (
        any(f" {phrase} " in said for phrase in known.phrases)
        or any(_is_secret_word(word, before, known) for before, word in zip(("", *words), words, strict=False))
        or _is_last(core, known)
        or any(_is_key(words, at, core, known) for at in range(len(words)))
    )


def _is_secret_word(word: str, before: str, known: _Words) -> bool:
    if word in known.unlike or (word == "token" and before in known.counted):
        return False
    glued = word.endswith(tuple(known.endings)) or word.startswith(tuple(known.beginnings)) or _is_glued(word, known)
    return word in known.secrets or glued


def _is_glued(word: str, known: _Words) -> bool:
    """Return whether a word is made of others with nothing between them: ``signingkey``, ``smtppass``."""
    stems = [_singular(word.removesuffix(key)) for key in known.keys if word.endswith(key) and word != key]
    return (word.endswith("pass") and word != "pass") or any(stem in known.guarded for stem in stems)


def _is_last(core: Sequence[str], known: _Words) -> bool:
    """Return whether the name ends in a word that means a secret only at the end."""
    after = [index for index, word in enumerate(core) if word in known.last]
    return bool(after) and all(word in known.values for word in core[after[-1] + 1 :])


def _is_key(words: Sequence[str], at: int, core: Sequence[str], known: _Words) -> bool:
    """Return whether the word at a place is a secret key; a "Key" alone may be any key."""
    if words[at] not in known.keys:
        return False
    before = words[at - 1] if at else ""
    beside = {before, *(words if words[at] != "key" else ())}
    if not known.guarded.isdisjoint(beside):
        return True
    return 0 < at == len(core) - 1 and before not in known.ordinary


def _core(words: Sequence[str], known: _Words) -> Sequence[str]:
    """Return the words without a suffix such as ``(live)``, ``2`` or ``v2``."""
    end = len(words)
    while end > 1 and (words[end - 1] in known.further or words[end - 1].isdigit()):
        end -= 1
    return words[:end]


def _folded(name: str) -> str:
    """Return a name in lower case, without accents, with the words of camel case apart."""
    text = unicodedata.normalize("NFKC", name).replace("OAuth", "Oauth")
    text = unicodedata.normalize("NFD", _HUMP.sub(" ", text).casefold())
    return unicodedata.normalize("NFC", _ACCENTS.sub("", text)).translate(_LETTERS)


def _singular(word: str) -> str:
    return word[:-1] if word.endswith("s") and not word.endswith(("ss", "us")) and len(word) > 3 else word


@cache
def _words() -> _Words:
    lists: Mapping[str, list[str]] = tomllib.loads(FILE.read_text(encoding="utf-8"))
    return _Words(**{key: frozenset(_singular(_folded(each)) for each in words) for key, words in lists.items()})
