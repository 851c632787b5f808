"""The longest chain of requests that had to wait for each other, by the data that they needed.

It does not depend on when a client sent them. A request waits for

- the answer that first showed an ID which it names,
- the first page of a list, before it can ask for a later one,
- the last mutation of the object that it changes,
- every mutation, if it reads back.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_ID = re.compile(rb'"id":"([^"]+)"')
_FIELD = re.compile(r"\b(?:op\d+: )?(\w+)\(")
_WRITTEN = "a mutation"


def longest_chain(exchanges: Iterable[tuple[str, bytes]]) -> int:
    """Return how many requests the longest chain has; an exchange is a request's body and its answer."""
    known: dict[str, int] = {}
    longest = 0
    for body, answer in exchanges:
        payload = json.loads(body)
        query, variables = payload["query"], payload.get("variables") or {}
        mutates = query.startswith("mutation")
        needed = [*_texts(variables), *(_lists(query) if _offsets(variables) else ()), *([] if mutates else [_WRITTEN])]
        depth = 1 + max((known.get(each, 0) for each in needed), default=0)
        for each in (*(match.decode() for match in _ID.findall(answer)), *_lists(query)):
            known.setdefault(each, depth)
        if mutates:
            changed = (value["id"] for value in variables.values() if isinstance(value, dict) and "id" in value)
            known.update(dict.fromkeys(changed, depth))
            known[_WRITTEN] = max(depth, known.get(_WRITTEN, 0))
        longest = max(longest, depth)
    return longest


def _texts(value: Any) -> Iterator[str]:
    """Yield every text in the variables of a request: its IDs are among them."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            yield from _texts(each)


def _lists(query: str) -> Iterator[str]:
    return (f"the list {name}" for name in _FIELD.findall(query))


def _offsets(variables: dict[str, Any]) -> bool:
    return any(name.endswith("_offset") and value for name, value in variables.items())
