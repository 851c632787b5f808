"""Connections that live outside an instance: scoped config variables, which instances share.

``managedBy`` and ``variableScope`` say who activates one: the organization for everybody (ORG, ORG) or for each
customer (ORG, CUSTOMER), or customers for themselves (CUSTOMER, CUSTOMER).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reconciler.sandbox.data import redeploys, shared_inputs, shared_uses
from reconciler.sandbox.data.customer_variables import let_go
from reconciler.sandbox.data.refusals import OBJECT_LEVEL, Refused
from reconciler.sandbox.data.tenant import TIMES

if TYPE_CHECKING:
    from reconciler.sandbox.data.store import Row
    from reconciler.sandbox.data.tenant import Input, Tenant

_TABLE = "scoped_config_variables"
_SCOPES = frozenset({("org", "org"), ("org", "customer"), ("customer", "customer")})


def named_connection(tenant: Tenant, stable_key: str) -> Row:
    """Return the connection that a definition names.

    The real platform refuses a definition that names none. Here an implied one takes its place: for everybody, in no
    list, and replaced by the first one that is created with its stable key.
    """
    found = tenant.store.where(_TABLE, stableKey=stable_key)
    return found[0] if found else _insert(tenant, stable_key, implied=1)


def scoped_variable(tenant: Tenant, key: str, *, scope: str = "ORG") -> Row:
    """Return the organization's connection with this key, which is created if none has the key.

    ``scope`` is ``ORG`` (one value for everybody) or ``CUSTOMER`` (one for each customer).
    """
    found = tenant.store.where(_TABLE, stableKey=key)
    if not found:
        return _insert(tenant, key, variableScope=scope)
    if found[0]["implied"]:
        tenant.store.update(_TABLE, found[0]["id"], implied=0, variableScope=scope)
        shared_uses.settle_uses(tenant, scoped=found[0]["id"])
    return tenant.store.get(_TABLE, found[0]["id"])


def create_scoped(tenant: Tenant, data: Input) -> Row:
    """Create a shared connection. What an implied one of its stable key stands for uses it from now on."""
    _check(tenant, data)
    managed, scope = data.get("managedBy") or "org", data["variableScope"]
    connection = tenant.store.find("component_connections", data.get("connection"))
    if connection is None:
        raise Refused(("connection", "There is no such connection of a component."))
    implied = tenant.store.where(_TABLE, stableKey=data["stableKey"], implied=1)
    row = _insert(
        tenant,
        data["key"],
        stableKey=data["stableKey"],
        description=data.get("description") or "",
        managedBy=managed.upper(),
        variableScope=scope.upper(),
        customer=data.get("customer"),
        connection=connection["id"],
        inputs=shared_inputs.written(tenant, connection, [], data.get("inputs") or ()),
        status=shared_inputs.first_status(connection) if scope == "org" else None,
    )
    for each in implied:
        _hand_over(tenant, each, row)
    shared_uses.settle_uses(tenant, scoped=row["id"])
    return row


def update_scoped(tenant: Tenant, data: Input) -> Row:
    """Change the fields that were sent; with ``redeploy``, deploy the deployed instances that use the connection."""
    row = tenant.store.get(_TABLE, data.get("id"))
    columns = {name: data[name] for name in ("key", "description") if data.get(name) is not None}
    if not columns.get("key", "x").strip():
        raise Refused(("key", "This field cannot be blank."))
    if data.get("defaultForComponent") is not None:
        columns["defaultForComponent"] = int(data["defaultForComponent"])
        _yield_default(tenant, row, chosen=data["defaultForComponent"])
    changed = shared_inputs.write(tenant, _TABLE, row, row["connection"], data)
    tenant.save(_TABLE, row, columns)
    redeploys.after_write(tenant, data, changed=changed, scoped=row["id"])
    return tenant.store.get(_TABLE, row["id"])


def delete_scoped(tenant: Tenant, data: Input) -> Row:
    """Delete a shared connection with what customers have in it; a variant decides whether it may be in use."""
    row = tenant.store.get(_TABLE, data.get("id"))
    if shared_uses.in_use(tenant, scoped=row["id"]) and tenant.variants.shared_delete_in_use == "refused":
        raise Refused((OBJECT_LEVEL, "This connection is in use; it cannot be deleted."))
    if tenant.store.where("required_config_variables", scopedConfigVariable=row["id"]):
        _hand_over(tenant, row, _insert(tenant, row["stableKey"], implied=1))
    let_go(tenant, scopedConfigVariable=row["id"])
    tenant.store.delete(_TABLE, row["id"])
    shared_uses.settle_uses(tenant, scoped=row["id"])
    return row


def _insert(tenant: Tenant, key: str, **columns: Any) -> Row:
    given = {"stableKey": key, "managedBy": "ORG", "variableScope": "ORG", "status": "ACTIVE", **columns}
    return tenant.create(_TABLE, "ScopedConfigVariable", (*TIMES, "lastConfiguredAt"), key=key, **given)


def _hand_over(tenant: Tenant, before: Row, after: Row) -> None:
    """Let the definitions that name one connection name another; an implied one ends with that."""
    tenant.store.execute(
        "UPDATE required_config_variables SET scopedConfigVariable = ? WHERE scopedConfigVariable = ?",
        (after["id"], before["id"]),
    )
    if before["implied"]:
        tenant.store.execute(
            "UPDATE customer_config_variables SET scopedConfigVariable = ? WHERE scopedConfigVariable = ?",
            (after["id"], before["id"]),
        )
        tenant.store.delete(_TABLE, before["id"])


def _yield_default(tenant: Tenant, row: Row, *, chosen: bool) -> None:
    """Let the connection be the only default of its component's connection."""
    if chosen:
        tenant.store.execute(
            f"UPDATE {_TABLE} SET defaultForComponent = 0 WHERE connection = ? AND id <> ?",  # noqa: S608
            (row["connection"], row["id"]),
        )


def _check(tenant: Tenant, data: Input) -> None:
    errors = [(name, "This field cannot be blank.") for name in ("key", "stableKey") if not data[name].strip()]
    if ((data.get("managedBy") or "org"), data["variableScope"]) not in _SCOPES:
        errors.append(("variableScope", "This is not a scope of a connection that this manager can have."))
    taken = tenant.store.where(_TABLE, stableKey=data["stableKey"], implied=0)
    if taken and tenant.variants.shared_stable_keys == "unique":
        errors.append(("stableKey", "A connection with this stable key already exists."))
    if data.get("customer") and tenant.store.find("customers", data["customer"]) is None:
        errors.append(("customer", "There is no such customer."))
    if errors:
        raise Refused(*errors)
