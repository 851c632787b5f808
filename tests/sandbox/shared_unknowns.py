"""One question for each unknown about shared connections, and what every reading of it answers."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from sandbox.ships import Ships, definition, inputs, sent

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sandbox.client import Api


def _errors(ships: Ships, mutation: str, **data: Any) -> bool:
    return bool(ships.api.mutate(mutation, "clientMutationId", **data)["errors"])


def missing_connection(api: Api) -> Any:
    ships = Ships(api)
    ships.create(scope="customer")
    return ships.instance()["configState"], _errors(ships, "deployInstance", id=ships.instances[0])


def shared_stable_keys(api: Api) -> Any:
    ships = Ships(api)
    ships.create()
    again = {"key": "D", "stableKey": "depot", "connection": ships.connection(), "variableScope": "org"}
    return _errors(ships, "createScopedConfigVariable", **again)


def shared_secrets(api: Api) -> Any:
    return inputs(Ships(api).create(inputs=sent(apiKey="key")))["apiKey"]


def shared_input_meta(api: Api) -> Any:
    meta = json.dumps({"managedBy": "org", "inputScope": "customer"})
    made = Ships(api).create(scope="customer", inputs=[{"name": "url", "meta": meta}])
    return next(json.loads(item["meta"]) for item in made["inputs"]["nodes"] if item["name"] == "url")


def shared_needs_deploy(api: Api) -> Any:
    ships = Ships(api)
    made = ships.create()
    ships.deploy()
    data = {"id": made["id"], "inputs": sent(url="https://d.example")}
    api.done("updateScopedConfigVariable", "scopedConfigVariable { id }", **data)
    return ships.instance()["needsDeploy"]


def _unused(ships: Ships) -> Any:
    made = ships.create()
    for instance in ships.instances:
        ships.api.done("deleteInstance", "instance { id }", id=instance)
    return made


def shared_in_use(api: Api) -> Any:
    ships = Ships(api)
    return ships.scoped(_unused(ships)["id"])["isInUse"]


def shared_delete_in_use(api: Api) -> Any:
    ships = Ships(api)
    return _errors(ships, "deleteScopedConfigVariable", id=ships.create()["id"])


def customer_connection_keys(api: Api) -> Any:
    ships = Ships(api)
    data = {"scopedConfigVariable": ships.create("customer", "customer")["id"], "customer": ships.customers[0]}
    ships.give(data["scopedConfigVariable"], key="one")
    return _errors(ships, "createCustomerConfigVariable", **data, key="one")


def component_ids(api: Api) -> Any:
    ships = Ships(api)
    before = ships.connection()
    ships.seed.integration(definition(version="4"))
    return ships.connection() == before


ANSWERS: Mapping[str, tuple[Callable[[Api], Any], Mapping[str, Any]]] = {
    "missing_connection": (
        missing_connection,
        {"refused": ("NEEDS_INSTANCE_CONFIGURATION", True), "pending": ("FULLY_CONFIGURED", False)},
    ),
    "shared_stable_keys": (shared_stable_keys, {"unique": True, "free": False}),
    "shared_secrets": (shared_secrets, {"hidden": ("", True), "plain": ("key", True)}),
    "shared_input_meta": (
        shared_input_meta,
        {
            "sent": {"managedBy": "org", "inputScope": "customer"},
            "upper": {"managedBy": "ORG", "inputScope": "CUSTOMER"},
        },
    ),
    "shared_needs_deploy": (shared_needs_deploy, {"no": False, "yes": True}),
    "shared_in_use": (shared_in_use, {"instances": False, "definitions": True}),
    "shared_delete_in_use": (shared_delete_in_use, {"refused": True, "allowed": False}),
    "customer_connection_keys": (customer_connection_keys, {"unique": True, "free": False}),
    "component_ids": (component_ids, {"same": True, "versions": False}),
}
