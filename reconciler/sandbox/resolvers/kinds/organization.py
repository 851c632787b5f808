"""Objects of the organization: customers, users, roles and on-premise agents."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reconciler.sandbox.data import customers, users
from reconciler.sandbox.data.custom_roles import all_roles, find_role
from reconciler.sandbox.data.roles import CUSTOMER, ORGANIZATION
from reconciler.sandbox.resolvers import listings
from reconciler.sandbox.resolvers.answers import Answers, Mutation
from reconciler.sandbox.resolvers.context import (
    connection,
    decoded,
    instances_of,
    labels_of,
    of_organization,
    optional_string,
    organization,
    paged,
    related,
    single,
    tenant_of,
)
from reconciler.sandbox.resolvers.paging import Items
from reconciler.sandbox.resolvers.siblings import Below, siblings_of

if TYPE_CHECKING:
    from reconciler.sandbox.data.roles import Role
    from reconciler.sandbox.data.store import Row
    from reconciler.sandbox.data.tenant import Input, Tenant
    from reconciler.sandbox.resolvers.context import Info
    from reconciler.sandbox.resolvers.paging import Page


def _permissions(parent: Role, info: Info, **arguments: Any) -> Page:
    granted = [item for item in parent.granted() if arguments.get("name") in {None, "", item.name}]
    granted = [item for item in granted if arguments.get("objType") in {None, "", item.objType.id}]
    orders = [arguments.get("orderBy"), *(arguments.get("sortBy") or ())]
    backwards = any(order and order["direction"] == "DESC" for order in orders)
    granted.sort(key=lambda item: item.name, reverse=backwards)
    return paged(info, Items(granted), arguments)


def _tenants(_: Any, info: Info, **arguments: Any) -> dict[str, Any]:
    """Answer ``listUserTenants``: only this tenant."""
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


def _role(parent: Row, info: Info) -> Role | None:
    store = tenant_of(info).store
    found: Role | None = siblings_of(parent).once(("role", parent["role"]), lambda: find_role(store, parent["role"]))
    return found


def _date_joined(parent: Row, _: Info) -> str:
    joined: str = parent["createdAt"]
    return joined


def _tenant_id(parent: Row, info: Info) -> str | None:
    return (organization(parent, info) or {}).get("tenantId")


def _delete_agent(tenant: Tenant, data: Input) -> Row:
    """Delete an on-premise agent; connections that use it lose it."""
    agent = tenant.store.get("on_premise_resources", data.get("id"))
    tenant.store.execute(
        "UPDATE config_variables SET onPremiseResource = NULL WHERE onPremiseResource = ?", (agent["id"],)
    )
    tenant.store.delete("on_premise_resources", agent["id"])
    return agent


ANSWERS = Answers(
    queries={
        "authenticatedUser": lambda _, info: tenant_of(info).store.get("users", tenant_of(info).user),
        "customer": single("customers"),
        "customerLabels": labels_of("customers"),
        "customerRoles": lambda _, info: all_roles(tenant_of(info).store, CUSTOMER),
        "customers": connection(listings.CUSTOMERS),
        "listUserTenants": _tenants,
        "onPremiseResource": single("on_premise_resources"),
        "onPremiseResources": connection(listings.ON_PREMISE_RESOURCES),
        "organization": organization,
        "organizationRoles": lambda _, info: all_roles(tenant_of(info).store, ORGANIZATION),
        "user": single("users"),
        "userExists": lambda _, info, email: bool(tenant_of(info).store.where("users", email=email)),
        "users": connection(listings.USERS),
    },
    mutations={
        "deleteOnPremiseResource": Mutation("onPremiseResource", _delete_agent),
        "createCustomer": Mutation("customer", customers.create_customer),
        "updateCustomer": Mutation("customer", customers.update_customer),
        "deleteCustomer": Mutation("customer", customers.delete_customer),
        "createCustomerUser": Mutation("user", users.create_customer_user),
        "createOrganizationUser": Mutation("user", users.create_organization_user),
        "updateUser": Mutation("user", users.update_user),
        "deleteUser": Mutation("user", users.delete_user),
    },
    fields={
        "Organization": {
            "customers": of_organization(connection(listings.CUSTOMERS)),
            # Its team members, not its customers' users.
            "users": of_organization(connection(listings.USERS, None, ("t.customer IS NULL", ()))),
            "labels": decoded("labels"),
        },
        "Customer": {
            "labels": decoded("labels"),
            "externalId": optional_string("externalId"),
            "org": organization,
            "users": connection(listings.USERS, Below("t.customer")),
            "instances": instances_of("t.customer"),
        },
        "User": {
            "externalId": optional_string("externalId"),
            "customer": related("customers", "customer"),
            "org": lambda row, info: None if row["customer"] else organization(row, info),
            "role": _role,
            "dateJoined": _date_joined,
            "tenantId": _tenant_id,
        },
        "Role": {"permissions": _permissions},
        "OnPremiseResource": {"customer": related("customers", "customer")},
    },
)
