"""What two tenants hold of the same manifests: by names, and without what no manifest says."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from exporting.exported import flow_configs, variables
from support.declared import versions
from support.values import meaning

if TYPE_CHECKING:
    from support.declared import Variable
    from support.world import World

Picture = dict[tuple[str, ...], dict[str, Any]]


def picture(world: World) -> Picture:
    """Return customers, users and instances, by name, with what they are configured to."""
    rows = world.sandbox.store.rows
    customers = {row["id"]: row for row in rows("SELECT * FROM customers") if not row["isSystem"]}
    integrations = {row["id"]: row for row in rows("SELECT * FROM integrations")}
    found: Picture = {}
    for row in customers.values():
        found["Customer", row["name"]] = {
            "externalId": row["externalId"] or "",
            "description": row["description"] or "",
            "allowEmbeddedDesigner": row["allowEmbeddedDesigner"],
            "labels": _labels(row),
        }
    for row in rows("SELECT * FROM users"):
        if row["customer"] is None or row["customer"] in customers:
            owner = customers[row["customer"]]["name"] if row["customer"] else ""
            found["User", owner, row["email"].casefold()] = {
                field: row[field] or "" for field in ("name", "role", "externalId", "phone")
            }
    for row in rows("SELECT * FROM instances"):
        mine = not row["isSystem"] and row["designedBy"] == "ORG" and row["instanceType"] == "INTEGRATION"
        if mine and row["customer"] in customers:
            version = integrations[row["integration"]]
            found["Instance", customers[row["customer"]]["name"], row["name"]] = {
                "integration": (version["name"], version["versionNumber"]),
                "description": row["description"] or "",
                "labels": _labels(row),
                "enabled": bool(row["enabled"]),
                "variables": _variables(world, row["id"], (version["name"], version["versionNumber"])),
                "flows": _flows(world, row["id"]),
            }
    return found


def _labels(row: dict[str, Any]) -> set[str]:
    return {label.lower() for label in json.loads(row["labels"]) if not label.startswith("gitops:")}


def _variables(world: World, instance: str, version: tuple[str, int]) -> dict[str, Any]:
    declared = versions()[version].variables
    return {row["key"]: _value(declared[row["key"]], row) for row in variables(world, instance)}


def _value(variable: Variable, row: dict[str, Any]) -> Any:
    if variable.connection:
        inputs = {each["name"]: each["value"] for each in json.loads(row["inputs"])}
        return inputs, row["customerConfigVariable"], row["onPremiseResource"]
    value = meaning(variable, row["value"])
    if variable.data_type == "SCHEDULE" and variable.collection is None:
        return value, (row["timeZone"] or "") if value else "", (row["scheduleType"] or "none").lower() if value else ""
    return sorted(value) if variable.collection == "KEYVALUELIST" else value


def _flows(world: World, instance: str) -> dict[str, Any]:
    return {
        row["name"]: {
            "apiKeys": sorted(json.loads(row["apiKeys"] or "[]")),
            "testPayload": row["testPayload"] or "",
            "testHeaders": json.loads(row["testHeaders"] or "{}"),
            "testContentType": row["testContentType"] or "",
        }
        for row in flow_configs(world, instance)
    }
