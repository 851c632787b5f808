"""Objects of the organization: customers, users, roles and the connections they share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ariadne import ObjectType

from reconciler.sandbox import listings
from reconciler.sandbox.custom_roles import find_role
from reconciler.sandbox.ids import derived_id
from reconciler.sandbox.paging import Items
from reconciler.sandbox.resolvers.context import (
    connection,
    decoded,
    optional_string,
    organization,
    paged,
    related,
    tenant_of,
)

if TYPE_CHECKING:
    from reconciler.sandbox.listing import Condition
    from reconciler.sandbox.paging import Page
    from reconciler.sandbox.resolvers.context import Info
    from reconciler.sandbox.roles import Role
    from reconciler.sandbox.store import Row


def instances(parent: Row | None, info: Info, **arguments: Any) -> Page:
    """Answer ``instances``: all of them, or those of a customer."""
    every_version = tenant_of(info).variants.instances_by_integration == "every-version"
    resolve = connection(listings.instances(every_version=every_version), "customer" if parent else None)
    return resolve(parent, info, **arguments)


def permissions(parent: Role, info: Info, **arguments: Any) -> Page:
    granted = [item for item in parent.granted() if arguments.get("name") in {None, "", item.name}]
    granted = [item for item in granted if arguments.get("objType") in {None, "", item.objType.id}]
    orders = [arguments.get("orderBy"), *(arguments.get("sortBy") or ())]
    backwards = any(order and order["direction"] == "DESC" for order in orders)
    granted.sort(key=lambda item: item.name, reverse=backwards)
    return paged(info, Items(granted), arguments)


def organization_users(_: Row, info: Info, **arguments: Any) -> Page:
    """Answer an organization's ``users``: its team members, not its customers' users."""
    scope: list[Condition] = [("t.customer IS NULL", ())]
    return paged(info, listings.USERS.select(tenant_of(info), arguments, scope), arguments)


def labels_of(table: str) -> Any:
    """Return a resolver of every label in use in a table."""

    def resolve(_: Any, info: Info) -> list[dict[str, str]]:
        rows = tenant_of(info).store.rows(
            f"SELECT DISTINCT value AS name FROM {table} t, json_each(t.labels) ORDER BY value"  # noqa: S608
        )
        return [{"id": derived_id("Label", row["name"]), "name": row["name"]} for row in rows]

    return resolve


def _in_use(parent: Row, info: Info) -> bool:
    """Say whether an instance uses a scoped or a customer's config variable."""
    found = tenant_of(info).store.value(
        "SELECT 1 FROM config_variables JOIN required_config_variables required"
        " ON required.id = requiredConfigVariable WHERE customerConfigVariable = ? OR scopedConfigVariable = ?",
        (parent["id"], parent["id"]),
    )
    return bool(found)


def _deployed(parent: Row, info: Info) -> bool:
    found = tenant_of(info).store.value(
        "SELECT 1 FROM config_variables JOIN required_config_variables required"
        " ON required.id = requiredConfigVariable JOIN instances ON instances.id = instance"
        " WHERE lastDeployedAt IS NOT NULL AND (customerConfigVariable = ? OR scopedConfigVariable = ?)",
        (parent["id"], parent["id"]),
    )
    return bool(found)


def bindables() -> list[ObjectType]:
    owner = ObjectType("Organization")
    owner.set_field("customers", connection(listings.CUSTOMERS))
    owner.set_field("users", organization_users)
    owner.set_field("labels", decoded("labels"))

    customer = ObjectType("Customer")
    customer.set_field("labels", decoded("labels"))
    customer.set_field("externalId", optional_string("externalId"))
    customer.set_field("org", organization)
    customer.set_field("users", connection(listings.USERS, "customer"))
    customer.set_field("instances", instances)

    user = ObjectType("User")
    user.set_field("externalId", optional_string("externalId"))
    user.set_field("customer", related("customers", "customer"))
    user.set_field("org", lambda row, info: None if row["customer"] else organization(row, info))
    user.set_field("role", lambda row, info: find_role(tenant_of(info).store, row["role"]))
    user.set_field("dateJoined", lambda row, _: row["createdAt"])
    user.set_field("tenantId", lambda row, info: (organization(row, info) or {}).get("tenantId"))

    role = ObjectType("Role")
    role.set_field("permissions", permissions)

    scoped = ObjectType("ScopedConfigVariable")
    scoped.set_field("customer", related("customers", "customer"))
    scoped.set_field("customerConfigVariables", connection(listings.CUSTOMER_CONFIG_VARIABLES, "scopedConfigVariable"))
    reusable = ObjectType("CustomerConfigVariable")
    reusable.set_field("customer", related("customers", "customer"))
    reusable.set_field("scopedConfigVariable", related("scoped_config_variables", "scopedConfigVariable"))
    for kind in (scoped, reusable):
        kind.set_field("isInUse", _in_use)
        kind.set_field("hasDeployedInstances", _deployed)

    agent = ObjectType("OnPremiseResource")
    agent.set_field("customer", related("customers", "customer"))
    return [owner, customer, user, role, scoped, reusable, agent]
