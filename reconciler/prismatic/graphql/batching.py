"""Several operations in one document: each with its own alias, or beside the one that is carried out."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from graphql import (
    DocumentNode,
    FieldNode,
    NameNode,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
    print_ast,
)

from reconciler.prismatic.graphql.documents import (
    copy_with,
    renamed_spreads,
    renamed_variables,
    skipped,
    used_fragments,
    used_variables,
)
from reconciler.prismatic.graphql.written_inputs import with_written_inputs

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from graphql import FragmentDefinitionNode, VariableDefinitionNode

    from reconciler.model.operation import Operation

KEPT = 512


@dataclass(frozen=True, slots=True)
class Call:
    """One operation and its variables, which may contain :class:`~reconciler.secrets.secret.Secret` values.

    A variable that is missing is not sent. ``None`` is sent as ``null``, which clears a field.
    """

    operation: Operation
    variables: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Fragments:
    """The fragments that an operation uses, by name, and the names of those that contain variables."""

    used: Mapping[str, FragmentDefinitionNode]
    with_variables: frozenset[str]

    @classmethod
    def of(cls, operation: Operation) -> Fragments:
        used = used_fragments(operation.node, operation.fragments)
        return cls(used, frozenset(name for name, fragment in used.items() if used_variables(fragment)))


@dataclass(frozen=True, slots=True)
class Part:
    """One operation, ready to share a document: its root field has an ``alias``, its variables have a prefix."""

    alias: str
    operation: Operation
    field: FieldNode
    definitions: Sequence[VariableDefinitionNode]
    fragments: Mapping[str, FragmentDefinitionNode]


@dataclass(frozen=True, slots=True)
class Merged:
    """A document for several calls, and its text, with the variables of all of them."""

    name: str
    node: DocumentNode
    text: str
    parts: Sequence[Part]
    mutation: bool
    variables: Mapping[str, Any] = field(default_factory=dict)


class Merger:
    """Merges calls into documents, and keeps the aliased operations and the documents.

    A run sends the same documents many times (pages of a list, batches of one mutation), and printing them is slow.
    After ``KEPT`` documents it begins anew.
    """

    def __init__(self) -> None:
        self._fragments: dict[int, Fragments] = {}
        """By the ``id`` of the operation's node: looking through them is slow, too."""
        self._parts: dict[tuple[int, int], Part] = {}
        self._documents: dict[tuple[int, ...], Merged] = {}

    def merge(self, calls: Sequence[Call]) -> Merged:
        """Return one document for all the calls: queries only, or mutations only, in their order."""
        mutation = calls[0].operation.mutation
        if any(call.operation.mutation != mutation for call in calls):
            raise ValueError("queries and mutations do not travel in one request")
        key = tuple(id(call.operation.node) for call in calls)
        document = self._documents.get(key)
        if document is None:
            if len(self._documents) >= KEPT:  # of all at once: an ``id`` is that of one node while something has it
                for kept in (self._documents, self._parts, self._fragments):
                    kept.clear()
            document = self._documents[key] = self._document(calls)
        variables = {
            f"{part.alias}_{name}": value
            for part, call in zip(document.parts, calls, strict=True)
            for name, value in _declared(call).items()
        }
        return replace(document, variables=variables)

    def _document(self, calls: Sequence[Call]) -> Merged:
        parts = [self._part(call.operation, index) for index, call in enumerate(calls)]
        fragments: dict[str, FragmentDefinitionNode] = {}
        fields = [_add_fragments(part, fragments) for part in parts]
        name, mutation = _common_name(calls), calls[0].operation.mutation
        operation = OperationDefinitionNode(
            operation=OperationType.MUTATION if mutation else OperationType.QUERY,
            name=NameNode(value=name),
            variable_definitions=tuple(each for part in parts for each in part.definitions),
            directives=(),
            selection_set=SelectionSetNode(selections=tuple(fields)),
        )
        node = DocumentNode(definitions=(operation, *fragments.values()))
        return Merged(name, node, print_ast(node), parts, mutation)

    def merge_beside(self, query: Operation, unexecuted: Sequence[Call]) -> Merged:
        """Return a document that carries out a query without variables alone, and has other operations beside it.

        A server checks a whole document before it carries out the operation that the request names. Nothing of the
        others can be carried out, whatever a server does: they come after the query, the request names the query,
        their root fields are skipped, and the variables that a mutation requires are not given. In the place of a
        variable of a mutation, a call has the values of each time that it is to be sent: none of them is sent now.
        """
        document = self.merge([Call(query, {})])
        fragments = dict(document.parts[0].fragments)
        others = [self._unexecuted(each, index, fragments) for index, each in enumerate(unexecuted, 1)]
        node = DocumentNode(definitions=(document.node.definitions[0], *others, *fragments.values()))
        return replace(document, node=node, text=print_ast(node))

    def _unexecuted(
        self, call: Call, index: int, fragments: dict[str, FragmentDefinitionNode]
    ) -> OperationDefinitionNode:
        """Return an operation that is only checked, and add its fragments to those of the document."""
        part = self._part(call.operation, index)
        root, definitions = _add_fragments(part, fragments), part.definitions
        if call.operation.mutation:
            root, definitions = with_written_inputs(root, part.definitions, call.variables, f"{part.alias}_")
        return OperationDefinitionNode(
            operation=OperationType.MUTATION if call.operation.mutation else OperationType.QUERY,
            name=NameNode(value=call.operation.name),
            variable_definitions=tuple(definitions),
            directives=(),
            selection_set=SelectionSetNode(selections=(copy_with(root, alias=None, directives=skipped()),)),
        )

    def _part(self, operation: Operation, index: int) -> Part:
        node = id(operation.node)
        part = self._parts.get((node, index))
        if part is None:
            fragments = self._fragments.get(node) or Fragments.of(operation)
            self._fragments[node] = fragments
            part = self._parts[node, index] = _aliased(operation, f"op{index}", fragments)
        return part


