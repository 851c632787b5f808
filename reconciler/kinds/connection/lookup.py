"""The connection that another kind's spec refers to: by handle, or by the stable key of one in no manifest."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reconciler.kinds.connection.reads import CONNECTIONS, inputs_of, type_of
from reconciler.kinds.connection.shared_inputs import is_scoped_to_customers
from reconciler.kinds.connection.shown_inputs import component_of
from reconciler.kinds.connection.spec import CUSTOMER, NAME, PATH, is_per_customer
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.step import IdOf
from reconciler.text.suggest import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from reconciler.kinds.connection.operations import ScopedConfigVariableFields
    from reconciler.model.view import View


def referred_connection(spec: Mapping[str, Any], view: View) -> ScopedConfigVariableFields | None:
    """Return the live connection, or ``None`` while there is none or more than one."""
    named = spec.get("connection")
    if isinstance(named, str):
        live = view.live(f"{NAME}/{named}")
        return live.node if live else None
    found = view.tenant.find(CONNECTIONS, named["stableKey"]) if named else ()
    return found[0] if len(found) == 1 else None


def connection_input(spec: Mapping[str, Any], view: View) -> str | IdOf | None:
    """Return the connection as a step's input takes it."""
    named = spec.get("connection")
    if isinstance(named, str):
        return IdOf(f"{NAME}/{named}")
    found = referred_connection(spec, view)
    return found.id if found else None


def reference_problems(spec: Mapping[str, Any], view: View) -> Iterator[Diagnostic]:
    """Yield what is wrong with a connection that is in no manifest: none has that stable key, or several have."""
    named = spec.get("connection")
    if not isinstance(named, dict):
        return
    key = named["stableKey"]
    found = view.tenant.find(CONNECTIONS, key)
    if not found:
        keys = [node.stable_key for node in view.tenant.all(CONNECTIONS)]
        near = did_you_mean(key, keys, listed_as="stable keys") if keys else "there is none"
        yield Diagnostic(f"no connection has the stable key {key!r}; {near}", path=(*PATH, "stableKey"))
    elif len(found) > 1:
        names = ", ".join(f"{node.key!r} ({node.id})" for node in found)
        message = f"{len(found)} connections have the stable key {key!r}: {names}"
        yield Diagnostic(message, path=(*PATH, "stableKey"))


def declared_type(spec: Mapping[str, Any], view: View) -> str | None:
    """Return the type of the connection as its manifest declares it, else as it is live."""
    declared: str | None = _declared(spec, view).get("type")
    node = referred_connection(spec, view)
    return declared or (type_of(node) if node else None)


def declared_stable_key(spec: Mapping[str, Any], view: View) -> str | None:
    """Return the stable key of the connection, as far as it is known."""
    named = spec.get("connection")
    key: str | None = named.get("stableKey") if isinstance(named, dict) else _declared(spec, view).get("stableKey")
    return key


def declared_component(spec: Mapping[str, Any], view: View) -> Mapping[str, Any]:
    """Return the component of the connection, as far as it is known."""
    return component_of(_declared(spec, view), referred_connection(spec, view))


def customer_inputs(spec: Mapping[str, Any], view: View) -> Mapping[str, bool]:
    """Return whether each customer has a value of its own, for each known input of the connection.

    Of a connection of the type ``customer`` each customer sets every input that the organization leaves open.
    """
    node = referred_connection(spec, view)
    of_customers = declared_type(spec, view) == CUSTOMER
    live = inputs_of(node) if node else ()
    known = {each.name: is_scoped_to_customers(each) or (of_customers and not each.has_value) for each in live}
    declared = _declared(spec, view).get("inputs") or {}
    return {**known, **{name: is_per_customer(value) for name, value in declared.items()}}


def _declared(spec: Mapping[str, Any], view: View) -> Mapping[str, Any]:
    named = spec.get("connection")
    resource = view.resource(f"{NAME}/{named}") if isinstance(named, str) else None
    return resource.spec if resource else {}
