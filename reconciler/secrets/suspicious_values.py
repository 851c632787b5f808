"""Values that look like secrets under any name: tokens, private keys, URLs with a password.

This is a guess on the safe side, as in ``suspicious_names.py``. It takes one pass, because some values are large.
"""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from typing import TYPE_CHECKING, Any

from reconciler.secrets.suspicious_names import names_fields, sounds_secret

if TYPE_CHECKING:
    from collections.abc import Iterator

DEEPEST = 60
_FORMS = re.compile(
    r"-----BEGIN [A-Z ]*PRIVATE KEY"
    r"|\b(?:sk|rk|pk|whsec)_(?:live_|test_)?\w{16,}"  # Stripe
    r"|\b(?:gh[opsur]_\w{20,}|github_pat_\w{20,}|glpat-[\w-]{15,}|xox[abeoprs]-[\w-]{10,}|npm_\w{30,}|pypi-[\w-]{20,})"
    r"|\b(?:AKIA|ASIA)[A-Z0-9]{16}\b|\bAIza[\w-]{30,}|\bya29\.[\w-]{20,}|\bSG\.[\w-]{16,}\.[\w-]{16,}"
    r"|\b(?:shpat|shpss|shpca)_\w{20,}|\bhf_\w{20,}|\bdop_v1_\w{20,}|\bsq0\w{3}-[\w-]{20,}"
    r"|(?i:\b(?:bearer|basic) {1,3}[\w.~+/-]{16,}=*)"
    r"|[a-zA-Z][a-zA-Z0-9+.-]{0,30}://[^\s/@:?#]{0,200}:[^\s/@?#]{1,200}@"  # a password in a URL
)
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


def looks_secret(value: Any, name: str = "") -> bool:
    """Return whether a value, or a part of it, looks like a secret.

    The keys of maps count as names, unless the value's own ``name`` is that of a map of names.
    """
    keyed = not names_fields(name)
    return any(map(_is_secret, _texts(value, 0, keyed=keyed))) or (keyed and _has_secret_key(value, 0))


def _texts(value: Any, depth: int, *, keyed: bool) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif depth < DEEPEST and isinstance(value, dict):
        for key, item in value.items():
            yield str(key)
            yield from _texts(item, depth + 1, keyed=keyed)
    elif depth < DEEPEST and isinstance(value, list):
        for item in value:
            yield from _texts(item, depth + 1, keyed=keyed)


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


def _is_secret(text: str) -> bool:
    if _FORMS.search(text) or any(_JSON_WEB_TOKEN.search(run[0]) for run in _BEFORE_A_DOT.finditer(text)):
        return True
    plain = _UUID.sub("", _EMBEDDED.sub("", text))
    if any(
        _is_assigned(plain[max(0, found.start() - 60) : found.start()], found) for found in _ASSIGNED.finditer(plain)
    ):
        return True
    parts = (part for found in _RUN.finditer(plain) for part in {found[0], *found[0].split("/")})
    return any(_is_random(part) for part in parts if len(part) >= SHORTEST)


def _is_assigned(text: str, found: re.Match[str]) -> bool:
    """Return whether a secret's name is assigned a value, and no expression of a program or word of a sentence."""
    name = _NAME.search(text[max(0, found.start() - LONGEST_NAME) : found.start()])
    sign, value = found.groups()
    literal = "(" not in value and (sign == "=" or not _WORDS.fullmatch(value))
    return literal and name is not None and (name[0].strip() == "sig" or sounds_secret(name[0]))


def _is_random(run: str) -> bool:
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
