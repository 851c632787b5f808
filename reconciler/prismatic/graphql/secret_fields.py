"""The secrets in an answer: the texts in fields whose types are marked as secret (``reconciler/model/answers.py``).

The API returns the inputs of a connection in plain text, except for write-only ones, and tokens in its ``meta``.
Secrets that only an integration's definition marks are found by their kind (``Finder.secrets``).
"""

from __future__ import annotations

import json
import types
from functools import cache
from typing import TYPE_CHECKING, Annotated, Any, Union, get_args, get_origin, get_type_hints

import msgspec

from reconciler.model.answers import Secrecy, api_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


def secrets_in_answer(value: Any) -> list[str]:
    """Return every text in the secret fields of a decoded answer."""
    found: list[str] = []
    _collect(value, found)
    return found


def secrets_in_text(answer: Any, raw: msgspec.Raw) -> list[str]:
    """Return every text in an answer of another shape that stands below a secret field's name, at any place."""
    try:
        data = msgspec.json.decode(raw)
    except (msgspec.DecodeError, RecursionError):
        return []
    found: list[str] = []
    _collect_by_name(data, _secret_names(answer), found)
    return found


def _collect(value: Any, found: list[str]) -> None:
    """Add the secret texts to ``found``. Every answer passes here, so only the ways to secrets are visited."""
    if isinstance(value, list):
        if value and _paths(_class_of(value[0])):
            for item in value:
                _collect(item, found)
        return
    for name, secrecy in _paths(_class_of(value)):
        item = getattr(value, name)
        if not item:
            continue
        if secrecy:
            found += _texts(secrecy, item)
        else:
            _collect(item, found)


def _class_of(value: Any) -> Any:
    return type(value)


def _collect_by_name(data: Any, names: Mapping[str, Secrecy], found: list[str]) -> None:
    if isinstance(data, list):
        for item in data:
            _collect_by_name(item, names, found)
    elif isinstance(data, dict):
        for key, item in data.items():
            if key in names:
                found += _texts(names[key], item)
            else:
                _collect_by_name(item, names, found)


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
    found: list[str] = []
    for text in _strings(value):
        if secrecy is not Secrecy.VALUES:
            found.append(text)
        if secrecy is not Secrecy.TEXT:
            found += _strings(_json(text))
    return found


def _strings(value: Any) -> Iterator[str]:
    """Yield every text in a value; the keys of maps are none. No recursion: a server decides how deep the value is."""
    left = [value]
    while left:
        item = left.pop()
        if isinstance(item, str):
            yield item
        elif isinstance(item, (list, dict)):
            left += item.values() if isinstance(item, dict) else item


def _json(text: str) -> Any:
    """Return the JSON object or list in a text; the text itself if it is neither."""
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        return text
    return data if isinstance(data, (dict, list)) else text
