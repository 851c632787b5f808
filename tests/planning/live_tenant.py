"""The live tenant of a case: put in as the case describes it, and its IDs made readable."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import yaml

from reconciler.sandbox.data.components import component_connection
from reconciler.sandbox.data.customer_variables import create_customer_variable
from reconciler.sandbox.data.definition import ComponentPart
from reconciler.sandbox.data.integrations import import_integration
from reconciler.sandbox.data.roles import CUSTOMER, ORGANIZATION, roles_of
from reconciler.sandbox.data.scoped import create_scoped
from reconciler.sandbox.resolvers.registry import sections

if TYPE_CHECKING:
    from collections.abc import Mapping

    from support.world import World

DEFINITION = {"definitionVersion": 7, "category": "", "flows": [], "requiredConfigVars": []}
NAMED = {
    "Customer": "SELECT id, name FROM customers",
    "User": "SELECT id, email AS name FROM users",
    "Instance": "SELECT id, name FROM instances",
    "Flow": "SELECT id, name FROM flows",
    "EventWebhook": "SELECT id, name FROM webhook_endpoints",
    "AlertWebhook": "SELECT id, name FROM alert_webhooks",
    "AlertGroup": "SELECT id, name FROM alert_groups",
    "LogStream": "SELECT id, name FROM external_log_streams",
    "Connection": "SELECT id, stableKey AS name FROM scoped_config_variables WHERE NOT implied",
    "CustomerConnection": (
        "SELECT v.id, s.stableKey || ' of ' || c.name AS name FROM customer_config_variables v"
        " JOIN scoped_config_variables s ON s.id = v.scopedConfigVariable JOIN customers c ON c.id = v.customer"
    ),
    "Component connection": "SELECT id, key AS name FROM component_connections",
    "AlertTrigger": "SELECT id, name FROM alert_triggers",
    "AlertMonitor": "SELECT id, name FROM alert_monitors",
    "InstanceFlowConfig": "SELECT c.id, f.name FROM flow_configs c JOIN flows f ON f.id = c.flow",
}
SCOPES = {
    "organization": ("org", "org"),
    "organization-customer": ("org", "customer"),
    "customer": ("customer", "customer"),
}


def furnish(world: World, live: Mapping[str, Any]) -> None:
    """Put what ``live`` describes into the tenant.

    ``stored`` on any object sets columns as no mutation would: what the sandbox refuses, and the real API may have;
    ``duplicates`` lets customers share an external ID. An instance's ``integration`` is a name, with ``version``
    beside it; ``values`` are as they travel (text), ``connections`` have the inputs of each; ``authorized`` lists
    the connections that somebody has authorized; ``denied`` lists the ``allow…`` fields that are false.
    ``shared`` are connections that instances share, each with its
    ``component`` and ``inputs`` (``perCustomer`` lists those with a value for each customer), and ``theirs`` what
    customers have in them.
    """
    if live.get("duplicates"):
        world.sandbox.store.execute("DROP INDEX customers_external")
    for data in live.get("integrations", ()):
        _integration(world, dict(data))
    for data in live.get("customers", ()):
        _store(world, "customers", data, world.seed.customer(**_without(data, "stored")))
    _connections(world, live)
    for data in live.get("users", ()):
        owner = {"customer": _customer(world, data["customer"])} if "customer" in data else {}
        _store(world, "users", data, world.seed.user(**{**_without(data, "stored"), **owner}))
    for data in live.get("instances", ()):
        _instance(world, dict(data))
    for data in live.get("reusable", ()):
        scoped = world.seed.scoped_variable(data["key"], scope="CUSTOMER")
        owner = _customer(world, data["customer"]) if "customer" in data else None
        variable = world.seed.customer_variable(scoped["id"], customer=owner, key=data["key"])
        world.sandbox.store.execute(
            "UPDATE customer_config_variables SET id = ? WHERE id = ?", (data["id"], variable["id"])
        )
    for section in (each.name for each in sections() if each.name in live):
        for data in live[section]:
            world.seed.add(section, **data)
    world.seed.deny(*live.get("denied", ()))
    for data in live.get("withdrawn", ()):
        version = world.seed.version(data["name"], data["version"])
        world.sandbox.store.update("integrations", version["id"], versionIsAvailable=0)


def _without(data: Mapping[str, Any], *keys: str) -> dict[str, Any]:
    return {key: value for key, value in data.items() if key not in keys}


def _store(world: World, table: str, data: Mapping[str, Any], row: Mapping[str, Any]) -> None:
    if "stored" in data:
        world.sandbox.store.update(table, row["id"], **data["stored"])


def _customer(world: World, name: str) -> str:
    return str(world.rows("customers", name=name)[0]["id"])


def _integration(world: World, data: dict[str, Any]) -> None:
    """Publish an integration; ``named`` is the name it has in the end, which may be another's."""
    text = yaml.safe_dump({**DEFINITION, "name": data["name"], **data.get("definition", {})})
    if data.get("draft"):
        import_integration(world.sandbox.tenant, {"definition": text})
        return
    node = world.seed.integration(text)
    if "named" in data:
        world.sandbox.store.execute(
            "UPDATE integrations SET name = ? WHERE versionSequenceId = ?", (data["named"], node["versionSequenceId"])
        )


