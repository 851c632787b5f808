"""Shared connections in world files, and in worlds that are read from manifests."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from sandbox.client import Api
from sandbox.ships import definition

from reconciler.sandbox.app import Sandbox
from reconciler.sandbox.data.settings import Settings
from reconciler.sandbox.world.load import SetupError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

WORLD: dict[str, Any] = {
    "integrations": [{"versions": [{"definition": "ships.yaml"}]}],
    "customers": [{"name": "North"}, {"name": "South"}],
    "connections": [
        {
            "stableKey": "depot",
            "name": "Depot",
            "type": "customer",
            "component": {"key": "depots", "connection": "basic"},
            "inputs": {"url": "https://d.example", "apiKey": {"perCustomer": True}, "port": {"clear": True}},
            "defaultForComponent": True,
        },
        {"stableKey": "signed", "type": "organization", "component": {"key": "crm", "connection": "oauth2"}},
        {"stableKey": "unsigned", "component": {"key": "crm", "connection": "oauth2"}},
        {
            "stableKey": "pending",
            "type": "organization",
            "authorized": False,
            "component": {"key": "crm", "connection": "oauth2"},
        },
    ],
    "customerConnections": [
        {"connection": {"stableKey": "depot"}, "customer": "North", "key": "one", "inputs": {"apiKey": "made-up"}},
        {"connection": {"stableKey": "depot"}, "customer": "North", "key": "two"},
        {"connection": {"stableKey": "unsigned"}, "customer": "South", "authorized": False},
    ],
    "instances": [
        {
            "name": "Ships",
            "customer": "North",
            "integration": "Ships",
            "deployed": True,
            "configVariables": {"Depot": {"customerConnection": {"key": "two"}}},
        }
    ],
}


def world(folder: Path, **sections: Any) -> Sandbox:
    (folder / "ships.yaml").write_text(definition(), encoding="utf-8")
    path = folder / "world.yaml"
    path.write_text(yaml.safe_dump({**WORLD, **sections}), encoding="utf-8")
    return Sandbox(Settings(world=path))


@pytest.fixture
def api(tmp_path: Path) -> Iterator[Api]:
    with world(tmp_path) as sandbox:
        api = Api(sandbox)
        yield api
        api.close()


def test_a_world_has_shared_connections(api: Api) -> None:
    """Each has its type, its component's connection and its inputs; a secret one says that customers fill it in."""
    query = """{ scopedConfigVariables { nodes { key stableKey managedBy variableScope status defaultForComponent
      connection { key component { key } } inputs { nodes { name value meta } } } } }"""
    depot, signed, unsigned, pending = api(query)["scopedConfigVariables"]["nodes"]
    assert (depot["key"], depot["managedBy"], depot["variableScope"]) == ("Depot", "CUSTOMER", "CUSTOMER")
    assert (depot["connection"], depot["defaultForComponent"]) == (
        {"key": "basic", "component": {"key": "depots"}},
        True,
    )
    found = {item["name"]: item["value"] for item in depot["inputs"]["nodes"]}
    assert found == {"apiKey": "", "port": "", "url": "https://d.example"}
    meta = json.loads(next(item["meta"] for item in depot["inputs"]["nodes"] if item["name"] == "apiKey"))
    assert meta == {"writeOnly": True, "managedBy": "org", "inputScope": "customer"}
    statuses = (signed["status"], unsigned["status"], unsigned["variableScope"], pending["status"])
    assert statuses == ("ACTIVE", None, "CUSTOMER", "PENDING")


def test_a_world_has_what_customers_have_in_them(api: Api) -> None:
    """An instance chooses one by its key; without a key it takes the first one."""
    query = "{ customerConfigVariables { nodes { key status isInUse hasDeployedInstances customer { name } } } }"
    one, two, unsigned = api(query)["customerConfigVariables"]["nodes"]
    assert (one["isInUse"], two["hasDeployedInstances"], two["customer"]) == (False, True, {"name": "North"})
    assert (unsigned["key"], unsigned["status"]) == (None, "PENDING")


@pytest.mark.parametrize(
    ("sections", "message"),
    [
        (
            {"customerConnections": [{"connection": {"stableKey": "x"}, "customer": "North"}]},
            "there is no connection 'x'",
        ),
        (
            {"customerConnections": [{"connection": {"stableKey": "unsigned"}, "customer": "x"}]},
            "there is no customer 'x'",
        ),
        ({"connections": [{"stableKey": "a"}, {"stableKey": "a"}], "customerConnections": []}, "stable key"),
        (
            {
                "instances": [
                    {**WORLD["instances"][0], "configVariables": {"Depot": {"customerConnection": {"key": "x"}}}}
                ]
            },
            "there is no such connection of this customer",
        ),
    ],
)
def test_mistakes_in_a_world_are_reported(tmp_path: Path, sections: dict[str, Any], message: str) -> None:
    """What a connection, a customer's part or an instance names has to exist."""
    with pytest.raises(SetupError) as caught:
        world(tmp_path, **sections)
    assert message in str(caught.value)


MANIFESTS = """
apiVersion: reconciler/v1
kind: Customer
metadata: {name: north}
spec: {name: North}
---
apiVersion: reconciler/v1
kind: CustomerConnection
metadata: {name: depot-north}
spec: {connection: depot, customer: north, key: one, inputs: {apiKey: {valueFrom: {env: DEPOT_KEY}}}}
---
apiVersion: reconciler/v1
kind: CustomerConnection
metadata: {name: elsewhere}
spec: {connection: {stableKey: elsewhere}, customer: {name: South}}
---
apiVersion: reconciler/v1
kind: Connection
metadata: {name: depot}
spec: {stableKey: depot-key, name: Depot, type: customer, component: {key: depots, connection: basic}}
---
apiVersion: reconciler/v1
kind: Instance
metadata: {name: ships}
spec:
  name: Ships
  customer: north
  integration: {name: Ships, version: 1}
  configVariables: {Depot: {customerConnection: HANDLE}}
"""


def rehearse(folder: Path, handle: str) -> Sandbox:
    ships = folder / "ships.yml"
    ships.write_text(
        definition().replace("useScopedConfigVar: depot", "useScopedConfigVar: depot-key"), encoding="utf-8"
    )
    manifests = folder / "manifests"
    manifests.mkdir()
    (manifests / "all.yaml").write_text(MANIFESTS.replace("HANDLE", handle), encoding="utf-8")
    return Sandbox(Settings(manifests=manifests, integrations=(ships,)))


def test_manifests_become_shared_connections(tmp_path: Path) -> None:
    """References by handle are followed; a connection that is only referred to is made up."""
    with rehearse(tmp_path, "depot-north") as sandbox:
        api = Api(sandbox)
        query = """{ customerConfigVariables { nodes { key isInUse customer { name }
          scopedConfigVariable { stableKey } } } }"""
        ours, elsewhere = api(query)["customerConfigVariables"]["nodes"]
        api.close()
    assert (ours["key"], ours["isInUse"], ours["scopedConfigVariable"]) == ("one", True, {"stableKey": "depot-key"})
    assert (elsewhere["customer"], elsewhere["scopedConfigVariable"]) == ({"name": "South"}, {"stableKey": "elsewhere"})


def test_an_unknown_handle_of_a_customers_connection_is_reported(tmp_path: Path) -> None:
    """The message is at the handle, and names the nearest one."""
    with pytest.raises(SetupError) as caught:
        rehearse(tmp_path, "depot-nort")
    assert str(caught.value).endswith("there is no CustomerConnection 'depot-nort'; did you mean 'depot-north'?")
    assert ":29:" in str(caught.value)
