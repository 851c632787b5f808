"""Handles for live objects: readable, stable, and unique among the manifests of a kind."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from anyascii import anyascii

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

LONGEST = 80
_QUOTES = re.compile(r"['`]")
_BETWEEN = re.compile(r"[^a-z0-9]+")


def slug(words: str) -> str:
    """Return words in any script as lower-case letters, digits and dashes; may be empty."""
    return _BETWEEN.sub("-", _QUOTES.sub("", anyascii(words).lower())).strip("-")


def handle(handle_candidates: Iterable[str], taken: set[str], *, otherwise: str) -> str:
    """Return a free handle and take it; ``otherwise`` replaces names without letters and digits."""
    for candidate in _candidates([slug(words) for words in handle_candidates], otherwise):
        if candidate not in taken:
            taken.add(candidate)
            return candidate
    raise AssertionError  # the candidates never end


def _candidates(slugs: list[str], otherwise: str) -> Iterator[str]:
    usable = [_cut("-".join(without_echo(each.split("-")))) for each in slugs if each] or [otherwise]
    yield from usable
    number = 2
    while True:
        yield f"{usable[-1]}-{number}"
        number += 1


def _cut(text: str) -> str:
    return text[:LONGEST].rstrip("-")


def without_echo(words: Sequence[str]) -> list[str]:
    """Return words without an immediate repetition: ``acme acme inventory`` becomes ``acme inventory``."""
    for length in range(len(words) // 2, 0, -1):
        for start in range(len(words) - 2 * length + 1):
            if words[start : start + length] == words[start + length : start + 2 * length]:
                return without_echo([*words[:start], *words[start + length :]])
    return list(words)
