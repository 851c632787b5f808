"""The variables of a request, with the tolerance that the official CLI needs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from graphql import NamedTypeNode, NonNullTypeNode, get_operation_ast

if TYPE_CHECKING:
    from graphql import DocumentNode, VariableDefinitionNode

_TEXTS = {"true": True, "false": False}


def readable(document: DocumentNode, operation: str | None, variables: dict[str, Any] | None) -> dict[str, Any] | None:
    """Return the variables with the texts ``true`` and ``false`` as booleans, where these are declared.

    The official CLI sends its ``--dark-mode`` as such a text.
    """
    node = get_operation_ast(document, operation)
    if node is None or not variables:
        return variables
    booleans = {item.variable.name.value for item in node.variable_definitions or () if _is_boolean(item)}
    return {
        name: _TEXTS.get(value.lower(), value) if name in booleans and isinstance(value, str) else value
        for name, value in variables.items()
    }


def _is_boolean(definition: VariableDefinitionNode) -> bool:
    kind = definition.type.type if isinstance(definition.type, NonNullTypeNode) else definition.type
    return isinstance(kind, NamedTypeNode) and kind.name.value == "Boolean"