def _instance(world: World, data: dict[str, Any]) -> None:
    special = {key: data.pop(key, None) for key in ("stored", "authorized", "version", "values", "connections")}
    version = world.seed.version(data["integration"], special["version"])
    variables = [{"key": key, "value": text} for key, text in (special["values"] or {}).items()]
    variables += [
        {
            "key": key,
            "values": json.dumps([{"name": name, "type": "value", "value": text} for name, text in of.items()]),
        }
        for key, of in (special["connections"] or {}).items()
    ]
    flows = {row["name"]: row["id"] for row in world.rows("flows", integration=version["id"])}
    keys = [{"flowId": flows[name], **config} for name, config in data.pop("flowConfigs", {}).items()]
    deployed = data.pop("deployed", True)
    row = world.seed.instance(
        **{**data, "customer": _customer(world, data["customer"]), "integration": version["id"]},
        configVariables=variables,
        flowConfigs=keys,
    )
    for key in special["authorized"] or ():
        world.seed.authorize(row["id"], key)
    if deployed:
        world.sandbox.store.update(
            "instances", row["id"], needsDeploy=0, lastDeployedAt=world.sandbox.tenant.clock.tick()
        )
    _store(world, "instances", {"stored": special["stored"]} if special["stored"] else {}, row)


def _connections(world: World, live: Mapping[str, Any]) -> None:
    """Put the connections that instances share into the tenant, and what customers have in them."""
    for data in live.get("shared", ()):
        _shared(world, data)
    for data in live.get("theirs", ()):
        _theirs(world, data)


def _shared(world: World, data: Mapping[str, Any]) -> None:
    """Create a connection that instances share, of the component ``depots`` unless it names another one."""
    tenant = world.sandbox.tenant
    part = ComponentPart(data.get("component", "depots"), data.get("connection", "basic"), public=False)
    secret = {"name": "apiKey", "type": "VALUE", "value": "", "meta": {"writeOnly": True}}
    inputs = [secret, *({**secret, "name": name, "meta": {}} for name in ("url", "user"))]
    template = component_connection(tenant, part, inputs, data.get("oauth2"))
    managed, scope = SCOPES[data.get("type", "organization")]
    theirs = [
        {"name": name, "value": "", "meta": json.dumps({"managedBy": managed, "inputScope": "customer"})}
        for name in data.get("perCustomer", ())
    ]
    values = [{"name": name, "value": value} for name, value in data.get("inputs", {}).items()]
    row = create_scoped(
        tenant,
        {
            "key": data.get("name", data["stableKey"]),
            "stableKey": data["stableKey"],
            "description": data.get("description"),
            "managedBy": managed,
            "variableScope": scope,
            "connection": template["id"],
            "inputs": [*values, *theirs],
        },
    )
    _store(world, "scoped_config_variables", data, row)


def _theirs(world: World, data: Mapping[str, Any]) -> None:
    """Create what a customer has in a connection."""
    (scoped,) = world.rows("scoped_config_variables", stableKey=data["connection"])
    values = [{"name": name, "value": value} for name, value in data.get("inputs", {}).items()]
    row = create_customer_variable(
        world.sandbox.tenant,
        {
            "scopedConfigVariable": scoped["id"],
            "customer": _customer(world, data["customer"]),
            "key": data.get("key"),
            "inputs": values,
        },
    )
    _store(world, "customer_config_variables", data, row)


def _inputs(inputs: Mapping[str, str]) -> str:
    return json.dumps([{"name": name, "type": "value", "value": text} for name, text in inputs.items()])


def learn(world: World, names: dict[str, str]) -> None:
    """Take in what each ID means that is not known yet; what was called otherwise before keeps its first name."""
    rows = world.sandbox.store.rows
    for kind, query in NAMED.items():
        for row in rows(query):
            names.setdefault(row["id"], f"<{kind} {row['name']}>")
    for row in rows("SELECT id, name, draft, versionNumber FROM integrations"):
        names.setdefault(row["id"], f"<{row['name']} {'draft' if row['draft'] else row['versionNumber']}>")
    for role in (*roles_of(ORGANIZATION), *roles_of(CUSTOMER)):
        names.setdefault(role.id, f"<{role.about} role {role.name}>")


def readable(value: Any, names: Mapping[str, str]) -> Any:
    """Return the value with each ID in it replaced by its name, and the JSON of connections taken apart."""
    if isinstance(value, dict):
        return {
            readable(key, names): readable(json.loads(item) if key == "values" else item, names)
            for key, item in value.items()
        }
    if isinstance(value, list):
        return [readable(item, names) for item in value]
    if isinstance(value, str):
        for identifier, name in names.items():
            value = value.replace(identifier, name)
    return value
