"""A made-up tenant: as the API's JSON, and as the manifests that say the same."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

PROJECT = "bench"
LABEL = f"gitops:{PROJECT}"
INTEGRATION = "Order Sync"
VERSIONS = {1: "SW50ZWdyYXRpb246b3JkZXItc3luYy0x", 2: "SW50ZWdyYXRpb246b3JkZXItc3luYy0y"}
"""The integration's versions: their numbers and IDs. They declare the same; the instances run the first."""
PER_CUSTOMER = 10
MOMENT = "2026-01-01T00:00:00.000000+00:00"
VARIABLES = {
    "API Endpoint": ("STRING", None),
    "Account": ("STRING", None),
    "Log Level": ("PICKLIST", None),
    "Batch Size": ("NUMBER", None),
    "Send Notifications?": ("BOOLEAN", None),
    "Warehouses": ("STRING", "VALUELIST"),
    "Field Mapping": ("STRING", "KEYVALUELIST"),
    "Sync Schedule": ("SCHEDULE", None),
}
NO_MORE = {"hasNextPage": False, "endCursor": None}


@dataclass(frozen=True, slots=True)
class Shape:
    """How large the tenant is; no users."""

    instances: int
    per_customer: int = PER_CUSTOMER

    @property
    def customers(self) -> int:
        return max(1, -(-self.instances // self.per_customer))


def declared(number: int) -> dict[str, Any]:
    """Return the config variables of an instance as its manifest gives them."""
    return {
        "API Endpoint": f"https://api-{number}.example.com/v2",
        "Account": f"account-{number:06}",
        "Log Level": "info",
        "Batch Size": 50 + number % 7,
        "Send Notifications?": number % 2 == 0,
        "Warehouses": ["east", "west", f"w{number % 11}"],
        "Field Mapping": {"qty": "Quantity", "usd": "Price", "sku": f"Sku{number % 13}"},
        "Sync Schedule": {"schedule": {"cron": f"{number % 60} */2 * * *", "timeZone": "UTC"}},
    }


def customer_node(number: int) -> dict[str, Any]:
    return {
        "id": f"customer-{number}",
        "allowEmbeddedDesigner": False,
        "name": f"Customer {number}",
        "externalId": f"c-{number}",
        "description": "",
        "labels": [LABEL],
        "updatedAt": MOMENT,
    }


def instance_node(number: int, per_customer: int = PER_CUSTOMER) -> dict[str, Any]:
    """Return an instance as the API lists it: deployed, and just as its manifest says."""
    owner = number // per_customer
    return {
        "id": f"instance-{number}",
        "name": f"Order Sync {number}",
        "description": "",
        "labels": [LABEL],
        "enabled": True,
        "needsDeploy": False,
        "systemSuspended": False,
        "lastDeployedAt": MOMENT,
        "configState": "FULLY_CONFIGURED",
        "updatedAt": MOMENT,
        "isSystem": False,
        "designedBy": "ORG",
        "instanceType": "INTEGRATION",
        "customer": {"id": f"customer-{owner}", "name": f"Customer {owner}", "allowAddAlertMonitor": True},
        "integration": version_reference(1),
        "flowConfigs": {
            "nodes": [
                {
                    "id": f"flow-{number}",
                    "apiKeys": [],
                    "testPayload": None,
                    "testHeaders": None,
                    "testContentType": None,
                    "usesLre": False,
                    "inFailedState": False,
                    "lastExecutedAt": None,
                    "webhookUrl": f"https://hooks.example.com/trigger/flow-{number}",
                    "flow": {"id": "flow", "name": "Sync Orders"},
                }
            ],
            "pageInfo": NO_MORE,
        },
        "configVariables": {
            "nodes": [_variable_node(number, key, value) for key, value in declared(number).items()],
            "pageInfo": NO_MORE,
        },
        "waiting": {"nodes": []},
    }


def _variable_node(number: int, key: str, value: Any) -> dict[str, Any]:
    text, schedule_type, time_zone = on_the_wire(value)
    return {
        "id": f"variable-{number}-{key}",
        "value": text,
        "scheduleType": schedule_type,
        "timeZone": time_zone,
        "status": "ACTIVE",
        "customerConfigVariable": None,
        "onPremiseResource": None,
        "requiredConfigVariable": {"key": key, "stableKey": key, "defaultValue": ""},
        "inputs": {"nodes": [], "pageInfo": NO_MORE},
    }


def on_the_wire(value: Any) -> tuple[str, str | None, str | None]:
    """Return a manifest's value as the API's text, with the schedule's type and time zone."""
    if isinstance(value, bool):
        return ("true" if value else "false"), None, None
    if isinstance(value, dict) and "schedule" in value:
        return value["schedule"]["cron"], "CUSTOM", value["schedule"]["timeZone"]
    if isinstance(value, dict):
        return json.dumps([{"key": key, "value": each} for key, each in value.items()]), None, None
    return (json.dumps(value) if isinstance(value, list) else str(value)), None, None


def version_reference(number: int) -> dict[str, Any]:
    """Return a version as an instance refers to it."""
    return {
        "id": VERSIONS[number],
        "name": INTEGRATION,
        "versionNumber": number,
        "versionSequenceId": "7a1f0000-0000-4000-8000-000000000001",
    }


def version_node(number: int) -> dict[str, Any]:
    """Return a version of the integration with everything that it declares."""
    return version_reference(number) | {
        "versionIsAvailable": True,
        "isCodeNative": False,
        "flows": {"nodes": [{"id": "flow", "name": "Sync Orders"}], "pageInfo": NO_MORE},
        "requiredConfigVariables": {
            "nodes": [
                {
                    "id": f"required-{key}",
                    "key": key,
                    "stableKey": key,
                    "dataType": data_type,
                    "collectionType": collection,
                    "defaultValue": "",
                    "pickList": ["debug", "info", "error"] if data_type == "PICKLIST" else None,
                    "scheduleType": "custom" if data_type == "SCHEDULE" else None,
                    "timeZone": None,
                    "meta": None,
                    "userLevelConfigured": False,
                    "scopedConfigVariable": None,
                    "connection": None,
                    "shared": None,
                    "inputs": {"nodes": [], "pageInfo": NO_MORE},
                }
                for key, (data_type, collection) in VARIABLES.items()
            ],
            "pageInfo": NO_MORE,
        },
    }


def write_manifests(folder: Path, shape: Shape, *, changed_every: int = 0, upgrade: bool = False) -> None:
    """Write the project, and files of about ten instances with their customers.

    Every so many instances one variable differs from the tenant, or with ``upgrade`` the integration's version.
    """

    def instances(owner: int) -> Iterator[dict[str, Any]]:
        for number in range(owner * shape.per_customer, min((owner + 1) * shape.per_customer, shape.instances)):
            differs = bool(changed_every) and number % changed_every == 0
            version = 2 if differs and upgrade else 1
            yield instance_manifest(number, owner, version, changed=differs and not upgrade)

    _write(folder, shape, lambda owner: [customer_manifest(owner), *instances(owner)])


def write_set(folder: Path, shape: Shape) -> None:
    """Write the project, the customers, and their instances as one set, with a file of values."""
    import yaml

    _write(folder, shape, lambda owner: [customer_manifest(owner)])
    spec = {"customers": {"from": "manifests"}, "values": {"file": "values.csv"}, "template": TEMPLATE}
    files = folder / "customers"
    (files / "set.yaml").write_text(yaml.dump(_manifest("InstanceSet", "order-sync", spec)), encoding="utf-8")
    rows = (
        f"c-{number},{number},{number:06},{50 + number % 7},{str(number % 2 == 0).lower()},{number % 11},{number % 13},"
        f"{number % 60}\n"
        for number in range(shape.customers)
    )
    head = "customer,number,account,batch,notify,warehouse,sku,minute\n"
    (files / "values.csv").write_text(head + "".join(rows), encoding="utf-8")


TEMPLATE = {
    "name": "Order Sync ${values.number}",
    "integration": {"name": INTEGRATION, "version": 1},
    "enabled": True,
    "configVariables": {
        "API Endpoint": "https://api-${values.number}.example.com/v2",
        "Account": "account-${values.account}",
        "Log Level": "info",
        "Batch Size": "${values.batch}",
        "Send Notifications?": "${values.notify}",
        "Warehouses": ["east", "west", "w${values.warehouse}"],
        "Field Mapping": {"qty": "Quantity", "usd": "Price", "sku": "Sku${values.sku}"},
        "Sync Schedule": {"schedule": {"cron": "${values.minute} */2 * * *", "timeZone": "UTC"}},
    },
}
"""The set's template: what :func:`declared` returns, with values of the customer."""


def _write(folder: Path, shape: Shape, of_customer: Callable[[int], Iterable[dict[str, Any]]]) -> None:
    """Write the project, and the manifests of each customer: a file for each ten instances."""
    import yaml

    files = folder / "customers"
    files.mkdir(parents=True)
    spec = {"manifests": ["customers"], "ownership": {"label": LABEL}}
    (folder / "reconciler.yaml").write_text(yaml.dump(_manifest("Project", PROJECT, spec)), encoding="utf-8")
    step = max(1, PER_CUSTOMER // shape.per_customer)
    for first in range(0, shape.customers, step):
        owners = range(first, min(first + step, shape.customers))
        documents = [each for owner in owners for each in of_customer(owner)]
        text = yaml.dump_all(documents, Dumper=yaml.CSafeDumper, sort_keys=False, explicit_start=True)
        (files / f"c-{first}.yaml").write_text(text, encoding="utf-8")


def customer_manifest(number: int) -> dict[str, Any]:
    return _manifest("Customer", f"c-{number}", {"name": f"Customer {number}", "externalId": f"c-{number}"})


def instance_manifest(number: int, owner: int, version: int, *, changed: bool) -> dict[str, Any]:
    spec = {
        "customer": f"c-{owner}",
        "name": f"Order Sync {number}",
        "integration": {"name": INTEGRATION, "version": version},
        "enabled": True,
        "configVariables": declared(number) | ({"Account": f"changed-{number}"} if changed else {}),
    }
    return _manifest("Instance", f"order-sync-{number}", spec)


def _manifest(kind: str, handle: str, spec: dict[str, Any]) -> dict[str, Any]:
    return {"apiVersion": "reconciler/v1", "kind": kind, "metadata": {"name": handle}, "spec": spec}
