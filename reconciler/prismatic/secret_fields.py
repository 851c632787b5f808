"""Which fields of an answer hold secrets: told by their names, since an answer has nothing else to go by.

Of a connection the API gives back every input that is not write-only, in plain text, and tokens in its ``meta``. What
is a secret only because an integration marks it so, its kind tells (``Kind.live_secrets``).
"""

from __future__ import annotations

import json
from enum import Enum
from typing import TYPE_CHECKING, Any

from reconciler.prismatic.documents import fields_of, response_key

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

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


def secrets_at(fields: Fields | Secrecy, value: Any) -> Iterator[str]:
    """Yield every text that stands in the fields of a value."""
    if isinstance(value, list):
        for item in value:
            yield from secrets_at(fields, item)
    elif isinstance(value, dict):
        for key, item in value.items():
            if isinstance(fields, Secrecy):
                yield from secrets_at(fields, item)
            elif key in fields:
                yield from secrets_at(fields[key], item)
    elif isinstance(value, str) and isinstance(fields, Secrecy):
        yield from _values(value) if fields is Secrecy.VALUES else (value,)


def _values(text: str) -> Iterator[str]:
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        yield text
        return
    if isinstance(data, (dict, list)):
        yield from secrets_at(Secrecy.WHOLE, data)
    else:
        yield text
