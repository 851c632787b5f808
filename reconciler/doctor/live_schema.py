"""The live schema: as the API describes it, or as far as it refuses the product's operations."""

from __future__ import annotations

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
    parse,
)

from reconciler.doctor.catalog import catalog
from reconciler.doctor.findings import Finding
from reconciler.doctor.schema import entries_asking_for, missing_finding
from reconciler.doctor.words import CONTROL
from reconciler.model.operation import Operation, OperationFile
from reconciler.prismatic.fetch.identity_operations import ORGANIZATION
from reconciler.prismatic.graphql.batching import Call
from reconciler.prismatic.graphql.documents import copy_with, skipped
from reconciler.prismatic.graphql.mismatches import missing_part
from reconciler.prismatic.graphql.page_queries import Derived, derived_operations

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from graphql import GraphQLSchema, NamedTypeNode

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
    """Return what the API says against the product's queries, all in one request of which nothing is carried out.

    Mutations are not sent, so what only they ask for stays unknown.
    """
    messages = await api.refusals(_tried_calls())
    missing = dict.fromkeys(filter(None, map(missing_part, messages)))
    if not any(map(is_control, missing)):
        text = "the API describes no schema, and does not check what it skips; nothing of its schema is known"
        return [Finding("schema", UNCHECKED, "unknown", "", text)]
    found = [missing_finding(name, entries_asking_for(name)) for name in missing if not is_control(name)]
    return [*found, *_unparsed(messages), _untried(bool(found), whole=len(messages) < MOST_REFUSALS)]


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
        yield Finding("schema", f"refusal {number}", "warning", "", f"the API refuses the queries: {message}")


def _untried(some_missing: bool, *, whole: bool) -> Finding:
    mutations = [entry for entry in catalog() if entry.operation.mutation]
    tried = len(catalog()) - len(mutations)
    rest = "other " if some_missing else ""
    stopped = "it stopped listing what it lacks for the queries"
    accepted = f"it accepts all {rest}fields of the {tried} queries" if whole else stopped
    text = (
        f"the API describes no schema; {accepted}; the {len(mutations)} mutations are not tried, because nothing is "
        "written, so it is not known whether it has their inputs"
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
    return _skipped(operation, SelectionSetNode(selections=(FieldNode(name=NameNode(value=CONTROL)),)))


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
