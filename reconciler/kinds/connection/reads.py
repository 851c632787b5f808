"""Connections as the API lists them, as scoped config variables, and the components that they connect to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.kinds.connection import operations
from reconciler.kinds.connection.spec import NAME, ORGANIZATION, TYPES
from reconciler.model.tenant import Collection, Live, single_objects

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from typing import Any

    from reconciler.kinds.connection.fragments import SharedInput
    from reconciler.kinds.connection.operations import (
        ComponentConnectionsNode,
        ComponentKeysNode,
        ScopedConfigVariableFields,
    )


def _keys(node: ScopedConfigVariableFields) -> Iterator[str]:
    """Yield the key of a connection that a manifest can mean; none for the platform's, and for one customer's own."""
    if node.managed_by != "SYSTEM" and node.customer is None:
        yield node.stable_key


CONNECTIONS: Collection[ScopedConfigVariableFields] = Collection(operations.CONNECTIONS, _keys)
COMPONENTS: Collection[ComponentConnectionsNode] = Collection(
    operations.COMPONENT_CONNECTIONS, lambda node: [node.key], listable=False
)
COMPONENT_KEYS: Collection[ComponentKeysNode] = Collection(operations.COMPONENT_KEYS, lambda node: [node.key])


def live_connection(node: ScopedConfigVariableFields) -> Live[ScopedConfigVariableFields]:
    """Return a scoped config variable's node as a live object."""
    return Live(NAME, node.id, node.key, node)


USERS = single_objects(operations.CONNECTION_USERS)


def inputs_of(node: ScopedConfigVariableFields) -> Sequence[SharedInput]:
    """Return the live inputs of a connection."""
    return node.inputs.nodes if node.inputs else ()


def type_of(node: ScopedConfigVariableFields) -> str | None:
    """Return the type of a live connection, as a manifest says it."""
    return next((name for name, each in TYPES.items() if each == (node.managed_by, node.variable_scope)), None)


def manager_of(spec: Mapping[str, Any], node: ScopedConfigVariableFields | None) -> str:
    """Return who manages the inputs that have a value for each customer; empty if no input can have one."""
    kind = spec.get("type") or (type_of(node) if node else None) or ORGANIZATION
    return "" if kind == ORGANIZATION else TYPES[kind][0].lower()
