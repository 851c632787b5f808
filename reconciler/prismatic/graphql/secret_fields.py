"""Which fields of an answer hold secrets: told by their names, since an answer has nothing else to go by.

Of a connection the API gives back every input that is not write-only, in plain text, and tokens in its ``meta``. What
is a secret only because an integration marks it so, its kind tells (``Kind.live_secrets``).
"""

from __future__ import annotations

import json
from enum import Enum
from typing import TYPE_CHECKING, Any

from reconciler.prismatic.graphql.documents import fields_of, response_key

if TYPE_CHECKING:
    from collections.abc import Mapping

    from graphql import FieldNode, FragmentDefinitionNode


class Secrecy(Enum):
    """What of a field is secret."""

    WHOLE = "all that is in it"
    VALUES = "the values in it, which is data as JSON; what they are called is none"


Fields = dict[str, "Fields | Secrecy"]
"""The fields, by the key that they have in the answer, that are secret or have secrets below them."""

_ANYWHERE = {"apiKeys": Secrecy.WHOLE, "testHeaders": Secrecy.VALUES, "authorizeUrl": Secrecy.WHOLE}
_BELOW = {
    "inputs": {"value": Secrecy.WHOLE, "meta": Secrecy.VALUES},
    "configVariables": {"meta": Secrecy.VALUES},
    # What a version declares is public, but for what its connections start with.
    "requiredConfigVariables": {"value": Secrecy.WHOLE},
}


def secret_fields(field: FieldNode, fragments: Mapping[str, FragmentDefinitionNode]) -> Fields:
    """Return the fields below a field that hold secrets; empty where there are none."""
    return _below(field, fragments, {})


def _below(field: FieldNode, fragments: Mapping[str, FragmentDefinitionNode], secret: Mapping[str, Secrecy]) -> Fields:
    found: Fields = {}
    if field.selection_set is None:
        return found
    secret = secret or _BELOW.get(field.name.value, {})
    for each, _ in fields_of(field.selection_set, fragments):
        secrecy = {**_ANYWHERE, **secret}.get(each.name.value)
        below = secrecy or _below(each, fragments, _within(secret, each))
        if below:
            found[response_key(each)] = below
    return found


def _within(secret: Mapping[str, Secrecy], field: FieldNode) -> Mapping[str, Secrecy]:
    """Return what is secret within a field; the inputs of a live variable have more secrets than it has itself."""
    return {} if secret == _BELOW["configVariables"] and field.name.value == "inputs" else secret


def secrets_at(fields: Fields | Secrecy, value: Any) -> list[str]:
    """Return every text that stands in the fields of a value."""
    found: list[str] = []
    _collect(fields, value, found)
    return found


def _collect(fields: Fields | Secrecy, value: Any, found: list[str]) -> None:
    """Add the texts to those found: every answer passes here, so nothing is looked at but the way to them."""
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
        if fields is Secrecy.WHOLE:
            found.append(value)
        else:
            _collect(Secrecy.WHOLE, _values(value), found)


def _values(text: str) -> Any:
    """Return the data that a text is as JSON; the text itself where it is none."""
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        return text
    return data if isinstance(data, (dict, list)) else text
