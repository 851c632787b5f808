"""Which fields of an answer hold secrets: told by their names, since an answer has nothing else to go by.

Of a connection the API gives back every input that is not write-only, in plain text, and tokens in its ``meta``. What
is a secret only because an integration marks it so, its kind tells (``Kind.live_secrets``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reconciler.prismatic.documents import fields_of, response_key

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from graphql import FieldNode, FragmentDefinitionNode

_SECRET = frozenset({"apiKeys", "testHeaders", "authorizeUrl"})
_SECRET_OF_AN_INPUT = frozenset({"value", "meta"})

Fields = dict[str, "Fields | None"]
"""The fields, by the key that they have in the answer, below which there are secrets; ``None``: all that is in it."""


def secret_fields(field: FieldNode, fragments: Mapping[str, FragmentDefinitionNode]) -> Fields:
    """Return the fields below a field that hold secrets; empty where there are none."""
    return _below(field, fragments, of_an_input=False)


def _below(field: FieldNode, fragments: Mapping[str, FragmentDefinitionNode], *, of_an_input: bool) -> Fields:
    found: Fields = {}
    if field.selection_set is None:
        return found
    within = of_an_input or field.name.value == "inputs"
    for each, _ in fields_of(field.selection_set, fragments):
        name = each.name.value
        if name in _SECRET or (within and name in _SECRET_OF_AN_INPUT):
            found[response_key(each)] = None
        elif below := _below(each, fragments, of_an_input=within):
            found[response_key(each)] = below
    return found


def secrets_at(fields: Fields | None, value: Any) -> Iterator[str]:
    """Yield every text that stands in the fields of a value."""
    if isinstance(value, list):
        for item in value:
            yield from secrets_at(fields, item)
    elif isinstance(value, dict):
        for key, item in value.items():
            if fields is None or key in fields:
                yield from secrets_at(fields[key] if fields else None, item)
    elif isinstance(value, str) and fields is None:
        yield value
