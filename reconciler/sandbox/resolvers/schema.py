"""The executable schema: SDL first, one per process."""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from ariadne import ObjectType, ScalarType, make_executable_schema
from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    InlineFragmentNode,
    get_operation_ast,
    is_object_type,
    parse,
    separate_operations,
    validate,
)

from reconciler.sandbox.data.clock import stamp
from reconciler.sandbox.resolvers import roots
from reconciler.sandbox.resolvers.constants import CONSTANTS
from reconciler.sandbox.resolvers.context import constant, is_allowed
from reconciler.sandbox.resolvers.lacking import leave_out
from reconciler.sandbox.resolvers.newer import without_unknown
from reconciler.sandbox.resolvers.registry import all_answers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from graphql import (
        GraphQLObjectType,
        GraphQLSchema,
        OperationDefinitionNode,
    )


def executable_schema(without: tuple[str, ...] = ()) -> GraphQLSchema:
    """Return the sandbox's schema with all resolvers; ``without`` are names such as ``Customer.labels`` to leave out.

    Raises ``ValueError`` for a name that the schema does not have.
    """
    return _without(without)


@lru_cache(maxsize=4)
def _without(without: tuple[str, ...]) -> GraphQLSchema:
    schema = _schema()
    for name in without:
        leave_out(schema, name)
    return schema


def _schema() -> GraphQLSchema:
    text = resources.files("reconciler.sandbox").joinpath("schema.graphql").read_text(encoding="utf-8")
    schema = make_executable_schema(
        text,
        *_scalars(),
        *roots.bindables(),
        *_objects(),
    )
    for kind in schema.type_map.values():
        if is_object_type(kind) and not kind.name.startswith("__"):
            _bind_connection(kind)
            _bind_constants(kind)
            _bind_columns(kind)
    return schema


def _objects() -> Iterator[ObjectType]:
    for answers in all_answers():
        for name, resolvers in answers.fields.items():
            kind = ObjectType(name)
            for field, resolver in resolvers.items():
                kind.set_field(field, resolver)
            yield kind


@dataclass(frozen=True, slots=True)
class Prepared:
    """A document with its ``problems``; ``left_out`` are errors about fields that are missing in the answer."""

    document: DocumentNode
    problems: tuple[GraphQLError, ...] = ()
    left_out: tuple[GraphQLError, ...] = ()


@lru_cache(maxsize=512)
def prepared(
    query: str, *, official: bool = False, without: tuple[str, ...] = (), alone: str | None = None
) -> Prepared:
    """Return a text parsed and validated, once per text. A text that is no GraphQL has an empty document.

    An ``official`` client may ask for fields that are newer than the schema; these are left out. With ``alone``, only
    the operation of that name is looked at, and what it needs.
    """
    schema = executable_schema(without)
    try:
        document = parse(query)
    except GraphQLError as error:
        return Prepared(DocumentNode(definitions=()), (error,))
    document = separate_operations(document).get(alone, document) if alone else document
    problems = tuple(validate(schema, document))
    if not problems or not official:
        return Prepared(document, problems)
    document = without_unknown(schema, document)
    remaining = tuple(validate(schema, document))
    return Prepared(document, remaining, problems)


def root_fields(document: DocumentNode, operation: str | None) -> dict[str, str]:
    """Return the root fields of an operation by their key in the answer: alias or name."""
    node = get_operation_ast(document, operation)
    return {(field.alias or field.name).value: field.name.value for field in _fields(node, document)} if node else {}


def _fields(
    node: OperationDefinitionNode | FragmentDefinitionNode | InlineFragmentNode, document: DocumentNode
) -> Iterator[FieldNode]:
    """Yield the fields right below an operation, those in fragments too."""
    fragments = {item.name.value: item for item in document.definitions if isinstance(item, FragmentDefinitionNode)}
    for selection in node.selection_set.selections:
        if isinstance(selection, FieldNode):
            yield selection
        elif isinstance(selection, FragmentSpreadNode):
            yield from _fields(fragments[selection.name.value], document)
        elif isinstance(selection, InlineFragmentNode):
            yield from _fields(selection, document)


def _bind_connection(kind: GraphQLObjectType) -> None:
    if {"nodes", "edges", "pageInfo", "totalCount"} <= set(kind.fields):
        kind.fields["nodes"].resolve = lambda page, _: page.rows()
        kind.fields["edges"].resolve = lambda page, _: page.edges()
        kind.fields["pageInfo"].resolve = lambda page, _: page.info()
        kind.fields["totalCount"].resolve = lambda page, _: page.total()


def allow_fields() -> list[str]:
    """Return the fields that say what is allowed, such as ``Organization.allowAddAlertGroup``."""
    return [
        f"{kind.name}.{name}"
        for kind in executable_schema().type_map.values()
        if is_object_type(kind)
        for name in kind.fields
        if _is_allow(kind, name)
    ]


def _is_allow(kind: GraphQLObjectType, name: str) -> bool:
    kept = name in CONSTANTS.get(kind.name, {}) or (kind.name, name) == ("Customer", "allowEmbeddedDesigner")
    return name.startswith("allow") and not kept


def _bind_constants(kind: GraphQLObjectType) -> None:
    constants = CONSTANTS.get(kind.name, {})
    for name, field in kind.fields.items():
        if name in constants:
            field.resolve = constant(constants[name])
        elif _is_allow(kind, name):
            field.resolve = is_allowed(f"{kind.name}.{name}")


def _bind_columns(kind: GraphQLObjectType) -> None:
    """Resolve every other field as the column of its name; this is faster than GraphQL's default resolver."""
    for name, field in kind.fields.items():
        if field.resolve is None:
            field.resolve = _column(name)


def _column(name: str) -> Callable[..., Any]:
    return lambda row, _, **__: row.get(name) if isinstance(row, dict) else getattr(row, name, None)


def _scalars() -> list[ScalarType]:
    moment = ScalarType("DateTime")
    moment.set_value_parser(_parse_moment)
    identifier = ScalarType("UUID")
    identifier.set_value_parser(_parse_uuid)
    text = ScalarType("JSONString")
    text.set_value_parser(_parse_json_string)
    text.set_serializer(lambda value: value if isinstance(value, str) else json.dumps(value))
    return [moment, identifier, text]


def _parse_moment(value: Any) -> str:
    try:
        return stamp(datetime.fromisoformat(value))
    except (TypeError, ValueError) as error:
        raise GraphQLError(f"DateTime cannot represent value: {value!r}") from error


def _parse_uuid(value: Any) -> str:
    try:
        return str(uuid.UUID(value))
    except (TypeError, ValueError, AttributeError) as error:
        raise GraphQLError(f"Badly formed UUID: {value!r}") from error


def _parse_json_string(value: Any) -> str:
    if not isinstance(value, str):
        raise GraphQLError(f"JSONString cannot represent value: {value!r}")
    return value
