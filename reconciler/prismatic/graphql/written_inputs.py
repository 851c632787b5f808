"""Inputs of mutations written out in a document, so that a server checks the fields that they have.

A server checks the input of a mutation that is not carried out only where it stands in the document: it looks at the
values of variables when it carries an operation out.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from graphql import (
    InputObjectTypeDefinitionNode,
    ListTypeNode,
    ListValueNode,
    NamedTypeNode,
    NameNode,
    NonNullTypeNode,
    NullValueNode,
    ObjectFieldNode,
    ObjectValueNode,
    VariableDefinitionNode,
    VariableNode,
    parse,
)

from reconciler.prismatic.graphql.documents import copy_with

if TYPE_CHECKING:
    from graphql import FieldNode, TypeNode, ValueNode

_STANDARD = frozenset({"Boolean", "Float", "ID", "Int", "String"})
"""The scalars that every schema has."""


def with_written_inputs(
    root: FieldNode, definitions: Sequence[VariableDefinitionNode], sent: Mapping[str, Sequence[Any]], prefix: str
) -> tuple[FieldNode, list[VariableDefinitionNode]]:
    """Return the root field of a mutation with its variables written out, and the variables that it has then.

    ``sent`` has the values of each variable, by its name without the ``prefix``: one for each time that the mutation is
    to be sent. Every field that any of them has is written, with a variable in the place of its value.
    """
    types = {each.variable.name.value: each.type for each in definitions}
    writing = _Writing(prefix)
    arguments = []
    for each in root.arguments or ():
        name = each.value.name.value if isinstance(each.value, VariableNode) else ""
        values = sent.get(name.removeprefix(prefix))
        written = each if values is None else copy_with(each, value=writing.of(types.pop(name), values))
        arguments.append(written)
    kept = [each for each in definitions if each.variable.name.value in types]
    return copy_with(root, arguments=tuple(arguments)), [*kept, *writing.variables]


@dataclass(slots=True)
class _Writing:
    """Writes inputs out; ``variables`` are those that stand in the place of their values."""

    prefix: str
    variables: list[VariableDefinitionNode] = field(default_factory=list)

    def of(self, declared: TypeNode, values: Sequence[Any]) -> ValueNode:
        """Return what stands for values of this type."""
        inner = declared.type if isinstance(declared, NonNullTypeNode) else declared
        if isinstance(inner, ListTypeNode):
            elements = [each for value in values if _is_list(value) for each in value]
            return ListValueNode(values=(self.of(inner.type, elements),) if elements else ())
        name = inner.name.value if isinstance(inner, NamedTypeNode) else ""
        fields = _fields_of(name)
        if fields is not None:
            given = [value for value in values if isinstance(value, Mapping)]
            return self._object(fields, given) if given else NullValueNode()
        # Another scalar may have another name in the API's schema, which is no mistake in a mutation that does not
        # name it.
        return self._variable(name) if name in _STANDARD else NullValueNode()

    def _object(self, fields: Mapping[str, TypeNode], given: Sequence[Mapping[str, Any]]) -> ObjectValueNode:
        keys = dict.fromkeys(key for each in given for key in each)
        written = (
            ObjectFieldNode(
                name=NameNode(value=key), value=self.of(fields[key], [each[key] for each in given if key in each])
            )
            for key in keys
        )
        return ObjectValueNode(fields=tuple(written))

    def _variable(self, scalar: str) -> VariableNode:
        """Return a new variable. It is never null, so it fits where the API requires a value, and where it does not."""
        variable = VariableNode(name=NameNode(value=f"{self.prefix}{len(self.variables)}"))
        declared = NonNullTypeNode(type=NamedTypeNode(name=NameNode(value=scalar)))
        self.variables.append(VariableDefinitionNode(variable=variable, type=declared, directives=()))
        return variable


def _is_list(value: Any) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str)


@cache
def _fields_of(name: str) -> Mapping[str, TypeNode] | None:
    """Return the types of the fields of an input, as the product knows them; ``None`` for what is no input.

    Only this input is parsed: all of the schema takes long.
    """
    found = re.search(rf"^input {re.escape(name)} {{.*?^}}", _schema_text(), re.MULTILINE | re.DOTALL)
    if found is None:
        return None
    (definition,) = parse(found[0], no_location=True).definitions
    if not isinstance(definition, InputObjectTypeDefinitionNode):
        raise TypeError(name)
    return {each.name.value: each.type for each in definition.fields or ()}


@cache
def _schema_text() -> str:
    return resources.files("reconciler.prismatic").joinpath("schema.graphql").read_text(encoding="utf-8")
