"""What a customer has in a connection, as a manifest declares it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reconciler.kinds.connection.export_inputs import declare_inputs
from reconciler.kinds.customer.lookup import declared_reference
from reconciler.kinds.customer_connection.reads import CUSTOMER_CONNECTIONS, inputs_of
from reconciler.kinds.variables.plain_values import INPUT
from reconciler.model.capabilities.export import Belongs, Declared, Export, Undeclarable
from reconciler.model.tenant import Read

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reconciler.kinds.customer.operations import CustomerFields
    from reconciler.kinds.customer_connection.operations import CustomerConfigVariableFields
    from reconciler.model.tenant import Live
    from reconciler.model.view import View


def _declare(
    live: Live[CustomerConfigVariableFields], _view: View, customer: Live[CustomerFields] | None, _full: bool
) -> Declared:
    """Return the manifest of a customer's connection, so that planning it as it stands finds nothing to do."""
    node = live.node
    if node.customer is None:
        raise Undeclarable("it belongs to no customer")
    scoped = node.scoped_config_variable
    spec: dict[str, Any] = {
        "connection": Belongs(scoped.id, {"stableKey": scoped.stable_key}),
        **declared_reference(node.customer.id, customer),
    }
    if node.key:
        spec["key"] = node.key
    made = Declared(spec)
    declare_inputs(made, inputs_of(node))
    return made


def _handle_candidates(live: Live[CustomerConfigVariableFields], customer: str | None) -> Sequence[str]:
    node = live.node
    named = " ".join(filter(None, (node.scoped_config_variable.stable_key, node.key)))
    return (f"{named} {customer}" if customer else named,)


EXPORT = Export(
    Read(CUSTOMER_CONNECTIONS),
    _declare,
    lambda _, folder: f"{folder}/connections.yaml" if folder else "customer-connections.yaml",
    _handle_candidates,
    parts=frozenset({("inputs",)}),
    secrets=(INPUT,),
)
