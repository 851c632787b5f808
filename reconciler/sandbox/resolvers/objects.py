"""Objects of the organization: customers, users, roles and the connections they share."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from ariadne import ObjectType

from reconciler.sandbox.data.custom_roles import find_role
from reconciler.sandbox.data.ids import derived_id
from reconciler.sandbox.resolvers import listings
from reconciler.sandbox.resolvers.context import (
    connection,
    decoded,
    optional_string,
    organization,
    paged,
    related,
    tenant_of,
)
from reconciler.sandbox.resolvers.listing import SIBLINGS
from reconciler.sandbox.resolvers.paging import Items
from reconciler.sandbox.resolvers.siblings import Below, beside, siblings_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from reconciler.sandbox.data.roles import Role
    from reconciler.sandbox.data.store import Row
    from reconciler.sandbox.resolvers.context import Info
    from reconciler.sandbox.resolvers.paging import Page


def instances(parent: Row | None, info: Info, **arguments: Any) -> Page:
    """Answer ``instances``: all of them, or those of a customer."""
    every_version = tenant_of(info).variants.instances_by_integration == "every-version"
    resolve = connection(listings.instances(every_version=every_version), Below("t.customer"))
    return resolve(parent, info, **arguments)


def permissions(parent: Role, info: Info, **arguments: Any) -> Page:
    granted = [item for item in parent.granted() if arguments.get("name") in {None, "", item.name}]
    granted = [item for item in granted if arguments.get("objType") in {None, "", item.objType.id}]
    orders = [arguments.get("orderBy"), *(arguments.get("sortBy") or ())]
    backwards = any(order and order["direction"] == "DESC" for order in orders)
    granted.sort(key=lambda item: item.name, reverse=backwards)
    return paged(info, Items(granted), arguments)


def _of_organization(resolve: Callable[..., Page]) -> Callable[..., Page]:
    """Return a resolver of an organization's list, which is the same for all that belongs to it."""

    def once(parent: Row, info: Info, **arguments: Any) -> Page:
        key = (info.field_name, json.dumps(arguments, sort_keys=True))
        found: Page = siblings_of(parent).once(key, lambda: resolve(None, info, **arguments))
        return found

    return once


def tenants(_: Any, info: Info, **arguments: Any) -> dict[str, Any]:
    """Answer ``listUserTenants``: there is this one."""
    del arguments
    owner = tenant_of(info).store.rows("SELECT name, tenantId FROM organization")[0]
    return {
        "nodes": [
            {
                "awsRegion": "local",
                "isCurrentStack": True,
                "orgName": owner["name"],
                "systemSuspended": False,
                "tenantId": owner["tenantId"],
                "url": info.context.base_url,
            }
        ]
    }


def labels_of(table: str) -> Any:
    """Return a resolver of every label in use in a table."""

    def resolve(_: Any, info: Info) -> list[dict[str, str]]:
        rows = tenant_of(info).store.rows(
            f"SELECT DISTINCT value AS name FROM {table} t, json_each(t.labels) ORDER BY value"  # noqa: S608
        )
        return [{"id": derived_id("Label", row["name"]), "name": row["name"]} for row in rows]

    return resolve


def _users_of(column: str, condition: str) -> str:
    """Return a statement that finds what a deployed or any instance uses of scoped and customers' variables."""
    return (
        f"SELECT {column} AS part FROM config_variables JOIN required_config_variables required"  # noqa: S608
        " ON required.id = requiredConfigVariable JOIN instances ON instances.id = instance"
        f" WHERE {condition} AND {column} IN ({SIBLINGS}) GROUP BY part"
    )


def _uses(column: str, *, deployed: bool) -> Callable[[Row, Info], bool]:
    sql = _users_of(column, "lastDeployedAt IS NOT NULL" if deployed else "1")
    return lambda parent, info: bool(beside(tenant_of(info).store, parent, sql))


def _role(parent: Row, info: Info) -> Role | None:
    store = tenant_of(info).store
    found: Role | None = siblings_of(parent).once(("role", parent["role"]), lambda: find_role(store, parent["role"]))
    return found


def bindables() -> list[ObjectType]:
    owner = ObjectType("Organization")
    owner.set_field("customers", _of_organization(connection(listings.CUSTOMERS)))
    # Its team members, not its customers' users.
    owner.set_field("users", _of_organization(connection(listings.USERS, None, ("t.customer IS NULL", ()))))
    owner.set_field("labels", decoded("labels"))

    customer = ObjectType("Customer")
    customer.set_field("labels", decoded("labels"))
    customer.set_field("externalId", optional_string("externalId"))
    customer.set_field("org", organization)
    customer.set_field("users", connection(listings.USERS, Below("t.customer")))
    customer.set_field("instances", instances)

    user = ObjectType("User")
    user.set_field("externalId", optional_string("externalId"))
    user.set_field("customer", related("customers", "customer"))
    user.set_field("org", lambda row, info: None if row["customer"] else organization(row, info))
    user.set_field("role", _role)
    user.set_field("dateJoined", lambda row, _: row["createdAt"])
    user.set_field("tenantId", lambda row, info: (organization(row, info) or {}).get("tenantId"))

    role = ObjectType("Role")
    role.set_field("permissions", permissions)

    scoped = ObjectType("ScopedConfigVariable")
    scoped.set_field("customer", related("customers", "customer"))
    scoped.set_field(
        "customerConfigVariables", connection(listings.CUSTOMER_CONFIG_VARIABLES, Below("t.scopedConfigVariable"))
    )
    reusable = ObjectType("CustomerConfigVariable")
    reusable.set_field("customer", related("customers", "customer"))
    reusable.set_field("scopedConfigVariable", related("scoped_config_variables", "scopedConfigVariable"))
    for kind, column in ((scoped, "scopedConfigVariable"), (reusable, "customerConfigVariable")):
        kind.set_field("isInUse", _uses(column, deployed=False))
        kind.set_field("hasDeployedInstances", _uses(column, deployed=True))

    agent = ObjectType("OnPremiseResource")
    agent.set_field("customer", related("customers", "customer"))
    return [owner, customer, user, role, scoped, reusable, agent]
