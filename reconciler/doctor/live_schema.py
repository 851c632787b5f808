"""The live schema: as the API describes it, or as far as it refuses the product's operations."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Any

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    GraphQLError,
    ListTypeNode,
    NameNode,
    NonNullTypeNode,
    OperationDefinitionNode,
    SelectionSetNode,
    build_client_schema,
    get_introspection_query,
    get_named_type,
    get_nullable_type,
    is_input_object_type,
    is_list_type,
    parse,
    type_from_ast,
)

from reconciler.doctor.asked import asked_in, known_schema
from reconciler.doctor.catalog import catalog
from reconciler.doctor.findings import Finding
from reconciler.doctor.schema import entries_asking_for, missing_finding
from reconciler.doctor.words import CONTROL
from reconciler.errors import Rejected, ServerFault
from reconciler.model.operation import Operation, OperationFile
from reconciler.prismatic.fetch.identity_operations import ORGANIZATION
from reconciler.prismatic.graphql.batching import Call
from reconciler.prismatic.graphql.documents import copy_with, skipped
from reconciler.prismatic.graphql.mismatches import missing_part
from reconciler.prismatic.graphql.page_queries import Derived, derived_operations

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from graphql import GraphQLSchema, NamedTypeNode

    from reconciler.doctor.findings import State
    from reconciler.model.operation import Parsed
    from reconciler.prismatic.client import Api


class _Introspection(OperationFile):
    """The standard question for a whole schema; it is in no file."""

    def __init__(self) -> None:
        super().__init__(None, "")

    def operation(self, name: str) -> Parsed:
        del name
        definitions = parse(get_introspection_query(descriptions=False), no_location=True).definitions
        (found,) = (each for each in definitions if isinstance(each, OperationDefinitionNode))
        return found, {each.name.value: each for each in definitions if isinstance(each, FragmentDefinitionNode)}


INTROSPECTION: Operation[dict[str, Any]] = Operation("IntrospectionQuery", "__schema", dict[str, Any], _Introspection())


UNCHECKED = "unchecked operations"
"""The name of the finding that nothing is known of the schema."""
MOST_REFUSALS = 100
"""Of more mistakes in a request, GraphQL servers that follow the reference implementation name no further ones."""
_SAMPLES: Mapping[str, Any] = {"Int": 1, "Boolean": False, "DateTime": "2000-01-01T00:00:00Z"}
"""Values of the types of variables; of other types, the empty text. Nothing looks at them."""


async def live_schema(api: Api) -> GraphQLSchema | str:
    """Return the schema as the API describes it, in one request; the reason where it does not describe it."""
    (answer,) = await api.call([Call(INTROSPECTION, {})])
    if answer.errors or answer.data is None:
        return "; ".join(dict.fromkeys(answer.errors)) or "no answer"
    try:
        return build_client_schema({"__schema": answer.data})
    except (GraphQLError, TypeError, ValueError, KeyError, AttributeError):
        return "what it answered describes no schema"


async def tried_operations(api: Api) -> list[Finding]:
    """Return what the API says against the product's operations, in two requests of which nothing is carried out.

    The second one has the mutations beside a small query. Where the API does not check what it does not carry out, what
    only they ask for stays unknown.
    """
    messages = await api.refusals(_tried_calls())
    # Nothing of this request is carried out, so whatever the API says that it lacks shows that it checks.
    if not any(map(missing_part, messages)):
        text = "the API describes no schema, and does not check what it skips; nothing of its schema is known"
        return [Finding("schema", UNCHECKED, "unknown", "", text)]
    beside = await _refusals_of_mutations(api)
    missing = dict.fromkeys(filter(None, map(missing_part, (*messages, *beside))))
    found = [missing_finding(name, entries_asking_for(name)) for name in missing if not is_control(name)]
    whole = max(len(messages), len(beside)) < MOST_REFUSALS
    return [*found, *_unparsed((*messages, *beside)), _tried(bool(found), whole=whole, mutations=bool(beside))]


async def _refusals_of_mutations(api: Api) -> list[str]:
    """Return what the API says against the product's mutations; nothing where it does not check them."""
    try:
        messages = await api.refusals_beside(ORGANIZATION, _mutation_calls())
    except (Rejected, ServerFault):
        return []
    return messages if any(is_control(missing_part(each)) for each in messages) else []


