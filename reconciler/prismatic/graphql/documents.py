"""Rewriting GraphQL documents: the few steps that merging and paging are made of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from graphql import (
    FieldNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    NameNode,
    Node,
    VariableNode,
    Visitor,
    visit,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from graphql import (
        FragmentDefinitionNode,
        SelectionSetNode,
    )

AnyNode = TypeVar("AnyNode", bound=Node)


def changed(node: AnyNode, **changes: Any) -> AnyNode:
    """Return a copy of the node with some of its attributes replaced."""
    return type(node)(**{key: getattr(node, key) for key in node.keys} | changes)


def response_key(field: FieldNode) -> str:
    """Return the key under which the field's value stands in an answer."""
    return (field.alias or field.name).value


def is_conditional(node: FieldNode | InlineFragmentNode | FragmentSpreadNode) -> bool:
    """Say whether an answer may lack the selection: behind a directive, or for one of several types only."""
    return bool(node.directives) or (isinstance(node, InlineFragmentNode) and node.type_condition is not None)


def fields_of(
    selection: SelectionSetNode, fragments: Mapping[str, FragmentDefinitionNode], *, sure: bool = True
) -> Iterator[tuple[FieldNode, bool]]:
    """Yield the fields of a selection, those of its fragments included, each with whether it is always there."""
    for node in selection.selections:
        certain = sure and not is_conditional(node)  # type: ignore[arg-type]  # graphql-core types it by its base
        if isinstance(node, FieldNode):
            yield node, certain
        elif isinstance(node, InlineFragmentNode):
            yield from fields_of(node.selection_set, fragments, sure=certain)
        elif isinstance(node, FragmentSpreadNode):
            yield from fields_of(fragments[node.name.value].selection_set, fragments, sure=certain)


def used_fragments(node: Node, fragments: Mapping[str, FragmentDefinitionNode]) -> dict[str, FragmentDefinitionNode]:
    """Return the fragments that the node spreads, directly or through others, in the order of their use."""
    found: dict[str, FragmentDefinitionNode] = {}
    pending = _names(node, FragmentSpreadNode)
    while pending:
        name = pending.pop(0)
        if name not in found:
            found[name] = fragments[name]
            pending += _names(fragments[name], FragmentSpreadNode)
    return found


def used_variables(*nodes: Node) -> set[str]:
    """Return the names of the variables that the nodes mention."""
    return {name for node in nodes for name in _names(node, VariableNode)}


def renamed_variables(node: AnyNode, rename: Callable[[str], str]) -> AnyNode:
    """Return the node with every variable in it renamed; the very same node when it mentions none."""
    return _renamed(node, VariableNode, rename)


def renamed_spreads(node: AnyNode, rename: Callable[[str], str]) -> AnyNode:
    """Return the node with every fragment that it spreads renamed."""
    return _renamed(node, FragmentSpreadNode, rename)


def _renamed(node: AnyNode, of: type[Node], rename: Callable[[str], str]) -> AnyNode:
    class Rename(Visitor):
        def enter(self, each: Node, *_: Any) -> Node | None:
            if not isinstance(each, of):
                return None
            name: Any = getattr(each, "name")  # noqa: B009 - both kinds of node have one, their base has not
            return changed(each, name=NameNode(value=rename(name.value)))

    renamed: AnyNode = visit(node, Rename())
    return renamed


def _names(node: Node, of: type[Node]) -> list[str]:
    found: list[str] = []

    class Collect(Visitor):
        def enter(self, each: Node, *_: Any) -> None:
            if isinstance(each, of):
                name: Any = getattr(each, "name")  # noqa: B009 - both kinds of node have one, their base has not
                found.append(name.value)

    visit(node, Collect())
    return found
