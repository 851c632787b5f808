"""A tenant, and manifests that have everything done to it that an apply can do."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import yaml
from support.world import World

from reconciler.sandbox.data.customer_variables import create_customer_variable
from reconciler.sandbox.data.scoped import create_scoped

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from reconciler.sandbox.data.store import Row

LABEL, ELSEWHERE = "gitops:crash", "gitops:elsewhere"
ENVIRON = {"CRASH_PASSWORD": "first-canary-password", "CRASH_KEY": "second-canary-key"}
PROJECT = """
apiVersion: reconciler/v1
kind: Project
metadata: {name: crash}
spec: {prune: {enabled: true, users: true}}
"""
ALLOWED: Mapping[str, Any] = {
    "files": (),
    "allow_delete": ("Customer",),
    "allow_deletes": 1000,
    "batch_size": 1,
}
"""What the workflow is told beside the folder; one mutation a request, so that there are many requests."""
NEW = 5
KEPT = 6
"""How many customers are new, and how many are there and stay."""
ADOPTED = 1
"""The one of those that becomes the project's only by the apply."""
RENAMED = 2
STRANGER = "Stranger"
"""Somebody else's, which nothing may touch."""

FIRST = """
definitionVersion: 7
name: Stock
endpointType: flow_specific
flows:
  - name: Sync
    stableKey: sync
    endpointSecurityType: customer_optional
    isSynchronous: false
    steps:
      - name: Trigger
        isTrigger: true
        action: {key: webhook, component: {key: webhook-triggers, version: LATEST, isPublic: true}}
        inputs: {}
requiredConfigVars:
  - {key: Batch Size, stableKey: batch, dataType: number, defaultValue: "50"}
  - {key: Warehouse, stableKey: warehouse, dataType: picklist, pickList: [east, north], defaultValue: east}
  - {key: My String, stableKey: text, dataType: string, defaultValue: ""}
  - key: Login
    stableKey: login
    dataType: connection
    connection: {key: basic, component: {key: stock, version: 3, isPublic: false}}
    onPremiseConnectionConfig: disallowed
    inputs:
      username: {type: value, value: "", meta: {}}
      password: {type: value, value: "", meta: {writeOnly: true}}
"""
LATEST = FIRST.replace("{key: Warehouse,", "{key: Region,")


def write(folder: Path) -> Path:
    """Write the manifests to a folder, and return it."""
    documents = [_document(*each) for each in _declared()]
    (folder / "reconciler.yaml").write_text(PROJECT, encoding="utf-8")
    (folder / "all.yaml").write_text(yaml.safe_dump_all(documents, allow_unicode=True), encoding="utf-8")
    return folder


def world(**settings: Any) -> World:
    """Return a tenant with what is there before: some of it as declared, most of it not, some in no manifest."""
    made = World(integrations=(), **settings)
    made.environ |= ENVIRON
    made.seed.integration(FIRST)
    made.seed.integration(LATEST)
    for number in range(KEPT):
        _kept(made, number)
    for name in ("Absent", "Pruned"):
        owner = made.seed.customer(name, labels=[LABEL])["id"]
        made.seed.user(f"{name.lower()}@customer.example", customer=owner)
        _instance(made, "Stock", owner)
    made.seed.user("absent@team.example", role="Guest")
    _alerting(made)
    _connected(made)
    stranger = made.seed.customer(STRANGER, labels=[ELSEWHERE])["id"]
    _instance(made, "Stock", stranger, label=ELSEWHERE)
    return made


def _alerting(made: World) -> None:
    """Put in webhooks, a group and log streams: some that stay, one of each that goes, and one in no manifest."""
    seed = made.seed
    for name in ("Kept", "Absent", "Another"):
        seed.add("alertWebhooks", name=name, headers={"Key": "old"}, payloadTemplate="$SUBJECT")
        seed.add("logStreams", name=name, headers={"Key": "old"}, severities=["warn"])
    members = {"users": [{"email": "kept1@customer.example"}], "webhooks": [{"name": "Kept"}, {"name": "Absent"}]}
    for name in ("Kept", "Absent"):
        seed.add("alertGroups", name=name, **members)


def _connected(made: World) -> None:
    """Put in connections that instances share and what a customer has in them: some stay, and one of each goes."""
    tenant = made.sandbox.tenant
    template = made.rows("component_connections", key="basic")[0]["id"]
    owner = made.rows("customers", name="Kept 1")[0]["id"]
    for key in ("kept", "absent"):
        data = {"key": f"{key.title()} Depot", "stableKey": key, "managedBy": "org", "variableScope": "customer"}
        inputs = [{"name": "username", "value": "old"}]
        scoped = create_scoped(tenant, {**data, "connection": template, "inputs": inputs})
        create_customer_variable(tenant, {"scopedConfigVariable": scoped["id"], "customer": owner, "inputs": inputs})


def _kept(made: World, number: int) -> None:
    """Put in one of the customers that stay, with its user and its instances."""
    seed = made.seed
    owner = seed.customer(
        "Formerly" if number == RENAMED else f"Kept {number}",
        description="Old",
        labels=[] if number == ADOPTED else [LABEL],
    )["id"]
    seed.user(f"kept{number}@customer.example", customer=owner, name="Old")
    _instance(made, "Stock", owner, version=1 if number % 2 else 2, enabled=number != 3)
    if number == 4:
        _instance(made, "Formerly", owner)
    if number == 5:
        _instance(made, "Pruned", owner)
        seed.user("stray@customer.example", customer=owner)


