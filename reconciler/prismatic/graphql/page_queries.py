"""The connections inside a query's selection, and the queries for their further pages.

A connection whose selection has ``nodes`` and ``pageInfo { hasNextPage endCursor }`` is read to its end. Every object
around it must select ``id``, by which the object is found again for the next page.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

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
from msgspec import defstruct

from reconciler.model.answers import AnswerObject, Node, python_name
from reconciler.model.operation import Operation, OperationFile
from reconciler.prismatic.graphql.decoding import field_type
from reconciler.prismatic.graphql.documents import copy_with, fields_of, response_key, used_fragments, used_variables

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from graphql import FragmentDefinitionNode, ValueNode

    from reconciler.model.operation import Parsed

PARENT, FIRST, AFTER = "parentId", "pageFirst", "pageAfter"
OFFSET = "offset"
"""The variable for the first row of a page, counted from 0."""
_PAGING_ARGUMENTS = frozenset({"first", "last", "before", "after", "offset"})


class Total(AnswerObject, frozen=True):
    """The number of objects in a list."""

    total_count: int


class Row(AnswerObject, frozen=True):
    """One row of a list, or none."""

    nodes: list[Node]


class Derived(OperationFile):
    """An operation that was made from another one, and that one's fragments."""

    def __init__(self, node: OperationDefinitionNode, origin: Operation) -> None:
        super().__init__(None, "")
        self._parsed = node, origin.fragments
        self._feature = origin.feature

    def feature_of(self, name: str) -> str:
        del name
        return self._feature

    def operation(self, name: str) -> Parsed:
        del name
        return self._parsed


@dataclass(frozen=True)
class Nested:
    """A connection below a node: the fields on the way to it, itself last, and the connections below its nodes."""

    fields: tuple[FieldNode, ...]
    inner: tuple[Nested, ...]

    @cached_property
    def keys(self) -> tuple[str, ...]:
        return tuple(response_key(field) for field in self.fields)

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The keys as the classes of answers have them."""
        return tuple(map(python_name, self.keys))


@dataclass(frozen=True, slots=True)
class Outline:
    """A query's root field, and the connections below it."""

    root: FieldNode
    paged: bool
    """Whether the root is a connection itself."""
    inner: tuple[Nested, ...]


def outline_of(operation: Operation) -> Outline:
    """Return the connections of the query."""
    root = _root(operation)
    fragments = operation.fragments
    selected = _selected(root, fragments)
    if "nodes" not in selected:
        return Outline(root, paged=False, inner=_nested(root, fragments))
    return Outline(root, paged=True, inner=_nested(selected["nodes"], fragments))


def page_operation(operation: Operation, outline: Outline, chain: Sequence[Nested]) -> Operation:
    """Return the query for a further page of the last connection of ``chain``.

    It starts at one object of the root (``instances(…)`` becomes ``instance(id: …)``). The nodes between that object
    and the connection have no root field of their own, so each is addressed by its position. The variables are
    ``parentId``, ``position0`` and so on, ``pageFirst`` and ``pageAfter``.
    """
    *between, last = chain
    names = [f"position{depth}" for depth in range(len(between))]
    inner = _along(last, _with_paging(last.fields[-1], first=_variable(FIRST), after=_variable(AFTER)))
    for level, name in reversed(list(zip(between, names, strict=True))):
        nodes = _field("nodes", selection=(_field("id"), inner))
        page = _with_paging(level.fields[-1], first=IntValueNode(value="1"), offset=_variable(name))
        inner = _along(level, copy_with(page, selection_set=SelectionSetNode(selections=(nodes,))))
    root = copy_with(_single(outline), selection_set=SelectionSetNode(selections=(_field("id"), inner)))
    types = {PARENT: "ID!", **dict.fromkeys(names, "Int"), FIRST: "Int", AFTER: "String"}
    path = "_".join(key for level in chain for key in level.keys)
    return _query(operation, f"{operation.name}_{path}", root, types, _page_type(operation, outline, chain))


def total_operation(operation: Operation) -> Operation:
    """Return the query for the number of objects in the list without the filters of variables."""
    root = _root(operation)
    literal = [each for each in root.arguments or () if not used_variables(each) and each.name.value != "first"]
    field = copy_with(
        root,
        arguments=(*literal, _argument("first", IntValueNode(value="1"))),
        selection_set=SelectionSetNode(selections=(_field("totalCount"),)),
    )
    return _query(operation, f"{operation.name}_total", field, {}, Total)


def row_operation(operation: Operation) -> Operation:
    """Return the query for the ID of the row at ``offset`` in the list."""
    field = _ids(_with_paging(_root(operation), first=IntValueNode(value="1"), offset=_variable(OFFSET)))
    return _query(operation, f"{operation.name}_row", field, {OFFSET: "Int"}, Row)


