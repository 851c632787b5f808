"""The spec of a connection that instances share, and how other specs refer to one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reconciler.kinds.shared.clearing import blank_texts
from reconciler.model.capabilities.spec import Appearance, Spec
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.resource import Reference
from reconciler.text.look_alikes import skeleton

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator, Mapping

NAME = "Connection"
ORGANIZATION = "organization"
ORGANIZATION_CUSTOMER = "organization-customer"
CUSTOMER = "customer"
TYPES = {
    ORGANIZATION: ("ORG", "ORG"),
    ORGANIZATION_CUSTOMER: ("ORG", "CUSTOMER"),
    CUSTOMER: ("CUSTOMER", "CUSTOMER"),
}
"""By the type of a connection: who manages it, and for whom it has a value (``managedBy``, ``variableScope``)."""
FIXED = frozenset({"stableKey", "type", "component", "component.key", "component.connection", "component.public"})
PATH = ("connection",)
"""Where the spec of a customer's connection names the connection."""
PER_CUSTOMER: Mapping[str, Any] = {"perCustomer": True}
"""An input that each customer has a value of its own for."""


def is_per_customer(value: Any) -> bool:
    """Return whether a manifest's input is ``{perCustomer: true}``."""
    return isinstance(value, dict) and value == PER_CUSTOMER


def stable_key(spec: Mapping[str, Any]) -> str:
    """Return what a connection is found by."""
    return str(spec["stableKey"])


def _title(spec: Mapping[str, Any]) -> str:
    return str(spec.get("name") or spec["stableKey"])


def _check(spec: Mapping[str, Any]) -> Iterator[Diagnostic]:
    inputs = spec.get("inputs") or {}
    yield from blank_texts((("inputs", name), value) for name, value in inputs.items())
    if spec.get("type") == ORGANIZATION:
        for name, value in inputs.items():
            if is_per_customer(value):
                message = (
                    f"a connection of type {ORGANIZATION} has one value for all customers; give the input a value, or "
                    f"choose the type {ORGANIZATION_CUSTOMER}"
                )
                yield Diagnostic(message, path=("inputs", name))


def _appearance(spec: Mapping[str, Any]) -> Appearance:
    return Appearance(skeleton(spec["stableKey"]), ("stableKey",), spec["stableKey"])


def references(spec: Mapping[str, Any]) -> list[Reference]:
    """Return the reference to a connection of the manifests, if it is one."""
    named = spec.get("connection")
    return [Reference(PATH, NAME, named, elsewhere="{stableKey: …}")] if isinstance(named, str) else []


def reference_key(named: Any) -> Hashable:
    """Return the key of a spec's ``connection``, which is part of the identity of a customer's connection."""
    return named.get("stableKey") and ("stableKey", named["stableKey"]) if isinstance(named, dict) else named


SPEC = Spec(
    identity=stable_key,
    title=_title,
    check=_check,
    appearance=_appearance,
    fixed=FIXED,
    secret_fields=frozenset({"inputs"}),
    hidden_keys=frozenset({"inputs"}),
)
