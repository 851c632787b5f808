"""The spec of what one customer has in a connection."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reconciler.kinds.connection import spec as connection
from reconciler.kinds.customer import spec as customer
from reconciler.kinds.shared.clearing import blank_texts
from reconciler.kinds.shared.links import BY_HANDLE
from reconciler.model.capabilities.spec import Spec
from reconciler.model.resource import Reference

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator, Mapping

    from reconciler.model.diagnostic import Diagnostic

NAME = "CustomerConnection"
SET = "CustomerConnectionSet"
"""The kind of a set of these."""
FIXED = frozenset({"connection", "customer", "key"})


def key_of(spec: Mapping[str, Any]) -> Hashable:
    """Return what distinguishes the connections of one customer."""
    return (connection.reference_key(spec.get("connection")), spec.get("key") or "")


def _identity(spec: Mapping[str, Any]) -> Hashable:
    return (customer.reference_key(spec.get("customer")), key_of(spec))


def _title(spec: Mapping[str, Any]) -> str:
    named = spec["connection"]
    shown = named if isinstance(named, str) else named["stableKey"]
    key = f" ({spec['key']})" if spec.get("key") else ""
    return f"{shown}{key} of {customer.reference_name(spec)}"


def _references(spec: Mapping[str, Any]) -> list[Reference]:
    return [*connection.references(spec), *customer.references(spec)]


def _check(spec: Mapping[str, Any]) -> Iterator[Diagnostic]:
    return blank_texts((("inputs", name), value) for name, value in (spec.get("inputs") or {}).items())


def linked_handles(variables: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield each config variable of an instance that takes a customer's connection by handle, with the handle."""
    for key, value in variables.items():
        if isinstance(value, dict) and value.keys() == {BY_HANDLE} and isinstance(value[BY_HANDLE], str):
            yield key, value[BY_HANDLE]


def references(variables: Mapping[str, Any]) -> list[Reference]:
    """Return the references to customers' connections in the config variables of an instance."""
    return [
        Reference(("configVariables", key, BY_HANDLE), NAME, handle, elsewhere="customerConfigVariableId: ID")
        for key, handle in linked_handles(variables)
    ]


SPEC = Spec(
    identity=_identity,
    title=_title,
    references=_references,
    check=_check,
    fixed=FIXED,
    secret_fields=frozenset({"inputs"}),
    hidden_keys=frozenset({"inputs"}),
    sets=SET,
)