def ids_operation(operation: Operation, size: int) -> Operation:
    """Return the query for the IDs in the first page of a size, without the filters of variables."""
    root = _root(operation)
    literal = [each for each in root.arguments or () if not used_variables(each)]
    field = _with_paging(copy_with(root, arguments=tuple(literal)), first=IntValueNode(value=str(size)))
    return _query(operation, f"{operation.name}_ids", _ids(field), {}, Row)


def _ids(field: FieldNode) -> FieldNode:
    nodes = _field("nodes", selection=(_field("id"),))
    return copy_with(field, selection_set=SelectionSetNode(selections=(nodes,)))


def derived_operations(operation: Operation) -> Iterator[Operation]:
    """Yield the queries that reading the answer to the query to its end, or counting it, may take."""
    if operation.mutation:
        return
    outline = outline_of(operation)
    for chain in _chains(outline.inner, ()):
        yield page_operation(operation, outline, chain)
    variables = {each.variable.name.value for each in operation.node.variable_definitions or ()}
    if outline.paged and OFFSET in variables:
        yield total_operation(operation)
        yield row_operation(operation)


def _chains(connections: tuple[Nested, ...], above: tuple[Nested, ...]) -> Iterator[tuple[Nested, ...]]:
    for nested in connections:
        yield (*above, nested)
        yield from _chains(nested.inner, (*above, nested))


def singular(name: str) -> str:
    """Return the name of the root field for one object from the name of the field that lists such objects.

    >>> singular("instances"), singular("categories")
    ('instance', 'category')
    """
    return name[:-3] + "y" if name.endswith("ies") else name.removesuffix("s")


def _root(operation: Operation) -> FieldNode:
    (root,) = operation.node.selection_set.selections
    if not isinstance(root, FieldNode):
        raise TypeError(f"the root of {operation.name} must be a field")
    return root


def _selected(field: FieldNode, fragments: Mapping[str, FragmentDefinitionNode]) -> dict[str, FieldNode]:
    if field.selection_set is None:
        return {}
    return {each.name.value: each for each in fields_of(field.selection_set, fragments)}


def _nested(field: FieldNode, fragments: Mapping[str, FragmentDefinitionNode]) -> tuple[Nested, ...]:
    """Return the connections below the field; those inside other connections are their ``inner`` ones."""
    found: list[Nested] = []
    for each in fields_of(field.selection_set, fragments) if field.selection_set else ():
        selected = _selected(each, fragments)
        if {"nodes", "pageInfo"} <= selected.keys():
            found.append(Nested((each,), _nested(selected["nodes"], fragments)))
        elif selected:
            found += [Nested((each, *below.fields), below.inner) for below in _nested(each, fragments)]
    return tuple(found)


def _single(outline: Outline) -> FieldNode:
    """Return the root field for one object: the root itself unless it is a list."""
    if not outline.paged:
        return outline.root
    name = NameNode(value=singular(outline.root.name.value))
    return copy_with(outline.root, alias=None, name=name, arguments=(_argument("id", _variable(PARENT)),))


def _along(level: Nested, last: FieldNode) -> FieldNode:
    """Return ``last`` inside the objects on the way to it."""
    for field in reversed(level.fields[:-1]):
        last = copy_with(field, selection_set=SelectionSetNode(selections=(_field("id"), last)))
    return last


def _with_paging(field: FieldNode, **paging: ValueNode) -> FieldNode:
    kept = [each for each in field.arguments or () if each.name.value not in _PAGING_ARGUMENTS]
    return copy_with(field, arguments=(*kept, *(_argument(name, value) for name, value in paging.items())))


def _page_type(operation: Operation, outline: Outline, chain: Sequence[Nested]) -> Any:
    """Return the type of the answer to :func:`page_operation`, around the type of the connection itself."""
    found: Any = operation.answer
    if outline.paged:
        found = field_type(found, ("nodes",))
    for level in chain[:-1]:
        found = field_type(found, (*level.names, "nodes"))
    found = field_type(found, chain[-1].names)
    for level in reversed(chain):
        if level is not chain[-1]:
            found = defstruct("Page", [("nodes", list[found])])
        for name in reversed(level.names):
            found = defstruct("Around", [("id", str), (name, found | None)], rename="camel")
    return found


def _query(operation: Operation, name: str, root: FieldNode, types: Mapping[str, str], answer: Any) -> Operation:
    """Return a query for the root field. It declares the variables in ``types`` and in the original that it uses."""
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
    return Operation(name, root.name.value, answer, Derived(node, operation))


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