@cache
def _mutation_calls() -> Sequence[Call]:
    """Return every mutation with each field of its input that is ever sent, after a query that no API accepts."""
    mutations = [entry.operation for entry in catalog() if entry.operation.mutation]
    return [Call(control(ORGANIZATION), {}), *(Call(each, _inputs(each)) for each in mutations)]


def _inputs(mutation: Operation) -> dict[str, Any]:
    """Return, for each variable of a mutation, the values that a document writes out for it: one with every field."""
    sent = frozenset(str(each) for each in asked_in(mutation) if each.sort == "input")
    return {
        each.variable.name.value: [_with_fields(type_from_ast(known_schema(), each.type), sent)]
        for each in mutation.node.variable_definitions or ()
    }


def _with_fields(kind: Any, sent: frozenset[str], within: frozenset[str] = frozenset()) -> Any:
    """Return a value of a type, with the fields of inputs that are ``sent``; no value is of any importance."""
    named = get_named_type(kind)
    if not is_input_object_type(named) or named.name in within:
        return ""
    fields = ((name, each.type) for name, each in named.fields.items() if f"{named.name}.{name}" in sent)
    value = {name: _with_fields(inner, sent, within | {named.name}) for name, inner in fields}
    return [value] if is_list_type(get_nullable_type(kind)) else value


@cache
def _tried_calls() -> Sequence[Call]:
    """Return every query, skipped, after one that no API accepts; making hundreds is slow, and all runs ask the same.

    The control comes first: a server that refuses much stops somewhere.
    """
    queries = [entry.operation for entry in catalog() if not entry.operation.mutation]
    further = [each for query in queries for each in derived_operations(query)]  # for the next pages of lists in lists
    return [Call(control(ORGANIZATION), {}), *(Call(_skipped(each), _samples(each)) for each in (*queries, *further))]


def _unparsed(messages: Sequence[str]) -> Iterator[Finding]:
    others = [message for message in dict.fromkeys(messages) if missing_part(message) is None]
    for number, message in enumerate(others, 1):
        yield Finding("schema", f"refusal {number}", "warning", "", f"the API refuses the operations: {message}")


def _tried(some_missing: bool, *, whole: bool, mutations: bool) -> Finding:
    """Return what is known of everything else that the operations ask for."""
    number = sum(entry.operation.mutation for entry in catalog())
    queries = f"{len(catalog()) - number} queries"
    tried = f"{queries} and the {number} mutations" if mutations else queries
    rest = "other " if some_missing else ""
    stopped = "it stopped listing what it lacks"
    accepted = f"it accepts all {rest}fields of the {tried}" if whole else f"{stopped} for the {tried}"
    text = f"the API describes no schema; {accepted}"
    if mutations:
        state: State = "ok" if whole else "unknown"
        return Finding("schema", "mutations", state, "", f"{text}; their types do not show")
    text += (
        f"; it does not check what it does not carry out, and nothing is written, so it is not known whether it has "
        f"what the {number} mutations ask for"
    )
    return Finding("schema", "mutations", "unknown", "", text)


def _skipped(operation: Operation, selection: SelectionSetNode | None = None) -> Operation:
    """Return an operation of the product whose root field is skipped: the API checks it, and carries nothing out."""
    (root,) = operation.node.selection_set.selections
    changes = {"selection_set": selection} if selection else {}
    unread = copy_with(root, directives=skipped(), **changes)
    selections = copy_with(operation.node.selection_set, selections=(unread,))
    document = Derived(copy_with(operation.node, selection_set=selections), operation)
    return Operation(operation.name, operation.field, operation.answer, document, operation.mutation)


def control(operation: Operation) -> Operation:
    """Return an operation that asks for a field that no API has, and whose root field is skipped."""
    made = _skipped(operation, SelectionSetNode(selections=(FieldNode(name=NameNode(value=CONTROL)),)))
    return replace(made, name=f"{operation.name}Control")  # a document may have the operation itself, too


def is_control(part: str | None) -> bool:
    """Return whether a part that the API says it lacks is the field that no API has."""
    return bool(part) and str(part).endswith(f".{CONTROL}")


def _samples(operation: Operation) -> dict[str, Any]:
    """Return a value for each variable of a query that needs one."""
    return {
        each.variable.name.value: [] if isinstance(each.type.type, ListTypeNode) else _sample(each.type.type)
        for each in operation.node.variable_definitions or ()
        if isinstance(each.type, NonNullTypeNode)
    }


def _sample(node: NamedTypeNode) -> Any:
    return _SAMPLES.get(node.name.value, "")
