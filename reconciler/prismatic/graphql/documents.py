"""Reading and rewriting the nodes of GraphQL documents, for merging and for paging."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from graphql import (
    ArgumentNode,
    BooleanValueNode,
    DirectiveNode,
    FieldNode,
    FragmentSpreadNode,
    NameNode,
    Node,
    VariableNode,
    Visitor,
    visit,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from graphql import FragmentDefinitionNode, SelectionSetNode

AnyNode = TypeVar("AnyNode", bound=Node)


def copy_with(node: AnyNode, **changes: Any) -> AnyNode:
    """Return a copy of the node with some of its attributes replaced."""
    return type(node)(**{key: getattr(node, key) for key in node.keys} | changes)


def skipped() -> tuple[DirectiveNode, ...]:
    """Return the directives of a field that is checked and never carried out: ``@skip(if: true)``."""
    condition = ArgumentNode(name=NameNode(value="if"), value=BooleanValueNode(value=True))
    return (DirectiveNode(name=NameNode(value="skip"), arguments=(condition,)),)


def response_key(field: FieldNode) -> str:
    """Return the key of the field's value in an answer: its alias, or its name."""
    return (field.alias or field.name).value


def fields_of(selection: SelectionSetNode, fragments: Mapping[str, FragmentDefinitionNode]) -> Iterator[FieldNode]:
    """Yield the fields of a selection and of its fragments."""
    for node in selection.selections:
        if isinstance(node, FieldNode):
            yield node
        elif isinstance(node, FragmentSpreadNode):
            yield from fields_of(fragments[node.name.value].selection_set, fragments)


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
    """Return the names of the variables in the nodes."""
    return {name for node in nodes for name in _names(node, VariableNode)}


def renamed_variables(node: AnyNode, rename: Callable[[str], str]) -> AnyNode:
    """Return the node with every variable in it renamed; the same object when it has none."""
    return _renamed(node, VariableNode, rename)


def renamed_spreads(node: AnyNode, rename: Callable[[str], str]) -> AnyNode:
    """Return the node with every fragment spread in it renamed."""
    return _renamed(node, FragmentSpreadNode, rename)


def _renamed(node: AnyNode, of: type[Node], rename: Callable[[str], str]) -> AnyNode:
    class Rename(Visitor):
        def enter(self, each: Node, *_: Any) -> Node | None:
            if not isinstance(each, of):
                return None
            return copy_with(each, name=NameNode(value=rename(_name_of(each))))

    renamed: AnyNode = visit(node, Rename())
    return renamed


def _names(node: Node, of: type[Node]) -> list[str]:
    found: list[str] = []

    class Collect(Visitor):
        def enter(self, each: Node, *_: Any) -> None:
            if isinstance(each, of):
                found.append(_name_of(each))

    visit(node, Collect())
    return found


def _name_of(node: Node) -> str:
    name: Any = getattr(node, "name")  # noqa: B009 - variables and spreads have one, their base class has not
    return str(name.value)
