"""An integration that takes a shared connection, manifests about such connections, and what a tenant holds of them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from reconciler.errors import ManifestErrors, PlanRefused

if TYPE_CHECKING:
    from collections.abc import Mapping

    from support.world import World

DEFINITION = """
definitionVersion: 7
name: Ships
requiredConfigVars:
  - {key: Depot, dataType: connection, useScopedConfigVar: depot}
  - {key: Speed, dataType: string, defaultValue: slow}
  - key: Own Depot
    dataType: connection
    connection: {key: basic, component: {key: depots, version: LATEST, isPublic: false}}
    inputs:
      url: {type: value, value: ""}
      apiKey: {type: value, value: "", meta: {writeOnly: true}}
      user: {type: value, value: ""}
flows:
  - name: Load
    stableKey: load
    steps: [{name: Trigger, isTrigger: true, action: {key: webhook, component: {key: webhook-triggers}}}]
"""
URL, KEY, USER = "https://canary-url-7Gk2pQ.example/x", "canary-key-7Gk2pQ", "canary-user-7Gk2pQ"
"""Secrets that no command shows."""
LIVE = {"url": URL, "apiKey": KEY, "user": USER}
COMPONENT = {"key": "depots", "connection": "basic", "public": False}
SPEC: dict[str, Any] = {
    "stableKey": "depot",
    "name": "Depot",
    "type": "organization",
    "component": COMPONENT,
}


def document(kind: str, name: str, spec: Mapping[str, Any], lifecycle: Mapping[str, Any] | None = None) -> str:
    """Return a manifest; of a field that is ``None`` it says nothing."""
    said = {key: value for key, value in spec.items() if value is not None}
    data = {"apiVersion": "reconciler/v1", "kind": kind, "metadata": {"name": name}, "spec": said}
    return yaml.safe_dump({**data, **({"lifecycle": dict(lifecycle)} if lifecycle else {})}, sort_keys=False)


def connection(*, lifecycle: Mapping[str, Any] | None = None, **spec: Any) -> str:
    """Return the manifest of the connection ``depot``."""
    return document("Connection", "depot", {**SPEC, **spec}, lifecycle)


def customer(handle: str, name: str) -> str:
    return document("Customer", handle, {"name": name, "externalId": handle})


def instance(handle: str, owner: str, **spec: Any) -> str:
    """Return the manifest of a customer's instance of the integration."""
    return document(
        "Instance", handle, {"customer": owner, "name": "Ships", "integration": {"name": "Ships", "version": 1}, **spec}
    )


def several(*documents: str) -> str:
    return "---\n".join(documents)


def publish(world: World) -> None:
    """Publish the integration, and with it the component of the connection."""
    world.seed.integration(DEFINITION)


def row(world: World, stable_key: str = "depot") -> dict[str, Any]:
    """Return the stored connection."""
    (found,) = world.rows("scoped_config_variables", stableKey=stable_key)
    return found


def stored(found: Mapping[str, Any]) -> dict[str, str]:
    """Return the stored inputs of a connection that are set, also the write-only ones."""
    return {item["name"]: item["value"] for item in json.loads(found["inputs"]) if item["value"]}


def sent(world: World) -> dict[str, Any]:
    """Return the input of the last mutation, its inputs by name."""
    data: dict[str, Any] = dict(world.mutations[-1].arguments["input"])
    if "inputs" in data:
        data["inputs"] = {each["name"]: each["value"] for each in data["inputs"]}
    return data


def customer_connection(*, lifecycle: Mapping[str, Any] | None = None, **spec: Any) -> str:
    """Return the manifest of what the customer ``ftl`` has in the connection ``depot``."""
    return document("CustomerConnection", "depot-ftl", {"connection": "depot", "customer": "ftl", **spec}, lifecycle)


def theirs(world: World) -> dict[str, Any]:
    """Return the one stored customer's connection."""
    (found,) = world.sandbox.store.rows("SELECT * FROM customer_config_variables")
    return dict(found)


def problems(world: World, text: str, **options: Any) -> list[str]:
    """Return why a plan is refused."""
    with pytest.raises((ManifestErrors, PlanRefused)) as caught:
        world.plan(text, **options)
    return [str(each) for each in caught.value.problems]
