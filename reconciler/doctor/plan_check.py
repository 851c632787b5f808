"""The mutations of a plan against the live schema, before any of them is sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from reconciler.doctor.asked import asked_by
from reconciler.doctor.schema import mismatches_of
from reconciler.model.diagnostic import Diagnostic
from reconciler.prismatic.graphql.mismatches import lacking

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from graphql import GraphQLSchema

    from reconciler.doctor.asked import Asked
    from reconciler.model.step import Step


def schema_problems(steps: Iterable[Step], schema: GraphQLSchema) -> list[Diagnostic]:
    """Return what the mutations of the steps need and the schema lacks: each part once, with its features."""
    found: dict[str, dict[str, None]] = {}
    for operation, keys in _sent(steps).items():
        asked = frozenset(_needed(asked_by(operation), keys))
        for mismatch in mismatches_of(asked, schema):
            found.setdefault(mismatch.field, {})[operation.feature] = None
    return [Diagnostic(lacking(field, "; ".join(features)), path=()) for field, features in sorted(found.items())]


def _sent(steps: Iterable[Step]) -> dict[Any, set[str]]:
    """Return the operations of the steps, each with the names of all fields that any of its inputs has."""
    found: dict[Any, set[str]] = {}
    for step in steps:
        found.setdefault(step.operation, set()).update(_keys(step.input))
    return found


def _keys(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield str(key)
            yield from _keys(inner)
    elif isinstance(value, Sequence) and not isinstance(value, str):
        for inner in value:
            yield from _keys(inner)


def _needed(asked: Iterable[Asked], keys: set[str]) -> Iterator[Asked]:
    """Yield what is asked for, without the fields of inputs that are not sent."""
    return (each for each in asked if each.sort != "input" or each.field in keys)
