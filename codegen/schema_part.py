"""Write the part of the API's schema that the product's operations use, from the whole one.

::

    python -m codegen.schema_part prismatic-api.graphql

A used field keeps all its arguments, and a used input type all its fields. The fields in :data:`NULL_AS_WELL` may be
null here, though not in the whole schema.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from graphql import (
    DocumentNode,
    NonNullTypeNode,
    ObjectTypeDefinitionNode,
    SchemaDefinitionNode,
    TypeDefinitionNode,
    TypeInfo,
    TypeInfoVisitor,
    Visitor,
    build_ast_schema,
    parse,
    print_ast,
    visit,
)

from codegen.__main__ import SCHEMA, documents
from reconciler.prismatic.graphql.documents import copy_with

if TYPE_CHECKING:
    from collections.abc import Iterable

    from graphql import (
        DefinitionNode,
        FieldNode,
        NamedTypeNode,
        Node,
        TypeNode,
    )


NULL_AS_WELL = frozenset({"Expression.value"})
"""``Type.field``: how a write-only input reads is unknown (``write_only_inputs`` in docs/api-assumptions.md)."""

NEVER_NULL = frozenset({"LogSeverity.name"})
"""``Type.field``: what identifies an object for the product. A null there is an error with its path."""


def part_of(schema: DocumentNode, documents: Iterable[str]) -> DocumentNode:
    """Return the part of the schema that the documents use."""
    used = _used_fields(schema, documents)
    types = {each.name.value: each for each in schema.definitions if isinstance(each, TypeDefinitionNode)}
    kept: dict[str, DefinitionNode] = {
        name: _only(node, fields)
        for name, fields in used.items()
        if isinstance(node := types[name], ObjectTypeDefinitionNode)
    }
    pending = [*kept.values()]
    while pending:
        for name in _named_types(pending.pop()):
            if name in types and name not in kept:
                # An object without a used field is the type of none, so this is an input, an enum or a scalar.
                kept[name] = types[name]
                pending.append(types[name])
    roots = [each for each in schema.definitions if isinstance(each, SchemaDefinitionNode)]
    return DocumentNode(definitions=(*roots, *(kept[name] for name in sorted(kept))))


def _used_fields(schema: DocumentNode, documents: Iterable[str]) -> dict[str, set[str]]:
    used: dict[str, set[str]] = defaultdict(set)
    types = TypeInfo(build_ast_schema(schema))

    class Fields(Visitor):
        def enter_field(self, node: FieldNode, *_: Any) -> None:
            parent = types.get_parent_type()
            if parent is None or types.get_field_def() is None:
                raise ValueError(f"the schema has no field {node.name.value} here")
            used[parent.name].add(node.name.value)

    for text in documents:
        visit(parse(text), TypeInfoVisitor(types, Fields()))
    return used


def _only(node: ObjectTypeDefinitionNode, fields: set[str]) -> ObjectTypeDefinitionNode:
    """Return the type with some of its fields, and without the interfaces that need the others."""
    owner = node.name.value
    kept = tuple(
        copy_with(each, type=_type_of(f"{owner}.{each.name.value}", each.type))
        for each in node.fields or ()
        if each.name.value in fields
    )
    return ObjectTypeDefinitionNode(name=node.name, interfaces=(), directives=(), fields=kept)


def _type_of(field: str, kind: TypeNode) -> TypeNode:
    if isinstance(kind, NonNullTypeNode):
        return kind.type if field in NULL_AS_WELL else kind
    return NonNullTypeNode(type=kind) if field in NEVER_NULL else kind  # type: ignore[arg-type] # no other type is left


def _named_types(node: Node) -> list[str]:
    found: list[str] = []

    class Names(Visitor):
        def enter_named_type(self, each: NamedTypeNode, *_: Any) -> None:
            found.append(each.name.value)

    visit(node, Names())
    return found


class _WithoutDescriptions(Visitor):
    def enter(self, node: Node, *_: Any) -> Node | None:
        if getattr(node, "description", None) is None:
            return None
        return copy_with(node, description=None)


def text_of(whole: Path) -> str:
    """Return the part that the product uses of the schema in the file ``whole``."""
    texts = [path.read_text(encoding="utf-8") for path in documents()]
    part = part_of(parse(whole.read_text(encoding="utf-8"), no_location=True), texts)
    return print_ast(visit(part, _WithoutDescriptions())) + "\n"


if __name__ == "__main__":
    SCHEMA.write_text(text_of(Path(sys.argv[1])), encoding="utf-8")
