"""Names that sound like a secret's, in several languages and in every way of writing names; values that look like one.

Values are tokens, private keys, URLs with a password; they are read in one pass, because some are large. Both are a
guess, on the safe side: a false alarm costs a line in a manifest, and a missed secret may put a live key into git or
into the log of a job.
"""

from __future__ import annotations

import json
import math
import re
import unicodedata
from collections import Counter
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

from reconciler.secrets.secret_words import WORDS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    _Words = Mapping[str, frozenset[str]]

LONGEST = 500
"""Characters of a name that are looked at, from its end, where the noun stands."""
_HUMP = re.compile(r"(?<=[^\W\d_A-Z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_WORD = re.compile(r"[^\W\d_]+|\d+")
_ACCENTS = re.compile("(?<=[a-z\u0370-\u03ff\u0400-\u04ff])[\u0300-\u036f]+")
"""Accents of European scripts; those of others make another letter of it."""
_LETTERS = str.maketrans({
    "\u00f8": "o", "\u0142": "l", "\u00e6": "ae", "\u0153": "oe", "\u0111": "d", "\u0131": "i",
})  # fmt: skip
DEEPEST = 60
_BEFORE_A_DOT = re.compile(r"(?<![\w-])[\w-]{13,}(?=\.[\w-]{5})")
_JSON_WEB_TOKEN = re.compile(r"\beyJ[\w-]{10}")
"""Begins a JSON Web Token in what stands before a dot. Looked for at once, each ``eyJ`` would be read on from anew."""
_ASSIGNED = re.compile(r"\"?( {0,3}[=:] {0,3})\"?([^\s;&?\"',{}\[\]<>]{3,})")
"""A value that a name is given, as in connection strings, queries of URLs, and files of settings."""
LONGEST_NAME = 60
_NAME = re.compile(rf"[\w. -]{{1,{LONGEST_NAME}}}\Z")
_WORDS = re.compile(r"[A-Za-z_.$/-]+")
_EMBEDDED = re.compile(r"data:[\w/+.;=-]{0,100}base64,[\w+/=]*")
"""A picture, say, in a text."""
_UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
SHORTEST = 20
"""Characters of a token."""
_RUN = re.compile(rf"[A-Za-z0-9+/_-]{{{SHORTEST},}}={{0,2}}")
"""Characters of a token without anything between them."""
_HEX = re.compile(r"[0-9a-f]{32,}|[0-9A-F]{32,}")
_CHUNK = re.compile(r"[A-Za-z0-9]+")
_SYLLABLE = re.compile(r"[A-Z]?[a-z]+|[A-Z]+|[0-9]+")
"""What a person would take for a word: text is of few long ones, a token of many short ones."""
SHORT = 4
"""Characters of a word on an average; fewer make a token."""
MANY = 5
"""Words that follow another one without anything between them; fewer make a name."""
LEAST_BITS = 2.5
"""Of information in each character."""


@lru_cache(maxsize=4096)
def sounds_secret(name: str) -> bool:
    """Return whether a name sounds like that of a secret: ``apiKey``, ``Passwort``, ``db_pass``, ``APIキー``."""
    known = _words()
    text = _folded(name[-LONGEST:])
    if any(part in text for part in known["parts"]):
        return True
    said = " ".join(_WORD.findall(text))
    for term in known["terms"]:
        said = said.replace(term, " ")
    words = said.split()
    if not words or words[0] in known["questions"] or name.rstrip().endswith("?"):
        return False
    words = [*map(_singular, words)]
    if not known["always"].isdisjoint(words):
        return True
    core = _core(words, known)
    return bool(core) and core[-1] not in known["about"] and _is_secret(core, words, known)


def names_fields(name: str) -> bool:
    """Return whether a name sounds like that of a list or map of names: ``Field Mapping``, ``columns``."""
    words = [*map(_singular, _WORD.findall(_folded(name[-LONGEST:])))]
    return bool(words) and words[-1] in {"mapping", "map", "field", "column"}


def _is_secret(core: Sequence[str], words: Sequence[str], known: _Words) -> bool:
    said = f" {' '.join(words)} "
    return (
        any(f" {phrase} " in said for phrase in known["phrases"])
        or any(_is_secret_word(word, before, known) for before, word in zip(("", *words), words, strict=False))
        or _is_last(core, known)
        or any(_is_key(words, at, core, known) for at in range(len(words)))
    )


def _is_secret_word(word: str, before: str, known: _Words) -> bool:
    if word in known["unlike"] or (word == "token" and before in known["counted"]):
        return False
    glued = (
        word.endswith(tuple(known["endings"])) or word.startswith(tuple(known["beginnings"])) or _is_glued(word, known)
    )
    return word in known["secrets"] or glued


def _is_glued(word: str, known: _Words) -> bool:
    """Return whether a word is made of others with nothing between them: ``signingkey``, ``smtppass``."""
    stems = [_singular(word.removesuffix(key)) for key in known["keys"] if word.endswith(key) and word != key]
    return (word.endswith("pass") and word != "pass") or any(stem in known["guarded"] for stem in stems)


def _is_last(core: Sequence[str], known: _Words) -> bool:
    """Return whether the name ends in a word that means a secret only at the end."""
    after = [index for index, word in enumerate(core) if word in known["last"]]
    return bool(after) and all(word in known["values"] for word in core[after[-1] + 1 :])


def _is_key(words: Sequence[str], at: int, core: Sequence[str], known: _Words) -> bool:
    """Return whether the word at a place is a secret key; a "Key" alone may be any key."""
    if words[at] not in known["keys"]:
        return False
    before = words[at - 1] if at else ""
    beside = {before, *(words if words[at] != "key" else ())}
    if not known["guarded"].isdisjoint(beside):
        return True
    return 0 < at == len(core) - 1 and before not in known["ordinary"]


def _core(words: Sequence[str], known: _Words) -> Sequence[str]:
    """Return the words without a suffix such as ``(live)``, ``2`` or ``v2``."""
    end = len(words)
    while end > 1 and (words[end - 1] in known["further"] or words[end - 1].isdigit()):
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
    """Return the lists of ``secret_words.py`` by their names, as names are compared."""
    return {key: frozenset(_singular(_folded(each)) for each in words) for key, words in WORDS.items()}


def looks_secret(value: Any, name: str = "") -> bool:
    """Return whether a value, or a part of it, looks like a secret.

    The keys of maps count as names, unless the value's own ``name`` is that of a map of names.
    """
    keyed = not names_fields(name)
    return any(map(_is_secret_text, _texts(value, 0))) or (keyed and _has_secret_key(value, 0))


def _texts(value: Any, depth: int) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif depth < DEEPEST and isinstance(value, (dict, list)):
        yield from map(str, value if isinstance(value, dict) else ())
        for item in value.values() if isinstance(value, dict) else value:
            yield from _texts(item, depth + 1)


def _has_secret_key(value: Any, depth: int) -> bool:
    """Return whether a part has a secret's name, in maps, lists of pairs and JSON texts."""
    if depth >= DEEPEST:
        return False
    if isinstance(value, str):
        return value.lstrip()[:1] in {"{", "["} and _has_secret_key(_parsed(value), depth + 1)
    if isinstance(value, list):
        return any(_has_secret_key(item, depth + 1) for item in value)
    if not isinstance(value, dict):
        return False
    pair = value.get("value") if isinstance(value.get("key"), str) else None
    if _is_kept(pair) and sounds_secret(value["key"]):
        return True
    return any((_is_kept(item) and sounds_secret(str(key))) or _has_secret_key(item, depth + 1)
               for key, item in value.items())  # fmt: skip


def _is_kept(item: Any) -> bool:
    return bool(item) and isinstance(item, (str, int)) and not isinstance(item, bool)


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _is_secret_text(text: str) -> bool:
    if _forms().search(text) or any(_JSON_WEB_TOKEN.search(run[0]) for run in _BEFORE_A_DOT.finditer(text)):
        return True
    plain = _UUID.sub("", _EMBEDDED.sub("", text))
    if any(
        _is_assigned(plain[max(0, found.start() - 60) : found.start()], found) for found in _ASSIGNED.finditer(plain)
    ):
        return True
    parts = (part for found in _RUN.finditer(plain) for part in {found[0], *found[0].split("/")})
    return any(_looks_random(part) for part in parts if len(part) >= SHORTEST)


def _is_assigned(text: str, found: re.Match[str]) -> bool:
    """Return whether a secret's name is assigned a value, and no expression of a program or word of a sentence."""
    name = _NAME.search(text[max(0, found.start() - LONGEST_NAME) : found.start()])
    sign, value = found.groups()
    literal = "(" not in value and (sign == "=" or not _WORDS.fullmatch(value))
    return literal and name is not None and (name[0].strip() == "sig" or sounds_secret(name[0]))


def _looks_random(run: str) -> bool:
    """Return whether a run of letters and digits looks random: it has many short parts."""
    if run.isdigit():
        return False
    counts = Counter(run)
    bits = -sum(count / len(run) * math.log2(count / len(run)) for count in counts.values())
    if bits < LEAST_BITS or _HEX.fullmatch(run):
        return bits >= LEAST_BITS
    words = _SYLLABLE.findall(run)
    inner = len(words) - len(_CHUNK.findall(run))
    return inner >= MANY and sum(map(len, words)) <= SHORT * len(words)


@cache
def _forms() -> re.Pattern[str]:
    """Return the forms of well-known tokens; compiled at first use, since most runs look at no value."""
    return re.compile(
        r"-----BEGIN [A-Z ]*PRIVATE KEY"
        r"|\b(?:sk|rk|pk|whsec)_(?:live_|test_)?\w{16,}"  # Stripe
        r"|\b(?:gh[opsur]_\w{20,}|github_pat_\w{20,}|glpat-[\w-]{15,}|xox[abeoprs]-[\w-]{10,}|npm_\w{30,}|pypi-[\w-]{20,})"
        r"|\b(?:AKIA|ASIA)[A-Z0-9]{16}\b|\bAIza[\w-]{30,}|\bya29\.[\w-]{20,}|\bSG\.[\w-]{16,}\.[\w-]{16,}"
        r"|\b(?:shpat|shpss|shpca)_\w{20,}|\bhf_\w{20,}|\bdop_v1_\w{20,}|\bsq0\w{3}-[\w-]{20,}"
        r"|(?i:\b(?:bearer|basic) {1,3}[\w.~+/-]{16,}=*)"
        r"|[a-zA-Z][a-zA-Z0-9+.-]{0,30}://[^\s/@:?#]{0,200}:[^\s/@?#]{1,200}@"  # a password in a URL
    )
