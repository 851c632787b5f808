"""The connection of a component: what a shared connection connects to, by the keys that every tenant has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reconciler.kinds.connection.reads import COMPONENT_KEYS, COMPONENTS
from reconciler.model.diagnostic import Diagnostic
from reconciler.text.suggest import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from reconciler.kinds.connection.operations import (
        ComponentConnectionsNode,
        InputField,
        ScopedConfigVariableFields,
        ScopedConfigVariableFieldsConnection,
    )
    from reconciler.model.view import View


def connection_id(spec: Mapping[str, Any], view: View) -> str | None:
    """Return the ID of the component's connection that a spec names, or ``None`` while it is not known."""
    found = [
        each.id
        for node in _components(spec, view)
        for each in node.connections.nodes
        if each.key == spec["component"]["connection"]
    ]
    return found[0] if len(found) == 1 else None


def input_names(spec: Mapping[str, Any], view: View) -> frozenset[str]:
    """Return the names of the inputs that the component's connection has; empty where they are not known."""
    return frozenset(field.key for field in described_inputs(spec, view))


def required_inputs(spec: Mapping[str, Any], view: View) -> frozenset[str]:
    """Return the names of the inputs without which a connection does not work: required ones, and passwords.

    An export leaves out passwords, though nothing says that they are required.
    """
    fields = described_inputs(spec, view)
    return frozenset(each.key for each in fields if each.required or each.type == "PASSWORD")


def described_inputs(spec: Mapping[str, Any], view: View) -> Iterator[InputField]:
    """Yield the inputs of the component's connection, as far as they were read."""
    for node in _components(spec, view):
        for each in node.connections.nodes:
            if each.key == spec["component"]["connection"]:
                yield from each.inputs.nodes


def live_component(node: ScopedConfigVariableFields) -> dict[str, Any]:
    """Return what a live connection connects to, as a manifest says it; empty where the API does not tell."""
    return declared_component(node.connection) if node.connection else {}


def declared_component(connection: ScopedConfigVariableFieldsConnection) -> dict[str, Any]:
    """Return the connection of a component as a manifest says it."""
    component = connection.component
    return {"key": component.key, "connection": connection.key, "public": component.public}


def component_problems(spec: Mapping[str, Any], view: View) -> Iterator[Diagnostic]:
    """Yield why the component of a new connection is not known."""
    component, found = spec["component"], _components(spec, view)
    key = component["key"]
    if not found:
        which = {True: "public ", False: "private "}.get(component.get("public"), "")
        keys = {each.key for each in view.tenant.all(COMPONENT_KEYS)}
        near = did_you_mean(key, keys - {key}, listed_as="components") if keys - {key} else "correct it"
        others = " (one that is not does)" if view.tenant.find(COMPONENTS, key) else ""
        yield Diagnostic(f"no {which}component has the key {key!r}{others}; {near}", path=("component", "key"))
        return
    if len(found) > 1:
        message = f"{len(found)} components have the key {key!r}, a public and a private one; add public: true or false"
        yield Diagnostic(message, path=("component", "key"))
        return
    if connection_id(spec, view) is None:
        names = [each.key for each in found[0].connections.nodes]
        near = did_you_mean(component["connection"], names, listed_as="its connections") if names else "it has none"
        message = f"the component {key!r} has no connection {component['connection']!r}; {near}"
        yield Diagnostic(message, path=("component", "connection"))


def _components(spec: Mapping[str, Any], view: View) -> Sequence[ComponentConnectionsNode]:
    component = spec.get("component")
    if not component:
        return ()
    found = view.tenant.find(COMPONENTS, component["key"])
    public = component.get("public")
    return [node for node in found if public is None or node.public == public]
