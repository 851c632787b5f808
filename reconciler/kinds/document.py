"""GraphQL documents: the operations a kind reads and writes with."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from graphql import FragmentDefinitionNode, OperationDefinitionNode, OperationType, parse

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True, eq=False)
class Operation:
    """One named GraphQL operation with a single root field, and the fragments it may use.

    ``field`` is the root field's name; operations with the same name are the same operation.
    """

    name: str
    field: str
    node: OperationDefinitionNode
    fragments: Mapping[str, FragmentDefinitionNode]

    @property
    def mutation(self) -> bool:
        return self.node.operation is OperationType.MUTATION

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Operation) and other.name == self.name

    def __hash__(self) -> int:
        return hash(self.name)


def parse_operations(text: str) -> dict[str, Operation]:
    """Return the operations of a GraphQL document by name.

    Each must be named and have one root field, so that several can travel as aliases in one request.
    """
    document = parse(text, no_location=True)
    fragments = {node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)}
    found: dict[str, Operation] = {}
    for node in document.definitions:
        if not isinstance(node, OperationDefinitionNode):
            continue
        (root,) = node.selection_set.selections
        name: Any = node.name
        field: Any = root
        found[name.value] = Operation(name.value, field.name.value, node, fragments)
    return found


@cache
def load_operations(package: str, file: str) -> Mapping[str, Operation]:
    """Return the operations of ``file`` (``*.graphql``) in ``package``, parsed once per process."""
    return parse_operations(resources.files(package).joinpath(file).read_text(encoding="utf-8"))
