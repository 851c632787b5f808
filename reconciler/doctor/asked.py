"""What an operation asks the schema for: every field, argument, input field and enum value, each as ``Type.field``."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from graphql import (
    DocumentNode,
    GraphQLArgument,
    GraphQLField,
    GraphQLID,
    GraphQLNonNull,
    TypeInfo,
    TypeInfoVisitor,
    Visitor,
    build_schema,
    get_named_type,
    is_enum_type,
    is_input_object_type,
    type_from_ast,
    visit,
)

from reconciler.doctor.probed.sent import SENT_BY_PROBES
from reconciler.prismatic.graphql.documents import used_fragments
from reconciler.prismatic.graphql.page_queries import derived_operations, singular

if TYPE_CHECKING:
    from collections.abc import Iterator

    from graphql import (
        GraphQLInputObjectType,
        GraphQLSchema,
    )

    from reconciler.model.operation import Operation

NEVER_SENT = frozenset(
    {
        "CreateCustomerConfigVariableInput.isTest",
        "CreateCustomerInput.allowWorkflowCopilot",
        "CreateCustomerInput.concurrentExecutionLimit",
        "CreateInstanceInput.configMode",
        "CreateInstanceInput.logsDisabled",
        "CreateInstanceInput.stepResultsDisabled",
        "CreateScopedConfigVariableInput.buildOnly",
        "CreateScopedConfigVariableInput.oAuthRedirectConfig",
        "CreateScopedConfigVariableInput.parent",
        "DeployInstanceInput.force",
        "UpdateCustomerConfigVariableInput.isTest",
        "UpdateCustomerInput.addAttachment",
        "UpdateCustomerInput.allowWorkflowCopilot",
        "UpdateCustomerInput.avatarUrl",
        "UpdateCustomerInput.concurrentExecutionLimit",
        "UpdateCustomerInput.removeAttachment",
        "UpdateCustomerInput.renameAttachment",
        "UpdateCustomerInput.starred",
        "UpdateInstanceConfigVariablesInput.configComplete",
        "UpdateInstanceConfigVariablesInput.configMode",
        "UpdateInstanceInput.configMode",
        "UpdateInstanceInput.globalDebug",
        "UpdateInstanceInput.logsDisabled",
        "UpdateInstanceInput.starred",
        "UpdateInstanceInput.stepResultsDisabled",
        "UpdateScopedConfigVariableInput.oAuthRedirectConfig",
        "UpdateScopedConfigVariableInput.unsetOAuthRedirectConfig",
        "UpdateUserInput.avatarUrl",
        "UpdateUserInput.darkMode",
        "UpdateUserInput.darkModeSyncWithOs",
        "UpdateUserInput.featureFlags",
    }
)
"""Fields of inputs that the API has and the product never sends: it works without them."""


@dataclass(frozen=True, slots=True, order=True)
class Asked:
    """One thing that an operation asks the schema for.

    ``type`` is its type as the schema's language writes it; empty for a value of an enum. ``argument`` is empty for
    the field itself.
    """

    owner: str
    field: str
    argument: str = ""
    type: str = ""
    sort: str = "field"
    """``field``, ``argument``, ``input`` for the field of an input, or ``enum`` for one of an enum's values."""

    def __str__(self) -> str:
        return f"{self.owner}.{self.field}" + (f"({self.argument}:)" if self.argument else "")


@cache
def known_schema() -> GraphQLSchema:
    """Return the part of the API's schema that the product was built for."""
    text = resources.files("reconciler.prismatic").joinpath("schema.graphql").read_text(encoding="utf-8")
    schema = build_schema(text, assume_valid=True)
    query = schema.query_type
    if query is None:
        raise ValueError("the schema that the product was built for has no queries")
    # No document asks for one object of some lists, but the queries for the pages of the lists below it do.
    for name, field in list(query.fields.items()):
        of_nodes = getattr(get_named_type(field.type), "fields", {}).get("nodes")
        if of_nodes and singular(name) not in query.fields:
            one = {"id": GraphQLArgument(GraphQLNonNull(GraphQLID))}
            query.fields[singular(name)] = GraphQLField(get_named_type(of_nodes.type), one)
    return schema


@cache
def asked_by(operation: Operation) -> frozenset[Asked]:
    """Return everything that an operation asks for, with the queries for further pages that are made from it."""
    return frozenset().union(*map(asked_in, (operation, *derived_operations(operation))))


def asked_in(operation: Operation) -> frozenset[Asked]:
    """Return everything that the document of one operation asks for."""
    found: set[Asked] = set()
    fragments = used_fragments(operation.node, operation.fragments)
    document = DocumentNode(definitions=(operation.node, *fragments.values()))
    types = TypeInfo(known_schema())
    visit(document, TypeInfoVisitor(types, _Collect(types, found)))
    sent = SENT_BY_PROBES.get(operation.name)
    return frozenset(each for each in found if sent is None or each.sort != "input" or str(each) in sent)


class _Collect(Visitor):
    def __init__(self, types: TypeInfo, found: set[Asked]) -> None:
        super().__init__()
        self._types, self._found = types, found

    def enter_field(self, node: Any, *_: Any) -> None:
        parent, field = self._types.get_parent_type(), self._types.get_field_def()
        if parent is None or field is None:
            raise ValueError(f"the schema that the product was built for lacks the field {node.name.value}")
        if not node.name.value.startswith("__"):
            self._found.add(Asked(parent.name, node.name.value, type=str(field.type)))
            self._found.update(
                Asked(parent.name, node.name.value, name, str(field.args[name].type), "argument")
                for name in (each.name.value for each in node.arguments or ())
            )

    def enter_variable_definition(self, node: Any, *_: Any) -> None:
        named = get_named_type(type_from_ast(known_schema(), node.type))
        if is_input_object_type(named):
            self._found.update(_fields_of(named, set()))

    def enter_object_field(self, node: Any, *_: Any) -> None:
        parent = get_named_type(self._types.get_parent_input_type())
        if is_input_object_type(parent):
            name = node.name.value
            self._found.add(Asked(parent.name, name, type=str(parent.fields[name].type), sort="input"))

    def enter_enum_value(self, node: Any, *_: Any) -> None:
        named = get_named_type(self._types.get_input_type())
        if is_enum_type(named):
            self._found.add(Asked(named.name, node.value, sort="enum"))


def _fields_of(kind: GraphQLInputObjectType, seen: set[str]) -> Iterator[Asked]:
    """Yield the fields of an input that the product may send, and those of the inputs in it."""
    if kind.name in seen:
        return
    seen.add(kind.name)
    for name, field in kind.fields.items():
        if name == "clientMutationId" or f"{kind.name}.{name}" in NEVER_SENT:
            continue
        yield Asked(kind.name, name, type=str(field.type), sort="input")
        inner = get_named_type(field.type)
        if is_input_object_type(inner):
            yield from _fields_of(inner, seen)
