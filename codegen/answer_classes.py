"""The classes for the answers of a document: one for each selection, with the types of the API's schema."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLObjectType,
    OperationDefinitionNode,
    get_named_type,
    is_enum_type,
    is_list_type,
    is_non_null_type,
    is_scalar_type,
    print_ast,
)

from codegen.secret_marks import secret_type

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from graphql import DocumentNode, GraphQLEnumType, GraphQLOutputType, GraphQLSchema, SelectionSetNode

_SCALARS = {"Int": "int", "Float": "float", "Boolean": "bool"}
"""All other scalars are text in the API's JSON."""
_SHARED = {
    ("PageInfo", frozenset({"hasNextPage", "endCursor"})): "PageInfo",
    ("ErrorType", frozenset({"field", "messages"})): "PayloadError",
}
"""Selections with a class in ``reconciler.model.answers``."""
_BASES = {
    "Payload": ("errors",),
    "Node": ("id",),
    "Page": ("pageInfo",),
    "CountedPage": ("totalCount", "pageInfo"),
}
"""The base classes there, with the fields that are theirs."""
_PLAIN = {
    ("Node", ("name", "str")): "NamedNode",
    ("Page", ("nodes", "list[NamedNode]")): "NamedNodes",
    ("Payload",): "Payload",
}
"""The classes there for a base class and further fields."""


@dataclass(frozen=True)
class AnswerClass:
    """One class to be written: its name, its base classes, and the annotation of each field."""

    name: str
    bases: tuple[str, ...]
    fields: dict[str, str]


@dataclass(frozen=True)
class AnsweredOperation:
    """One operation, and the type of its answer, which is never null: a missing object has none."""

    name: str
    field: str
    mutation: bool
    answer: str


@dataclass
class Answers:
    """All that a module is written from."""

    classes: dict[str, AnswerClass] = field(default_factory=dict)
    enums: dict[str, tuple[str, ...]] = field(default_factory=dict)
    operations: list[AnsweredOperation] = field(default_factory=list)


def answers_of(document: DocumentNode, schema: GraphQLSchema, imported: Collection[str] = ()) -> Answers:
    """Return the classes, enumerations and operations of a document. Raises for a field that the schema lacks.

    ``imported`` are the names of fragments whose classes another module has.
    """
    return _Builder(document, schema, imported).answers()


class _Builder:
    def __init__(self, document: DocumentNode, schema: GraphQLSchema, imported: Collection[str]) -> None:
        self._document = document
        self._imported = imported
        self._schema = schema
        self._found = Answers()
        self._fragments = {
            each.name.value: each for each in document.definitions if isinstance(each, FragmentDefinitionNode)
        }
        self._shapes = Counter(owner for owner, _ in {*self._selections()})
        self._names: dict[tuple[str, str], str] = {}

    def answers(self) -> Answers:
        for name in self._fragments:
            self._fragment_class(name)
        for each in self._document.definitions:
            if isinstance(each, OperationDefinitionNode) and each.name:
                self._add_operation(each, each.name.value)
        return _with_shared_payloads(self._found)

    def _add_operation(self, operation: OperationDefinitionNode, name: str) -> None:
        root = self._schema.get_root_type(operation.operation)
        (field_node,) = operation.selection_set.selections
        if root is None or not isinstance(field_node, FieldNode):
            raise TypeError(f"the root of {name} must be a field")
        annotation = self._annotation(root, field_node, name[0].upper() + name[1:])
        answer = annotation.removesuffix(" | None")
        mutation = operation.operation.value == "mutation"
        self._found.operations.append(AnsweredOperation(name, field_node.name.value, mutation, answer))

    def _selections(self) -> Iterator[tuple[str, str]]:
        """Yield the type of every selection that is no fragment, with its text."""
        for each in self._document.definitions:
            if isinstance(each, OperationDefinitionNode):
                root = self._schema.get_root_type(each.operation)
                if root:
                    yield from self._inside(each.selection_set, root)
            elif isinstance(each, FragmentDefinitionNode) and each.name.value not in self._imported:
                yield from self._inside(each.selection_set, self._object(each.type_condition.name.value))

    def _inside(self, selection: SelectionSetNode, owner: GraphQLObjectType) -> Iterator[tuple[str, str]]:
        for each in selection.selections:
            if isinstance(each, FieldNode) and each.selection_set:
                inner = self._object(get_named_type(self._field_type(owner, each)).name)
                if _only_spread(each.selection_set) is None and not _is_id(each.selection_set):
                    yield inner.name, print_ast(each.selection_set)
                yield from self._inside(each.selection_set, inner)

    def _annotation(self, owner: GraphQLObjectType, node: FieldNode, hint: str) -> str:
        """Return the annotation of a field of ``owner``; ``hint`` names the class of its selection."""
        if node.directives:
            raise ValueError(f"{node.name.value}: a field that an answer may lack has no type here")
        kind = self._field_type(owner, node)
        named = get_named_type(kind)
        if node.selection_set:
            base = self._class_of(node.selection_set, self._object(named.name), hint)
        elif is_enum_type(named):
            base = self._enum(named)
        elif is_scalar_type(named):
            base = _SCALARS.get(named.name, "str")
        else:
            raise TypeError(f"{owner.name}.{node.name.value} needs a selection")
        # A null among the rows of a connection comes with an error about that row.
        rows = node.name.value == "nodes" or owner.name in {"RootQuery", "Query"}
        annotation = _wrapped(kind, base, rows=rows)
        secret = secret_type(node, owner.name)
        return f"{secret}[{annotation}]" if secret else annotation

    def _class_of(self, selection: SelectionSetNode, owner: GraphQLObjectType, hint: str) -> str:
        spread = _only_spread(selection)
        if spread:
            return self._fragment_class(spread)
        names = frozenset(_key(each) for each in selection.selections if isinstance(each, FieldNode))
        shared = _SHARED.get((owner.name, names))
        if shared:
            return shared
        if _is_id(selection):
            return "Node"
        shape = owner.name, print_ast(selection)
        if shape not in self._names:
            made = self._made(self._name(owner.name, selection, hint), selection, owner)
            plain = _PLAIN.get((*made.bases, *made.fields.items()))
            self._names[shape] = plain or made.name
            if plain is None:
                self._found.classes.setdefault(made.name, made)
        return self._names[shape]

    def _name(self, owner: str, selection: SelectionSetNode, hint: str) -> str:
        """Return the name of the class for a selection: that of its type, if the document has no other one of it."""
        if self._shapes[owner] == 1:
            return owner
        match selection.selections:
            case [FieldNode(selection_set=None) as only]:
                return owner + _class_part(_key(only))
        return hint

    def _fragment_class(self, name: str) -> str:
        if name not in self._found.classes and name not in self._imported:
            fragment = self._fragments[name]
            owner = self._object(fragment.type_condition.name.value)
            self._found.classes[name] = self._made(name, fragment.selection_set, owner)
        return name

    def _made(self, name: str, selection: SelectionSetNode, owner: GraphQLObjectType) -> AnswerClass:
        """Return the class for a selection."""
        bases, fields = [], {}
        for each in selection.selections:
            if isinstance(each, FragmentSpreadNode):
                bases.append(self._fragment_class(each.name.value))
            elif isinstance(each, FieldNode):
                key = _key(each)
                fields[key] = self._annotation(owner, each, name + _class_part(key))
            else:
                raise TypeError(f"{name}: an inline fragment has no type here")
        if not bases:
            bases = [_base(fields)]
            own = _BASES.get(bases[0], ())
            fields = {key: annotation for key, annotation in fields.items() if key not in own}
        return AnswerClass(name, tuple(bases), fields)

    def _enum(self, enum: GraphQLEnumType) -> str:
        self._found.enums.setdefault(enum.name, tuple(sorted(enum.values)))
        return enum.name

    def _field_type(self, owner: GraphQLObjectType, node: FieldNode) -> GraphQLOutputType:
        if node.name.value not in owner.fields:
            raise ValueError(f"{owner.name} has no field {node.name.value}")
        found: GraphQLOutputType = owner.fields[node.name.value].type
        return found

    def _object(self, name: str) -> GraphQLObjectType:
        found = self._schema.type_map[name]
        if not isinstance(found, GraphQLObjectType):
            raise TypeError(f"{name} is not an object type")
        return found


