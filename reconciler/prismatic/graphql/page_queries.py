"""The connections inside a query's selection, and the queries that fetch their further pages.

The convention of the documents: a connection whose selection has ``pageInfo { hasNextPage endCursor }`` and
``nodes`` is read to its end, and whatever stands around it selects ``id``.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from graphql import (
    ArgumentNode,
    FieldNode,
    IntValueNode,
    NamedTypeNode,
    NameNode,
    NonNullTypeNode,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
    VariableDefinitionNode,
    VariableNode,
)

from reconciler.model.operation import Operation
from reconciler.prismatic.graphql.documents import changed, fields_of, response_key, used_fragments, used_variables

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from graphql import FragmentDefinitionNode, ValueNode

PARENT, FIRST, AFTER = "parentId", "pageFirst", "pageAfter"
OFFSET = "offset"
"""The variable of a list that says with which of its rows, counted from 0, a page begins."""
_PAGING_ARGUMENTS = frozenset({"first", "last", "before", "after", "offset"})
_PLURAL_IES = "ies"


@dataclass(frozen=True)
class Nested:
    """A connection below a node: the fields that lead to it, the connection itself last, and what is below it."""

    fields: tuple[FieldNode, ...]
    inner: tuple[Nested, ...]

    @cached_property
    def keys(self) -> tuple[str, ...]:
        return tuple(response_key(field) for field in self.fields)


@dataclass(frozen=True, slots=True)
class Outline:
    """A query's root field and the connections within."""

    root: FieldNode
    paged: bool
    """The root is a connection itself: its selection has ``nodes``."""
    counted: bool
    inner: tuple[Nested, ...]


def outline_of(operation: Operation) -> Outline:
    """Return which connections the query reads, and where."""
    root = _root(operation)
    fragments = operation.fragments
    selected = _selected(root, fragments)
    if "nodes" not in selected:
        return Outline(root, paged=False, counted=False, inner=_nested(root, fragments))
    return Outline(root, paged=True, counted="totalCount" in selected, inner=_nested(selected["nodes"], fragments))


def page_operation(operation: Operation, outline: Outline, chain: Sequence[Nested]) -> Operation:
    """Return the query for a further page of the last connection of ``chain``.

    It starts at one object of the root (``instances(…)`` becomes ``instance(id: …)``) and addresses what lies
    between by its position: variables ``parentId``, ``position0`` …, ``pageFirst`` and ``pageAfter``.
    """
    *between, last = chain
    names = [_position(depth) for depth in range(len(between))]
    inner = _along(last, _windowed(last.fields[-1], first=_variable(FIRST), after=_variable(AFTER)))
    for level, name in reversed(list(zip(between, names, strict=True))):
        nodes = _field("nodes", selection=(_field("id"), inner))
        window = _windowed(level.fields[-1], first=IntValueNode(value="1"), offset=_variable(name))
        inner = _along(level, changed(window, selection_set=SelectionSetNode(selections=(nodes,))))
    root = changed(_single(outline), selection_set=SelectionSetNode(selections=(_field("id"), inner)))
    types = {PARENT: "ID!", **dict.fromkeys(names, "Int"), FIRST: "Int", AFTER: "String"}
    path = "_".join(key for level in chain for key in level.keys)
    return _query(operation, f"{operation.name}_{path}", root, types)


def total_operation(operation: Operation) -> Operation:
    """Return the query for the number of objects that the query would list without its variables."""
    root = _root(operation)
    literal = [each for each in root.arguments or () if not used_variables(each) and each.name.value != "first"]
    field = changed(
        root,
        arguments=(*literal, _argument("first", IntValueNode(value="1"))),
        selection_set=SelectionSetNode(selections=(_field("totalCount"),)),
    )
    return _query(operation, f"{operation.name}_total", field, {})


def row_operation(operation: Operation) -> Operation:
    """Return the query for the ID of one row of the query's list: the one at ``offset``."""
    field = changed(
        _windowed(_root(operation), first=IntValueNode(value="1"), offset=_variable(OFFSET)),
        selection_set=SelectionSetNode(selections=(_field("nodes", selection=(_field("id"),)),)),
    )
    return _query(operation, f"{operation.name}_row", field, {OFFSET: "Int"})


