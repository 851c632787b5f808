"""Requests of an official client that is newer than the schema."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from graphql import (
    REMOVE,
    SKIP,
    FieldNode,
    NameNode,
    SelectionSetNode,
    TypeInfo,
    TypeInfoVisitor,
    Visitor,
    visit,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from graphql import DocumentNode, GraphQLSchema, VariableDefinitionNode, VariableNode

_TYPENAME = SelectionSetNode(selections=(FieldNode(name=NameNode(value="__typename")),))


def is_official(headers: Mapping[str, str]) -> bool:
    """Return whether a request is from the official CLI, by its own header."""
    return headers.get("prismatic-client") == "prism"


def without_unknown(schema: GraphQLSchema, document: DocumentNode) -> DocumentNode:
    """Return a document without the fields that the schema's types do not have: the answer lacks them.

    Unknown operations and arguments stay: carrying out a part of a request would be wrong.
    """
    types = TypeInfo(schema)
    document = visit(document, TypeInfoVisitor(types, _Fields(schema, types)))
    used = _Used()
    visit(document, used)
    reduced: DocumentNode = visit(document, _Declarations(used.names))
    return reduced


class _Fields(Visitor):
    """Takes unknown fields out, but no root fields."""

    def __init__(self, schema: GraphQLSchema, types: TypeInfo) -> None:
        super().__init__()
        self._types, self._roots = types, (schema.query_type, schema.mutation_type)

    def enter_field(self, *_: Any) -> Any:
        parent = self._types.get_parent_type()
        unknown = parent is not None and parent not in self._roots and self._types.get_field_def() is None
        return REMOVE if unknown else None

    def leave_selection_set(self, node: SelectionSetNode, *_: Any) -> Any:
        return None if node.selections else _TYPENAME


class _Used(Visitor):
    """Collects the variables that are used anywhere."""

    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()

    def enter_variable_definition(self, *_: Any) -> Any:
        return SKIP

    def enter_variable(self, node: VariableNode, *_: Any) -> None:
        self.names.add(node.name.value)


class _Declarations(Visitor):
    """Takes the declarations of all other variables out."""

    def __init__(self, used: set[str]) -> None:
        super().__init__()
        self._used = used

    def enter_variable_definition(self, node: VariableDefinitionNode, *_: Any) -> Any:
        return None if node.variable.name.value in self._used else REMOVE
