"""What one customer has in a shared connection: customer config variables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reconciler.sandbox.data import redeploys, shared_inputs, shared_uses
from reconciler.sandbox.data.refusals import OBJECT_LEVEL, Refused
from reconciler.sandbox.data.tenant import TIMES

if TYPE_CHECKING:
    from reconciler.sandbox.data.store import Row
    from reconciler.sandbox.data.tenant import Input, Tenant

_TABLE = "customer_config_variables"
_SCOPED = "scoped_config_variables"


def create_customer_variable(tenant: Tenant, data: Input) -> Row:
    """Create a customer's connection: one for each customer, or of the customers' own kind any number."""
    scoped = tenant.store.find(_SCOPED, data["scopedConfigVariable"])
    if scoped is None:
        raise Refused(("scopedConfigVariable", "There is no such connection."))
    if scoped["variableScope"] != "CUSTOMER":
        raise Refused(("scopedConfigVariable", "This connection has one value for all customers."))
    if tenant.store.find("customers", data.get("customer")) is None:
        raise Refused(("customer", "There is no such customer."))
    own = {"customer": data["customer"], "isTest": int(data.get("isTest") or False), "id": None}
    _check(tenant, scoped, own, data.get("key"))
    connection = tenant.store.find("component_connections", scoped["connection"])
    row = tenant.create(
        _TABLE,
        "CustomerConfigVariable",
        (*TIMES, "lastConfiguredAt"),
        key=data.get("key"),
        isTest=own["isTest"],
        customer=data["customer"],
        status=shared_inputs.first_status(connection),
        scopedConfigVariable=scoped["id"],
        inputs=shared_inputs.written(tenant, connection, [], data.get("inputs") or ()),
    )
    shared_uses.settle_uses(tenant, customerVariable=row["id"])
    return row


def update_customer_variable(tenant: Tenant, data: Input) -> Row:
    """Change the fields that were sent; with ``redeploy``, deploy the deployed instances that use the connection."""
    row = tenant.store.get(_TABLE, data.get("id"))
    scoped = tenant.store.get(_SCOPED, row["scopedConfigVariable"])
    if data.get("customer") not in {None, row["customer"]}:
        raise Refused(("customer", "The customer of a connection cannot be changed."))
    columns: dict[str, Any] = {}
    if data.get("key") is not None:
        _check(tenant, scoped, row, data["key"])
        columns["key"] = data["key"]
    if data.get("isTest") is not None:
        columns["isTest"] = int(data["isTest"])
    changed = shared_inputs.write(tenant, _TABLE, row, scoped["connection"], data)
    tenant.save(_TABLE, row, columns)
    redeploys.after_write(tenant, data, changed=changed, customerVariable=row["id"])
    return tenant.store.get(_TABLE, row["id"])


def delete_customer_variable(tenant: Tenant, data: Input) -> Row:
    """Delete a customer's connection; a variant decides whether it may be in use."""
    row = tenant.store.get(_TABLE, data.get("id"))
    if shared_uses.in_use(tenant, customerVariable=row["id"]) and tenant.variants.shared_delete_in_use == "refused":
        raise Refused((OBJECT_LEVEL, "This connection is in use; it cannot be deleted."))
    let_go(tenant, id=row["id"])
    tenant.store.delete(_TABLE, row["id"])
    shared_uses.settle_uses(tenant, customerVariable=row["id"])
    return row


def let_go(tenant: Tenant, **columns: str) -> None:
    """Let instances no longer name the customers' connections whose columns have these values."""
    for row in tenant.store.where(_TABLE, **columns):
        tenant.store.execute(
            "UPDATE config_variables SET customerConfigVariable = NULL WHERE customerConfigVariable = ?", (row["id"],)
        )


def _check(tenant: Tenant, scoped: Row, own: Row, key: str | None) -> None:
    """Raise :class:`.Refused` if the customer of ``own`` has another connection that excludes it."""
    columns = {"scopedConfigVariable": scoped["id"], "customer": own["customer"], "isTest": own["isTest"]}
    others = [row for row in tenant.store.where(_TABLE, **columns) if row["id"] != own["id"]]
    if others and scoped["managedBy"] == "ORG":
        raise Refused(("customer", "This customer has a value of this connection already."))
    taken = any((row["key"] or "") == (key or "") for row in others)
    if taken and tenant.variants.customer_connection_keys == "unique":
        raise Refused(("key", "A connection of this customer has this key already."))
