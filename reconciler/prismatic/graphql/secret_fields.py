"""The secrets in an answer: the texts in fields whose types are marked as secret (``reconciler/model/answers.py``).

The API returns the inputs of a connection in plain text, except for write-only ones, and tokens in its ``meta``.
Secrets that only an integration's definition marks are found by their kind (``Finder.secrets``).
"""

from __future__ import annotations

import json
import types
from functools import cache
from typing import TYPE_CHECKING, Annotated, Any, Union, get_args, get_origin, get_type_hints

from reconciler.model.answers import Secrecy, api_name
from reconciler.secrets.known import InputText

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from reconciler.model.operation import Operation


_SHORTEST_NUMBER = 6
"""Digits; a shorter number occurs in many messages by chance, and so does true."""
_ALWAYS = dict.fromkeys(("value", "apiKeys", "authorizeUrl", "secret"), Secrecy.TEXT) | dict.fromkeys(
    ("meta", "testHeaders", "headers"), Secrecy.VALUES
)
"""The names that are searched in a doubtful body, whatever was asked for."""


def secrets_in_answer(value: Any) -> list[str]:
    """Return every text in the secret fields of a decoded answer; those of connection inputs are ``InputText``."""
    found: list[str] = []
    _collect(value, found)
    return found


def secrets_in_body(body: bytes, operations: Iterable[Operation]) -> list[str] | None:
    """Return the texts below the names of secret fields, at any place of an answer; ``None`` if it cannot be searched.

    The errors of an answer may quote the secrets of any part of it: of a field that comes twice, of an alias that
    nobody asked for, or of a part whose shape is wrong. Numbers and keys count, too.
    """
    names = {**_ALWAYS}
    for operation in operations:
        answer: Any = operation.answer
        names |= _secret_names(answer)
    try:
        # Pairs, and not maps: of a field that comes twice, a map would lose the first.
        data = json.loads(body, object_pairs_hook=_Pairs)
    except (ValueError, RecursionError):
        return None
    found: list[str] = []
    left = [data]
    while left:  # no recursion: a server decides how deep the data is
        item = left.pop()
        if isinstance(item, _Pairs):
            for key, value in item:
                if key in names:
                    found += map(str, _texts(names[key], value))  # of whatever the field is: certainly a secret
                else:
                    left.append(value)
        elif isinstance(item, list):
            left += item
    return found


class _Pairs(list[tuple[str, Any]]):
    """A JSON object, as its keys and values."""


def _collect(value: Any, found: list[str]) -> None:
    """Add the secret texts to ``found``. Every answer passes here, so only the ways to secrets are visited."""
    if isinstance(value, list):
        if value and _paths(value[0].__class__):
            for item in value:
                _collect(item, found)
        return
    for name, secrecy in _paths(value.__class__):
        item = getattr(value, name)
        if not item:
            continue
        if secrecy:
            found += _texts(secrecy, item)
        else:
            _collect(item, found)


@cache
def _paths(answer: Any) -> tuple[tuple[str, Secrecy | None], ...]:
    """Return the fields of a class that are secret, and those that lead to secrets."""
    if not hasattr(answer, "__struct_fields__"):
        return ()
    found = []
    for name, hint in get_type_hints(answer, include_extras=True).items():
        secrecy = _secrecy(hint)
        if secrecy or any(_paths(each) for each in classes_in(hint)):
            found.append((name, secrecy))
    return tuple(found)


@cache
def _secret_names(answer: Any) -> Mapping[str, Secrecy]:
    """Return the names of all secret fields in an answer, as the API writes them."""
    found: dict[str, Secrecy] = {}
    for each in classes_in(answer):
        for name, secrecy in _paths(each):
            inner = get_type_hints(each, include_extras=True)[name]
            found |= {api_name(name): secrecy} if secrecy else _secret_names(inner)
    return found


def _secrecy(hint: Any) -> Secrecy | None:
    marks = get_args(hint)[1:] if get_origin(hint) is Annotated else ()
    return next((mark for mark in marks if isinstance(mark, Secrecy)), None)


def classes_in(hint: Any) -> Iterator[Any]:
    """Yield the classes of answers in a type: in a list, and in what may be null."""
    if get_origin(hint) in {list, Union, types.UnionType, Annotated}:
        for each in get_args(hint):
            yield from classes_in(each)
    elif hasattr(hint, "__struct_fields__"):
        yield hint


def _texts(secrecy: Secrecy, value: Any) -> list[str]:
    """Return the secret texts in the value of a marked field."""
    if secrecy is Secrecy.INPUT:
        return [*map(InputText, _strings(value, keys=True))]
    if secrecy is Secrecy.TEXT:
        return [*_strings(value, keys=True)]
    found: list[str] = []
    for text in _strings(value):
        if secrecy is Secrecy.BOTH:
            found.append(text)
        found += _strings(_json(text))
    return found


def _strings(value: Any, *, keys: bool = False) -> Iterator[str]:
    """Yield every text and every long number in a value, with the ``keys`` of maps if they count."""
    left = [value]
    while left:
        item = left.pop()
        if isinstance(item, str):
            yield item
        elif isinstance(item, (_Pairs, dict)):
            for key, each in item.items() if isinstance(item, dict) else item:
                if keys:
                    yield key
                left.append(each)
        elif isinstance(item, list):
            left += item
        elif isinstance(item, (int, float)) and len(str(item)) >= _SHORTEST_NUMBER:
            yield str(item)


def _json(text: str) -> Any:
    """Return the JSON object or list in a text; the text itself if it is neither."""
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        return text
    return data if isinstance(data, (dict, list)) else text
