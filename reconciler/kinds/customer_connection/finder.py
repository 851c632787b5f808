"""What a customer has in a connection: found by the connection, the customer, and the key."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.kinds.connection.lookup import declared_component, referred_connection
from reconciler.kinds.connection.reads import CONNECTIONS, type_of
from reconciler.kinds.connection.shared_inputs import compare_shared_inputs
from reconciler.kinds.connection.shown_inputs import component_reads
from reconciler.kinds.connection.spec import CUSTOMER
from reconciler.kinds.customer.lookup import live_customer_id, reference_reads, similar_customers
from reconciler.kinds.customer_connection import operations
from reconciler.kinds.customer_connection.reads import inputs_of, live_customer_connection, lookup, users_of
from reconciler.kinds.customer_connection.spec import FIXED
from reconciler.model.capabilities.finder import Finder
from reconciler.model.capabilities.names import Looks
from reconciler.model.capabilities.permission import Permission
from reconciler.model.resource import compared
from reconciler.model.tenant import Read, single_objects

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reconciler.kinds.customer_connection.operations import CustomerConfigVariableFields
    from reconciler.model.resource import Resource
    from reconciler.model.tenant import Live
    from reconciler.model.view import View

PERMITTING = single_objects(operations.MAY_ADD_CUSTOMER_CONFIG_VARIABLE)


def _reads(resource: Resource, view: View) -> Iterator[Read]:
    yield Read(CONNECTIONS)
    yield from reference_reads(resource.spec)
    connection, customer = referred_connection(resource.spec, view), live_customer_id(resource.spec, view)
    if connection and customer:
        yield lookup(connection.stable_key, customer)
    if resource.lifecycle.managed and resource.spec.get("inputs"):
        yield from component_reads(declared_component(resource.spec, view), view)
    live = view.live(resource.address)
    if resource.lifecycle.absent and live and live.node.is_in_use:
        yield users_of(live, view).read


def _candidates(resource: Resource, view: View) -> Sequence[Live[CustomerConfigVariableFields]]:
    """Return what the customer has under the key. Of a connection with one value a customer, the key is the API's."""
    found = _beside(resource, view)
    connection = referred_connection(resource.spec, view)
    if connection is None or type_of(connection) != CUSTOMER:
        return found
    return [live for live in found if (live.node.key or "") == (resource.spec.get("key") or "")]


def _check_reads(resource: Resource, view: View) -> Iterator[Read]:
    yield from similar_customers(resource.spec, view)
    live = view.live(resource.address)
    if live and live.node.has_deployed_instances and is_written(resource, live, view):
        yield users_of(live, view).read


def is_written(resource: Resource, live: Live[CustomerConfigVariableFields], view: View) -> bool:
    """Return whether the inputs of a customer's live connection are to be written."""
    if not resource.lifecycle.managed:
        return False
    spec = compared(resource, FIXED, live).spec
    found = compare_shared_inputs(spec.get("inputs") or {}, inputs_of(live.node), resend=view.resend_secrets)
    return found.sent is not None


def _permission_reads(resource: Resource, view: View) -> Iterator[Read]:
    customer = live_customer_id(resource.spec, view)
    if customer:
        yield Read(PERMITTING, customer, (("id", customer),))


def _granted(resource: Resource, view: View) -> bool | None:
    found = view.tenant.find(PERMITTING, live_customer_id(resource.spec, view))
    return found[0].allow_add_customer_config_variable if found else None


def _beside(resource: Resource, view: View) -> Sequence[Live[CustomerConfigVariableFields]]:
    """Return what the customer has in the same connection, under any key."""
    connection, customer = referred_connection(resource.spec, view), live_customer_id(resource.spec, view)
    if not connection or not customer:
        return ()
    read = lookup(connection.stable_key, customer)
    return [live_customer_connection(node) for node in view.tenant.find(read.collection, read.key)]


LOOKS = Looks(beside=_beside)
PERMISSION = Permission("Customer.allowAddCustomerConfigVariable", _permission_reads, _granted)
FINDER = Finder(_reads, _candidates, live_customer_connection, _check_reads)