def _with_shared_payloads(found: Answers) -> Answers:
    """Return the answers with one class for all mutations that answer with the same, named after the object in it."""
    alike: dict[tuple[tuple[str, str], ...], list[AnswerClass]] = {}
    for each in found.classes.values():
        if each.bases == ("Payload",):
            alike.setdefault(tuple(each.fields.items()), []).append(each)
    renamed: dict[str, str] = {}
    for fields, payloads in alike.items():
        name = "".join(_class_part(key) for key, _ in fields) + "Payload"
        if len(payloads) > 1 and name not in {*found.classes, *renamed.values()}:
            renamed |= dict.fromkeys((each.name for each in payloads), name)
    classes = (replace(each, name=renamed.get(each.name, each.name)) for each in found.classes.values())
    operations = [replace(each, answer=renamed.get(each.answer, each.answer)) for each in found.operations]
    return Answers({each.name: each for each in classes}, found.enums, operations)


def _base(fields: dict[str, str]) -> str:
    """Return the base class for the fields of a selection."""
    if fields.get("errors") == "list[PayloadError]":
        return "Payload"
    # Of several missing fields the first is reported, so a base class must not change their order.
    match [*fields]:
        case ["nodes", "pageInfo"]:
            return "Page"
        case ["totalCount", "pageInfo", "nodes"]:
            return "CountedPage"
    return "Node" if fields.get("id") == "str" else "AnswerObject"


def _wrapped(kind: Any, base: str, *, rows: bool) -> str:
    """Return the annotation of a type, ``base`` being that of its named type."""
    optional = not is_non_null_type(kind)
    inner = kind if optional else kind.of_type
    if is_list_type(inner):
        item = _wrapped(inner.of_type, base, rows=False)
        base = f"list[{item.removesuffix(' | None') if rows else item}]"
    return f"{base} | None" if optional else base


def _only_spread(selection: SelectionSetNode) -> str | None:
    """Return the name of the fragment that a selection consists of, or ``None`` if it has other parts."""
    match selection.selections:
        case [FragmentSpreadNode() as spread]:
            return spread.name.value
    return None


def _is_id(selection: SelectionSetNode) -> bool:
    """Return whether a selection is an object's ID alone."""
    return print_ast(selection).split() == ["{", "id", "}"]


def _key(node: FieldNode) -> str:
    return (node.alias or node.name).value


def _class_part(key: str) -> str:
    """Return the part of a class's name for a field's key."""
    return "Node" if key == "nodes" else key[0].upper() + key[1:]
