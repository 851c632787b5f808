"""The fields of an answer that hold secrets, recognized by their names: an answer has no other marks.

The API returns the inputs of a connection in plain text, except for write-only ones, and tokens in its ``meta``.
Secrets that only an integration's definition marks are found by their kind (``Finder.secrets``). A kind names the
other fields of its own operations that hold secrets (``Operation.secret``).
"""

from __future__ import annotations

import json
from enum import Enum
from typing import TYPE_CHECKING, Any

from reconciler.prismatic.graphql.documents import fields_of, response_key

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from graphql import FieldNode, FragmentDefinitionNode


class Secrecy(Enum):
    """The part of a field that is secret."""

    WHOLE = "all of its content"
    VALUES = "the values in its JSON text, but not their keys"
    BOTH = "all of its content, and the values in it if it is JSON text"


Fields = dict[str, "Fields | Secrecy"]
"""Fields that are secret or have secrets below them, by their keys in an answer."""

_ANYWHERE = {"apiKeys": Secrecy.WHOLE, "testHeaders": Secrecy.VALUES, "authorizeUrl": Secrecy.WHOLE}
_BELOW = {
    "inputs": {"value": Secrecy.WHOLE, "meta": Secrecy.VALUES},
    "configVariables": {"meta": Secrecy.VALUES},
    # The declarations of a version are public, except for the initial values of its connections.
    "requiredConfigVariables": {"value": Secrecy.WHOLE},
}


def secret_fields(
    field: FieldNode, fragments: Mapping[str, FragmentDefinitionNode], named: Iterable[str] = ()
) -> Fields:
    """Return the fields below a field that hold secrets, the ``named`` ones among them."""
    return _below(field, fragments, {**_ANYWHERE, **dict.fromkeys(named, Secrecy.BOTH)}, {})


def _below(
    field: FieldNode,
    fragments: Mapping[str, FragmentDefinitionNode],
    anywhere: Mapping[str, Secrecy],
    secret: Mapping[str, Secrecy],
) -> Fields:
    found: Fields = {}
    if field.selection_set is None:
        return found
    secret = secret or _BELOW.get(field.name.value, {})
    for each, _ in fields_of(field.selection_set, fragments):
        secrecy = {**anywhere, **secret}.get(each.name.value)
        below = secrecy or _below(each, fragments, anywhere, _within(secret, each))
        if below:
            found[response_key(each)] = below
    return found


def _within(secret: Mapping[str, Secrecy], field: FieldNode) -> Mapping[str, Secrecy]:
    """Return the secret names within a field: the inputs of a live variable have others than the variable."""
    return {} if secret == _BELOW["configVariables"] and field.name.value == "inputs" else secret


def secrets_at(fields: Fields | Secrecy, value: Any) -> list[str]:
    """Return every string in the secret fields of a value."""
    found: list[str] = []
    _collect(fields, value, found)
    return found


def _collect(fields: Fields | Secrecy, value: Any, found: list[str]) -> None:
    """Add the secret strings to ``found``. Every answer passes here, so only the paths to secrets are visited."""
    if isinstance(value, list):
        for item in value:
            _collect(fields, item, found)
    elif isinstance(fields, dict):
        if isinstance(value, dict):
            for key, below in fields.items():
                item = value.get(key)
                if item:
                    _collect(below, item, found)
    elif isinstance(value, dict):
        _collect(fields, [*value.values()], found)
    elif isinstance(value, str):
        found += _texts(fields, value)


def _texts(secrecy: Secrecy, value: str) -> list[str]:
    found = [] if secrecy is Secrecy.VALUES else [value]
    if secrecy is not Secrecy.WHOLE:
        _collect(Secrecy.WHOLE, _values(value), found)
    return found


def _values(text: str) -> Any:
    """Return the JSON object or list in a text; the text itself if it is neither."""
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        return text
    return data if isinstance(data, (dict, list)) else text
