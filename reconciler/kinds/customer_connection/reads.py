"""What customers have in connections, as the API lists it: as customer config variables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.kinds.connection.users import Users
from reconciler.kinds.customer_connection import operations
from reconciler.kinds.customer_connection.spec import NAME
from reconciler.model.tenant import Collection, Live, Read, single_objects

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator, Sequence

    from reconciler.kinds.connection.fragments import SharedInput
    from reconciler.kinds.customer_connection.operations import CustomerConfigVariableFields
    from reconciler.model.view import View


def _keys(node: CustomerConfigVariableFields) -> Iterator[Hashable]:
    """Yield the keys of what a manifest can mean; none for what the designer tests with."""
    if not node.is_test and node.customer:
        yield (node.scoped_config_variable.stable_key, node.customer.id)


CUSTOMER_CONNECTIONS: Collection[CustomerConfigVariableFields] = Collection(operations.CUSTOMER_CONNECTIONS, _keys)
USERS = single_objects(operations.CUSTOMER_CONNECTION_USERS)


def lookup(stable_key: str, customer: str) -> Read:
    """Return what reads all that a customer has in a connection."""
    return Read(CUSTOMER_CONNECTIONS, (stable_key, customer), (("connection", stable_key), ("customer", customer)))


def live_customer_connection(node: CustomerConfigVariableFields) -> Live[CustomerConfigVariableFields]:
    """Return a customer config variable's node as a live object."""
    key = f" ({node.key})" if node.key else ""
    owner = f" of {node.customer.name}" if node.customer else ""
    return Live(NAME, node.id, f"{node.scoped_config_variable.key}{key}{owner}", node)


def inputs_of(node: CustomerConfigVariableFields) -> Sequence[SharedInput]:
    """Return the live inputs of a customer's connection."""
    return node.inputs.nodes if node.inputs else ()


def users_of(live: Live[CustomerConfigVariableFields], view: View) -> Users:
    """Return the instances that use a customer's connection."""
    return Users(USERS, live.id, view)
