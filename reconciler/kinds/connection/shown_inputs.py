"""The inputs of a connection that instances share, or of a customer's part of it, of which a project may show some."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.kinds.connection.component import described_inputs, live_component
from reconciler.kinds.connection.reads import COMPONENTS
from reconciler.kinds.connection.spec import is_per_customer
from reconciler.kinds.variables.kept_inputs import connection_inputs
from reconciler.model.tenant import Read

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from typing import Any

    from reconciler.kinds.connection.fragments import SharedInput
    from reconciler.kinds.connection.operations import ScopedConfigVariableFields
    from reconciler.model.capabilities.inputs import ConnectionInputs
    from reconciler.model.view import View


def shared_inputs(
    spec: Mapping[str, Any],
    stable_key: str | None,
    component: Mapping[str, Any],
    live: Sequence[SharedInput],
    view: View,
) -> ConnectionInputs:
    """Return the inputs that a spec declares, and the live ones; ``component`` is that of the connection."""
    declared = {name: value for name, value in (spec.get("inputs") or {}).items() if not is_per_customer(value)}
    fields = described_inputs({"component": component}, view) if component else ()
    return connection_inputs(("inputs",), stable_key, declared, live, fields)


def component_reads(component: Mapping[str, Any], view: View) -> Iterator[Read]:
    """Yield what reads which inputs of a component's connection are secrets, where the project shows some."""
    if view.shows_inputs and component:
        yield Read(COMPONENTS, component["key"], (("key", component["key"]),))


def component_of(spec: Mapping[str, Any], node: ScopedConfigVariableFields | None) -> Mapping[str, Any]:
    """Return the component of a connection: of the live one, else the declared one; empty while it is not known."""
    return (live_component(node) if node else {}) or spec.get("component") or {}
