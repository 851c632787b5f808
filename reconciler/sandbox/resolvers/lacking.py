"""A schema that lacks a part, as that of another version of the API may."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from graphql import GraphQLError, Visitor, visit

if TYPE_CHECKING:
    from graphql import DocumentNode, FieldNode, GraphQLSchema

_NAME = re.compile(r"(?P<type>\w+)\.(?P<field>\w+)(\((?P<argument>\w+):\))?")
REFUSED = "GraphQL introspection is not allowed, but the query contained __schema or __type."


def leave_out(schema: GraphQLSchema, name: str) -> None:
    """Take a field, a value of an enum or an argument out of the schema; raise ``ValueError`` for an unknown one."""
    found = _NAME.fullmatch(name)
    owner: Any = schema.type_map.get(found["type"]) if found else None
    parts: dict[str, Any] = getattr(owner, "fields", None) or getattr(owner, "values", None) or {}
    inner = parts[found["field"]].args if found and found["argument"] and found["field"] in parts else parts
    last = (found["argument"] or found["field"]) if found else ""
    if last not in inner:
        raise ValueError(f"the schema has no {name}; expected Type.field, or Type.field(argument:)")
    del inner[last]


def asks_about_the_schema(document: DocumentNode) -> tuple[GraphQLError, ...]:
    """Return the refusal of a document with ``__schema`` or ``__type``; nothing for another one."""
    found: list[str] = []

    class Fields(Visitor):
        def enter_field(self, node: FieldNode, *_: Any) -> None:
            found.append(node.name.value)

    visit(document, Fields())
    return (GraphQLError(REFUSED),) if {"__schema", "__type"} & {*found} else ()