def _instance(made: World, name: str, owner: str, version: int = 2, label: str = LABEL, **fields: Any) -> Row:
    inputs = [
        {"name": "username", "type": "value", "value": "me"},
        {"name": "password", "type": "value", "value": "old"},
    ]
    variables = [
        {"key": "Warehouse" if version == 1 else "Region", "value": "north"},
        {"key": "My String", "value": "undeclared"},
        {"key": "Login", "values": json.dumps(inputs)},
    ]
    return made.seed.instance(
        name,
        customer=owner,
        integration=made.seed.version("Stock", version)["id"],
        configVariables=variables,
        labels=[label],
        deployed=True,
        **fields,
    )


Declared = tuple[str, str, dict[str, Any], dict[str, Any]]
"""Kind, handle, spec, lifecycle."""


def _declared() -> Iterator[Declared]:
    for number in range(NEW):
        handle = f"new{number}"
        yield "Customer", handle, {"name": f"New {number}", "externalId": f"n{number}"}, {}
        yield "User", handle, {"customer": handle, "email": f"{handle}@customer.example", "role": "Admin"}, {}
        yield "Instance", handle, _stock(handle, number), {}
    for number in range(KEPT):
        handle = f"kept{number}"
        former = {"renamedFrom": ["Formerly"]} if number == RENAMED else {}
        email = f"{handle}@customer.example"
        yield "Customer", handle, {"name": f"Kept {number}", "description": "New"}, former
        yield "User", handle, {"customer": handle, "email": email, "role": "Member", "name": "New"}, {}
        yield "Instance", handle, _stock(handle, number), {}
    reference = {"integration": {"name": "Stock"}}
    renamed = {"customer": "kept4", "name": "Renamed", "description": "New", **reference}
    yield "Instance", "renamed", renamed, {"renamedFrom": ["Formerly"]}
    yield "Customer", "absent", {"name": "Absent"}, {"state": "absent"}
    yield "Instance", "absent", {"customer": "absent", "name": "Stock", **reference}, {"state": "absent"}
    yield "User", "absent", {"email": "absent@team.example", "role": "Guest"}, {"state": "absent"}
    yield "User", "team", {"email": "new@team.example", "role": "Admin"}, {}
    yield from _declared_alerting()
    yield from _declared_connections()


def _declared_alerting() -> Iterator[Declared]:
    key = {"Key": {"valueFrom": {"env": "CRASH_KEY"}}}
    address = {"url": "https://new.example", "headers": key}
    webhook, stream = (
        {**address, **each} for each in ({"payloadTemplate": "$NAME"}, {"payloadTemplate": "{{message}}"})
    )
    yield "AlertWebhook", "new", {"name": "New", **webhook}, {}
    yield "AlertWebhook", "kept", {"name": "Kept", **webhook}, {}
    yield "AlertWebhook", "absent", {"name": "Absent"}, {"state": "absent"}
    users, hooks = ["team", {"email": "kept1@customer.example"}], ["new", "kept"]
    yield "AlertGroup", "new", {"name": "New", "users": users, "webhooks": hooks}, {}
    yield "AlertGroup", "kept", {"name": "Renamed", "users": users, "webhooks": hooks}, {"renamedFrom": ["Kept"]}
    yield "AlertGroup", "absent", {"name": "Absent"}, {"state": "absent"}
    yield "LogStream", "new", {"name": "New", "severities": ["error"], **stream}, {}
    yield "LogStream", "kept", {"name": "Kept", "severities": ["error", "warn"], **stream}, {}
    yield "LogStream", "absent", {"name": "Absent"}, {"state": "absent"}


def _declared_connections() -> Iterator[Declared]:
    component = {"key": "stock", "connection": "basic", "public": False}
    new = {"stableKey": "new", "name": "New Depot", "type": "organization-customer", "component": component}
    inputs = {"username": "us", "password": {"perCustomer": True}}
    password = {"password": {"valueFrom": {"env": "CRASH_PASSWORD"}}}
    yield "Connection", "new", {**new, "inputs": inputs, "defaultForComponent": True}, {}
    yield "Connection", "kept", {"stableKey": "kept", "name": "Renamed Depot", "inputs": inputs}, {}
    yield "Connection", "absent", {"stableKey": "absent"}, {"state": "absent"}
    yield "CustomerConnection", "new", {"connection": "new", "customer": "new0", "inputs": password}, {}
    yield "CustomerConnection", "kept", {"connection": "kept", "customer": "kept1", "inputs": password}, {}
    yield "CustomerConnection", "absent", {"connection": "absent", "customer": "kept1"}, {"state": "absent"}


def _stock(customer: str, number: int) -> dict[str, Any]:
    inputs = {"username": "me too", "password": {"valueFrom": {"env": "CRASH_PASSWORD"}}}
    spec: dict[str, Any] = {
        "customer": customer,
        "name": "Stock",
        "integration": {"name": "Stock", "version": "latest"},
        "configVariables": {"Batch Size": 7 + number, "Login": {"inputs": inputs}},
        "flowConfigs": {"Sync": {"apiKeys": [{"valueFrom": {"env": "CRASH_KEY"}}]}},
    }
    if number in {0, 1, 3}:
        spec["enabled"] = number == 3
    return spec


def _document(kind: str, name: str, spec: dict[str, Any], lifecycle: dict[str, Any]) -> dict[str, Any]:
    document = {"apiVersion": "reconciler/v1", "kind": kind, "metadata": {"name": name}, "spec": spec}
    return {**document, "lifecycle": lifecycle} if lifecycle else document