MERGER = Merger()
"""That of every connection of the process: ``watch`` opens one a round, and each asks what the one before asked."""


def _aliased(operation: Operation, alias: str, fragments: Fragments) -> Part:
    def prefixed(name: str) -> str:
        return f"{alias}_{name}"

    (root,) = operation.node.selection_set.selections
    if not isinstance(root, FieldNode):
        raise TypeError(f"the root of {operation.name} must be a field")
    field = copy_with(renamed_variables(root, prefixed), alias=NameNode(value=alias))
    return Part(
        alias=alias,
        operation=operation,
        field=field,
        definitions=[renamed_variables(each, prefixed) for each in operation.node.variable_definitions or ()],
        fragments={
            name: renamed_variables(fragment, prefixed) if name in fragments.with_variables else fragment
            for name, fragment in fragments.used.items()
        },
    )


def _add_fragments(part: Part, fragments: dict[str, FragmentDefinitionNode]) -> FieldNode:
    """Add the part's fragments to those of the document, and return its field.

    Operations of one file share their fragments. A part gets its own copies, under other names, when another file has
    a different fragment of the same name, or when the fragments contain variables.
    """
    if all(fragments.get(name, own) == own for name, own in part.fragments.items()):
        fragments.update(part.fragments)
        return part.field

    def own_name(name: str) -> str:
        return f"{part.alias}_{name}"

    for name, fragment in part.fragments.items():
        renamed = copy_with(renamed_spreads(fragment, own_name), name=NameNode(value=own_name(name)))
        fragments[own_name(name)] = renamed
    return renamed_spreads(part.field, own_name)


def _common_name(calls: Sequence[Call]) -> str:
    names = {call.operation.name for call in calls}
    return names.pop() if len(names) == 1 else "batch"


def _declared(call: Call) -> Mapping[str, Any]:
    known = {each.variable.name.value for each in call.operation.node.variable_definitions or ()}
    unknown = call.variables.keys() - known
    if unknown:
        raise ValueError(f"{call.operation.name} declares no variable {', '.join(sorted(unknown))}")
    return call.variables