def singular(name: str) -> str:
    """Return the root field for one object, given the root field that lists them."""
    return name[: -len(_PLURAL_IES)] + "y" if name.endswith(_PLURAL_IES) else name.removesuffix("s")


def _position(depth: int) -> str:
    return f"position{depth}"


def _root(operation: Operation) -> FieldNode:
    (root,) = operation.node.selection_set.selections
    if not isinstance(root, FieldNode):
        raise TypeError(f"the root of {operation.name} must be a field")
    return root


def _selected(field: FieldNode, fragments: Mapping[str, FragmentDefinitionNode]) -> dict[str, FieldNode]:
    if field.selection_set is None:
        return {}
    return {each.name.value: each for each, _ in fields_of(field.selection_set, fragments)}


def _nested(field: FieldNode, fragments: Mapping[str, FragmentDefinitionNode]) -> tuple[Nested, ...]:
    """Return the connections below the field, those inside other connections as their inner ones."""
    found: list[Nested] = []
    for each, _ in fields_of(field.selection_set, fragments) if field.selection_set else ():
        selected = _selected(each, fragments)
        if {"nodes", "pageInfo"} <= selected.keys():
            found.append(Nested((each,), _nested(selected["nodes"], fragments)))
        elif selected:
            found += [Nested((each, *below.fields), below.inner) for below in _nested(each, fragments)]
    return tuple(found)


def _single(outline: Outline) -> FieldNode:
    """Return the root field that leads to one object: as it is, unless it lists them."""
    if not outline.paged:
        return outline.root
    name = NameNode(value=singular(outline.root.name.value))
    return changed(outline.root, alias=None, name=name, arguments=(_argument("id", _variable(PARENT)),))


def _along(level: Nested, last: FieldNode) -> FieldNode:
    """Return ``last`` inside the plain objects that lead to it."""
    for field in reversed(level.fields[:-1]):
        last = changed(field, selection_set=SelectionSetNode(selections=(_field("id"), last)))
    return last


def _windowed(field: FieldNode, **window: ValueNode) -> FieldNode:
    kept = [each for each in field.arguments or () if each.name.value not in _PAGING_ARGUMENTS]
    return changed(field, arguments=(*kept, *(_argument(name, value) for name, value in window.items())))


def _query(operation: Operation, name: str, root: FieldNode, types: Mapping[str, str]) -> Operation:
    """Return a query of the root field, with its own variables and those of the original that it still uses."""
    used = used_variables(root, *used_fragments(root, operation.fragments).values())
    own = [_definition(each, kind) for each, kind in types.items() if each in used]
    kept = [
        each for each in operation.node.variable_definitions or () if each.variable.name.value in used - types.keys()
    ]
    node = OperationDefinitionNode(
        operation=OperationType.QUERY,
        name=NameNode(value=name),
        variable_definitions=(*own, *kept),
        directives=(),
        selection_set=SelectionSetNode(selections=(root,)),
    )
    return Operation(name, root.name.value, mutation=False, parse=lambda: (node, operation.fragments))


def _definition(name: str, kind: str) -> VariableDefinitionNode:
    named = NamedTypeNode(name=NameNode(value=kind.removesuffix("!")))
    return VariableDefinitionNode(
        variable=_variable(name), type=NonNullTypeNode(type=named) if kind.endswith("!") else named, directives=()
    )


def _variable(name: str) -> VariableNode:
    return VariableNode(name=NameNode(value=name))


def _argument(name: str, value: ValueNode) -> ArgumentNode:
    return ArgumentNode(name=NameNode(value=name), value=value)


def _field(name: str, selection: tuple[FieldNode, ...] = ()) -> FieldNode:
    return FieldNode(
        name=NameNode(value=name),
        arguments=(),
        directives=(),
        selection_set=SelectionSetNode(selections=selection) if selection else None,
    )
