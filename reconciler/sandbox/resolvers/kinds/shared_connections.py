"""Connections that instances share: scoped config variables, and what customers have in them."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from reconciler.sandbox.data import customer_variables, redeploys, scoped
from reconciler.sandbox.data.ids import derived_id
from reconciler.sandbox.resolvers import listings, shared_listings
from reconciler.sandbox.resolvers.answers import Answers, Mutation
from reconciler.sandbox.resolvers.context import connection, expressions, nested, related, single, tenant_of
from reconciler.sandbox.resolvers.listing import SIBLINGS
from reconciler.sandbox.resolvers.siblings import Below, beside, found_by_id

if TYPE_CHECKING:
    from collections.abc import Callable

    from reconciler.sandbox.data.store import Row
    from reconciler.sandbox.resolvers.context import Info
    from reconciler.sandbox.resolvers.listing import Condition
    from reconciler.sandbox.resolvers.paging import Page

# Every statement below is put together from the sandbox's own table and column names; values are bound.
# ruff: noqa: S608


def _scoped_variables(_: Any, info: Info, **arguments: Any) -> Page:
    """Answer ``scopedConfigVariables``: the organization's, and with ``includeCustomer`` those of customers."""
    scope: list[Condition] = [("NOT t.implied", ())]
    if not arguments.pop("includeCustomer", None):
        scope.append(("t.customer IS NULL", ()))
    return connection(shared_listings.SCOPED_CONFIG_VARIABLES, None, *scope)(None, info, **arguments)


def _used(column: str, condition: str) -> Callable[[Row, Info], bool]:
    """Return a resolver that says whether instances that meet a condition use a connection."""
    sql = (
        f"SELECT {column} AS part FROM shared_uses JOIN instances i ON i.id = instance"
        f" WHERE NOT isSystem AND {condition} AND {column} IN ({SIBLINGS}) GROUP BY part"
    )
    return lambda parent, info: bool(beside(tenant_of(info).store, parent, sql))


_NAMED = (
    "SELECT scopedConfigVariable AS part FROM required_config_variables"
    f" WHERE scopedConfigVariable IN ({SIBLINGS}) GROUP BY part"
)


def _in_use(parent: Row, info: Info) -> bool:
    tenant = tenant_of(info)
    by_instances = _used("scoped", "1")(parent, info)
    definitions = tenant.variants.shared_in_use == "definitions"
    return by_instances or (definitions and bool(beside(tenant.store, parent, _NAMED)))


def _instances(view: str) -> Callable[..., Page]:
    """Return a resolver of the instances that use a connection, by the view that holds them."""

    def resolve(parent: Row, info: Info, **arguments: Any) -> Page:
        every_version = tenant_of(info).variants.instances_by_integration == "every-version"
        listing = replace(listings.instances(every_version=every_version), table=view)
        return nested(info, listing, Below("t.used"), parent, arguments)

    return resolve


def _integrations(parent: Row, info: Info, **arguments: Any) -> Page:
    """Answer the integrations that name a connection: the drafts, and with ``allVersions`` all versions."""
    scope: list[Condition] = [] if arguments.pop("allVersions", None) else [("t.draft", ())]
    listing = replace(listings.INTEGRATIONS, table="integrations_of_scoped")
    return nested(info, listing, Below("t.used"), parent, arguments, *scope)


def _required(parent: Row, info: Info, **arguments: Any) -> Page:
    return nested(info, listings.REQUIRED_CONFIG_VARIABLES, Below("t.scopedConfigVariable"), parent, arguments)


def _authorize_url(parent: Row, info: Info, **_: Any) -> str | None:
    """Return the URL at which a person authorizes an OAuth 2.0 connection; opening it is enough here."""
    store = tenant_of(info).store
    owner: Row | None = parent
    if "scopedConfigVariable" in parent:
        owner = found_by_id(store, "scoped_config_variables", parent, "scopedConfigVariable")
    elif parent["variableScope"] != "ORG":
        return None
    found = found_by_id(store, "component_connections", owner, "connection") if owner else None
    if found is None or found["oauth2Type"] != "AUTHORIZATION_CODE":
        return None
    return f"{info.context.base_url}/sandbox/authorize/{parent['id']}"


_UNREADABLE = {"empty": "", "null": None}


def _input_value(parent: Row, info: Info) -> str | None:
    """Answer the value of an input; variants decide how a write-only one reads."""
    variants = tenant_of(info).variants
    value: str = parent["value"]
    readable = not parent["meta"].get("writeOnly") or (parent["shared"] and variants.shared_secrets == "plain")
    return value if readable else _UNREADABLE[variants.write_only_inputs]


def _input_meta(parent: Row, info: Info) -> str:
    """Answer the meta of an input; a variant decides about the case of what a shared connection says in it."""
    meta = parent["meta"]
    if parent["shared"] and tenant_of(info).variants.shared_input_meta == "upper":
        meta = {**meta, **{name: meta[name].upper() for name in ("managedBy", "inputScope") if name in meta}}
    return json.dumps(meta)


ANSWERS = Answers(
    queries={
        "customerConfigVariable": single("customer_config_variables"),
        "customerConfigVariables": connection(shared_listings.CUSTOMER_CONFIG_VARIABLES),
        "scopedConfigVariable": single("scoped_config_variables"),
        "scopedConfigVariables": _scoped_variables,
    },
    mutations={
        "createScopedConfigVariable": Mutation("scopedConfigVariable", scoped.create_scoped),
        "updateScopedConfigVariable": Mutation("scopedConfigVariable", scoped.update_scoped),
        "deleteScopedConfigVariable": Mutation("scopedConfigVariable", scoped.delete_scoped),
        "createCustomerConfigVariable": Mutation("customerConfigVariable", customer_variables.create_customer_variable),
        "updateCustomerConfigVariable": Mutation("customerConfigVariable", customer_variables.update_customer_variable),
        "deleteCustomerConfigVariable": Mutation("customerConfigVariable", customer_variables.delete_customer_variable),
        "updateInstancesUsingCustomerConfigVariable": Mutation("result", redeploys.update_users),
    },
    fields={
        "ScopedConfigVariable": {
            "authorizeUrl": _authorize_url,
            "connection": related("component_connections", "connection"),
            "customer": related("customers", "customer"),
            "customerConfigVariables": connection(
                shared_listings.CUSTOMER_CONFIG_VARIABLES, Below("t.scopedConfigVariable")
            ),
            "hasDeployedInstances": _used("scoped", "lastDeployedAt IS NOT NULL"),
            "inputs": expressions,
            "instances": _instances("instances_of_scoped"),
            "integrations": _integrations,
            "isInUse": _in_use,
            "requiredConfigVariables": _required,
        },
        "CustomerConfigVariable": {
            "authorizeUrl": _authorize_url,
            "customer": related("customers", "customer"),
            "hasDeployedInstances": _used("customerVariable", "lastDeployedAt IS NOT NULL"),
            "inputs": expressions,
            "instances": _instances("instances_of_customer_variable"),
            "isInUse": _used("customerVariable", "1"),
            "scopedConfigVariable": related("scoped_config_variables", "scopedConfigVariable"),
        },
        "Expression": {
            "id": lambda row, _: derived_id("Expression", row["owner"], row["name"]),
            "meta": _input_meta,
            "value": _input_value,
            "hasValue": lambda row, _: bool(row["value"]),
        },
    },
)
