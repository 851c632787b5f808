"""Connections that instances share: scoped config variables, and the inputs of all connections."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from reconciler.sandbox.data import scoped
from reconciler.sandbox.data.components import component_connection
from reconciler.sandbox.data.config_variables import authorize
from reconciler.sandbox.data.definition import ComponentPart
from reconciler.sandbox.data.ids import derived_id
from reconciler.sandbox.data.shared_inputs import described_inputs
from reconciler.sandbox.resolvers import listings, shared_listings
from reconciler.sandbox.resolvers.answers import Answers, Mutation, Section
from reconciler.sandbox.resolvers.context import connection, expressions, nested, related, single, tenant_of
from reconciler.sandbox.resolvers.listing import SIBLINGS
from reconciler.sandbox.resolvers.siblings import Below, beside
from reconciler.sandbox.resolvers.uses import authorize_url, instances_using, used_by

if TYPE_CHECKING:
    from reconciler.sandbox.data.store import Row
    from reconciler.sandbox.data.tenant import Input, Tenant
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


_NAMED = (
    "SELECT scopedConfigVariable AS part FROM required_config_variables"
    f" WHERE scopedConfigVariable IN ({SIBLINGS}) GROUP BY part"
)


def _in_use(parent: Row, info: Info) -> bool:
    tenant = tenant_of(info)
    by_instances = used_by("scoped", "1")(parent, info)
    definitions = tenant.variants.shared_in_use == "definitions"
    return by_instances or (definitions and bool(beside(tenant.store, parent, _NAMED)))


def _integrations(parent: Row, info: Info, **arguments: Any) -> Page:
    """Answer the integrations that name a connection: the drafts, and with ``allVersions`` all versions."""
    scope: list[Condition] = [] if arguments.pop("allVersions", None) else [("t.draft", ())]
    listing = replace(listings.INTEGRATIONS, table="integrations_of_scoped")
    return nested(info, listing, Below("t.used"), parent, arguments, *scope)


def _required(parent: Row, info: Info, **arguments: Any) -> Page:
    return nested(info, listings.REQUIRED_CONFIG_VARIABLES, Below("t.scopedConfigVariable"), parent, arguments)


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


_TYPES = {
    "organization": ("org", "org"),
    "organization-customer": ("org", "customer"),
    "customer": ("customer", "customer"),
}


def _add(tenant: Tenant, item: Input) -> Row:
    """Add a connection as a world file or a manifest describes it; somebody has authorized it, unless it is said."""
    part, given = item.get("component") or {}, item.get("inputs") or {}
    named = ComponentPart(
        str(part.get("key", "made-up")), str(part.get("connection", "made-up")), bool(part.get("public"))
    )
    known = [{"name": name, "type": "VALUE", "value": "", "meta": {}} for name in given]
    managed, scope = _TYPES[item.get("type", "organization-customer")]
    data = {
        "key": item.get("name") or item["stableKey"],
        "stableKey": item["stableKey"],
        "description": item.get("description"),
        "managedBy": managed,
        "variableScope": scope,
        "connection": component_connection(tenant, named, known)["id"],
        "inputs": described_inputs(given),
    }
    row = scoped.create_scoped(tenant, data)
    if item.get("defaultForComponent"):
        scoped.update_scoped(tenant, {"id": row["id"], "defaultForComponent": True})
    if item.get("authorized", True) and row["status"] == "PENDING":
        authorize(tenant, row["id"])
    return tenant.store.get("scoped_config_variables", row["id"])


ANSWERS = Answers(
    queries={
        "scopedConfigVariable": single("scoped_config_variables"),
        "scopedConfigVariables": _scoped_variables,
    },
    mutations={
        "createScopedConfigVariable": Mutation("scopedConfigVariable", scoped.create_scoped),
        "updateScopedConfigVariable": Mutation("scopedConfigVariable", scoped.update_scoped),
        "deleteScopedConfigVariable": Mutation("scopedConfigVariable", scoped.delete_scoped),
    },
    fields={
        "ScopedConfigVariable": {
            "authorizeUrl": authorize_url,
            "connection": related("component_connections", "connection"),
            "customer": related("customers", "customer"),
            "customerConfigVariables": connection(
                shared_listings.CUSTOMER_CONFIG_VARIABLES, Below("t.scopedConfigVariable")
            ),
            "hasDeployedInstances": used_by("scoped", "lastDeployedAt IS NOT NULL"),
            "inputs": expressions,
            "instances": instances_using("instances_of_scoped"),
            "integrations": _integrations,
            "isInUse": _in_use,
            "requiredConfigVariables": _required,
        },
        "Expression": {
            "id": lambda row, _: derived_id("Expression", row["owner"], row["name"]),
            "meta": _input_meta,
            "value": _input_value,
            "hasValue": lambda row, _: bool(row["value"]),
        },
    },
    section=Section("connections", "Connection", _add, level=-2),
)
