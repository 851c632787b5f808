"""What the product asks for, against a live schema: what is missing there, or of another type."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    is_enum_type,
    is_non_null_type,
    is_required_argument,
    is_required_input_field,
)

from reconciler.doctor.asked import asked_by, known_schema
from reconciler.doctor.catalog import catalog
from reconciler.doctor.findings import Finding

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from graphql import GraphQLSchema

    from reconciler.doctor.asked import Asked
    from reconciler.doctor.catalog import Entry

MAY_BE_NULL = frozenset({"LogSeverity.name"})
"""Fields that may be null in the API's own schema, and whose null the product reports as an error with its place."""


@dataclass(frozen=True, slots=True)
class Mismatch:
    """One thing that a schema lacks, or has in another form; ``field`` is as in ``Customer.labels``."""

    field: str
    text: str


def mismatches(schema: GraphQLSchema) -> Mapping[Mismatch, list[Entry]]:
    """Return what the live schema has in another form than the product needs, each with the operations that need it."""
    found: defaultdict[Mismatch, list[Entry]] = defaultdict(list)
    for entry in catalog():
        for mismatch in mismatches_of(asked_by(entry.operation), schema):
            found[mismatch].append(entry)
    return dict(sorted(found.items(), key=lambda item: item[0].field))


def mismatches_of(asked: frozenset[Asked], schema: GraphQLSchema) -> list[Mismatch]:
    """Return what the live schema has in another form than asked for, each once, by name."""
    own = [*filter(None, (_mismatch(each, schema) for each in asked)), *_new_requirements(asked, schema)]
    return sorted(set(own), key=lambda each: each.field)


def schema_findings(schema: GraphQLSchema) -> Iterator[Finding]:
    """Yield a finding for each mismatch, with its operations and features; one that all is well without any."""
    found = mismatches(schema)
    for mismatch, entries in found.items():
        yield _finding(mismatch, entries)
    if not found:
        fields = {each for entry in catalog() for each in asked_by(entry.operation)}
        text = f"the API has all {len(fields)} fields, arguments and values that the {len(catalog())} operations need"
        yield Finding("schema", "operations", "ok", "", text)
    yield from _enum_findings(schema)


def missing_finding(field: str, entries: Iterable[Entry]) -> Finding:
    """Return the finding for a field that the API said it lacks."""
    return _finding(Mismatch(field, f"the API has no {field}"), entries)


def _finding(mismatch: Mismatch, entries: Iterable[Entry]) -> Finding:
    listed = list(entries)
    names = ", ".join(entry.operation.name for entry in listed)
    ask = "asks" if len(listed) == 1 else "ask"
    features = tuple(dict.fromkeys(entry.feature for entry in listed))
    text = (
        f"{mismatch.text}, which {names} {ask} for; this disables: {'; '.join(features)}; "
        "report it with this report, and use a version of reconciler that knows this API"
    )
    return Finding("schema", mismatch.field, "problem", "", text, features)


def _mismatch(asked: Asked, schema: GraphQLSchema) -> Mismatch | None:
    owner = _owner(asked, schema)
    if owner is None:
        return Mismatch(str(asked), f"the API has no type {asked.owner}, and so no {asked}")
    if asked.sort == "enum":
        has = isinstance(owner, GraphQLEnumType) and asked.field in owner.values
        return None if has else Mismatch(str(asked), f"the API has no {asked}")
    field: Any = getattr(owner, "fields", {}).get(asked.field)
    if field is not None and asked.argument:
        field = field.args.get(asked.argument)
    if field is None:
        return Mismatch(str(asked), f"the API has no {asked}")
    fits = _fits_output if asked.sort == "field" else _fits_input
    if str(asked) in MAY_BE_NULL or fits(asked.type, field):
        return None
    return Mismatch(str(asked), f"{asked} is {field.type} and not {asked.type}")


def _owner(asked: Asked, schema: GraphQLSchema) -> Any:
    """Return the live type of the same name; the types of the roots may have other names."""
    known = known_schema()
    if known.query_type and asked.owner == known.query_type.name:
        return schema.query_type
    if known.mutation_type and asked.owner == known.mutation_type.name:
        return schema.mutation_type
    return schema.type_map.get(asked.owner)


def _fits_output(needed: str, field: Any) -> bool:
    """Return whether the field's values can be read: as needed, or never null where null was possible."""
    return _loosened(str(field.type), needed) == needed


def _fits_input(needed: str, field: Any) -> bool:
    """Return whether what the product sends is accepted: the type, or one that may be left out where it was needed."""
    found = str(field.type)
    if is_non_null_type(field.type) and not needed.endswith("!") and _has_default(field):
        found = found.removesuffix("!")
    return _loosened(needed, found) == found


def _has_default(field: Any) -> bool:
    return repr(field.default_value) != "Undefined"


def _loosened(found: str, needed: str) -> str:
    """Return ``found`` without those of its ``!`` that ``needed`` does not have."""
    loose = ""
    rest = needed
    for letter in found:
        if rest[:1] == letter:
            rest = rest[1:]
        elif letter == "!":
            continue
        loose += letter
    return loose


def _new_requirements(asked: Iterable[Asked], schema: GraphQLSchema) -> Iterator[Mismatch]:
    """Yield the arguments and fields of inputs that must be sent here, and that the product does not know."""
    everything = set(asked)
    arguments = {(each.owner, each.field, each.argument) for each in everything}
    inputs = {(each.owner, each.field) for each in everything if each.sort == "input"}
    for each in everything:
        owner = _owner(each, schema)
        if each.sort == "field" and isinstance(owner, (GraphQLObjectType, GraphQLInterfaceType)):
            field = owner.fields.get(each.field)
            for name, argument in field.args.items() if field else ():
                if is_required_argument(argument) and (each.owner, each.field, name) not in arguments:
                    text = f"{each} needs an argument {name}, which reconciler does not know"
                    yield Mismatch(f"{each}({name}:)", text)
        if each.sort == "input" and isinstance(owner, GraphQLInputObjectType):
            for name, given in owner.fields.items():
                if is_required_input_field(given) and (each.owner, name) not in inputs:
                    field_name = f"{each.owner}.{name}"
                    yield Mismatch(field_name, f"{field_name} must be sent, which reconciler does not know")


def _enum_findings(schema: GraphQLSchema) -> Iterator[Finding]:
    """Yield the values of enums that answers may have, and that the product does not know."""
    needed = {each for entry in catalog() for each in asked_by(entry.operation) if each.sort == "field"}
    for name in sorted({each.type.strip("[]!") for each in needed}):
        own, live = known_schema().type_map.get(name), schema.type_map.get(name)
        if is_enum_type(own) and is_enum_type(live):
            new = sorted(live.values.keys() - own.values.keys())
            if new:
                text = f"the API also has {', '.join(new)}, unknown to reconciler, which acts on none of them"
                yield Finding("schema", name, "warning", "", text)


def entries_asking_for(field: str) -> list[Entry]:
    """Return the operations that ask for a field, named as in ``Customer.labels``."""
    return [entry for entry in catalog() if any(str(each) == field for each in asked_by(entry.operation))]
