"""Reading back: a change that the API accepts and does not make is reported field by field."""

from __future__ import annotations

from itertools import product
from pathlib import Path
from typing import Any

import pytest
from applying.runs import Meddling, inputs_of, planned
from support.matrix import every
from support.world import World

from reconciler.errors import ServerFault
from reconciler.sandbox.data.variants import Variants

CUSTOMER = """
apiVersion: reconciler/v1
kind: Customer
metadata: {name: ftl}
spec: {name: FTL Rockets, description: New, labels: [west]}
"""
INSTANCE = """
apiVersion: reconciler/v1
kind: Instance
metadata: {name: types}
spec:
  customer: {name: FTL Rockets}
  name: Types
  integration: {name: Every Data Type}
  configVariables:
    A Number: 7
    A String: {valueFrom: {env: WORD}}
"""
PROJECT = """
apiVersion: reconciler/v1
kind: Project
metadata: {name: acme}
spec: {prune: true}
"""
WORD = "word-that-is-secret"


@pytest.fixture
def world(world: World) -> World:
    world.environ |= {"WORD": WORD}
    world.seed.customer("FTL Rockets", description="Old")
    return world


def drop(*fields: str) -> Any:
    """Return what takes fields out of every mutation's input."""

    def ask(body: dict[str, Any]) -> None:
        for data in inputs_of(body):
            for field in fields:
                data.pop(field, None)

    return ask


def test_each_field_that_did_not_converge_is_reported(world: World) -> None:
    """What the API accepted and does not hold is told with what was declared and what is there."""
    transport = Meddling(world.sandbox, ask=drop("description", "labels"))
    with planned(world, CUSTOMER, transport=transport) as run:
        result = run.apply()["Customer/ftl"]
    assert result.status == "not converged"
    assert result.done == ["updateCustomer"]
    assert result.messages == [
        "description: declared 'New', but the API holds 'Old'",
        "labels: declared ['west'], but the API holds []",
    ]


def test_a_secret_that_did_not_converge_is_reported_without_its_value(world: World) -> None:
    """Of a secret it is only said that the API does not hold it."""
    transport = Meddling(world.sandbox, ask=drop("configVariables"))
    with planned(world, INSTANCE, transport=transport) as run:
        result = run.apply()["Instance/types"]
    assert result.messages == [
        "configVariables.A Number: declared '7', but the API holds '15'",
        "configVariables.A String: the API accepted the secret but does not hold it",
    ]
    assert result.outcome["id"] == world.rows("instances", name="Types")[0]["id"]


def test_a_deploy_without_effect_is_reported(world: World) -> None:
    """Where no field differs and something is still to be done, that is told."""

    def undo(_: dict[str, Any], answer: dict[str, Any]) -> None:
        if any("instance" in (payload or {}) for payload in (answer.get("data") or {}).values()):
            world.sandbox.store.execute("UPDATE instances SET needsDeploy = 1")

    with planned(world, INSTANCE, transport=Meddling(world.sandbox, answer=undo)) as run:
        result = run.apply()["Instance/types"]
    assert result.status == "not converged"
    assert result.messages == ["still to do: deploy (its configuration changed since the last deploy)"]


def test_a_change_that_cannot_be_read_back_does_not_count_as_converged(world: World) -> None:
    """When reading back fails, what was accepted is told as not known to have converged."""

    def fail(body: dict[str, Any]) -> None:
        if "mutation" not in body["query"] and world.mutations:
            message = "the stack is down"
            raise ServerFault(message)

    with planned(world, CUSTOMER, transport=Meddling(world.sandbox, ask=fail)) as run:
        result = run.apply()["Customer/ftl"]
    assert result.status == "not converged"
    assert result.messages == ["the API accepted it, but the read-back failed: the stack is down"]


def test_a_prune_without_effect_is_reported(world: World, tmp_path: Path) -> None:
    """What was to be pruned and is still there did not converge."""
    owned = world.seed.customer("Stray", labels=["gitops:acme"])
    (tmp_path / "reconciler.yaml").write_text(PROJECT, encoding="utf-8")
    (tmp_path / "customer.yaml").write_text(CUSTOMER, encoding="utf-8")

    def restore(_: dict[str, Any], answer: dict[str, Any]) -> None:
        deleted = any("deleteCustomer" in entry.field for entry in world.mutations)
        if deleted and not world.rows("customers", name="Stray"):
            columns = {key: value for key, value in owned.items() if key != "seq"}
            world.sandbox.store.insert("customers", **columns)

    transport = Meddling(world.sandbox, answer=restore)
    flags = ("Customer",)
    with planned(world, Path(), cwd=tmp_path, transport=transport, allow_delete=flags) as run:
        results = run.apply()
    (stray,) = [result for address, result in results.items() if address != "Customer/ftl"]
    assert stray.status == "not converged"
    assert stray.messages == ["still to do: delete (it carries this project's label and is in no manifest (prune))"]
    assert results["Customer/ftl"].ok


def test_nothing_is_read_back_when_nothing_was_done(world: World) -> None:
    """A run in which every change failed asks the API nothing more than to check the mutations, before the first."""
    world.sandbox.faults.add("drop-after", field="updateCustomer", times=None)
    with planned(world, CUSTOMER) as run:
        before = len(world.sandbox.log.queries)
        assert not run.apply()["Customer/ftl"].ok
        assert [each.field for each in world.sandbox.log.queries[before:]] == ["organization"]


READINGS = list(
    product(
        ("true", "false"), ("unchanged", "true"), ("no", "yes"), ("true", "false", "unmanaged"), ("new", "on", "off")
    )
)


@pytest.mark.parametrize(("created", "deployed", "renaming", "declared", "before"), every(5, READINGS))
def test_enabled_converges_under_every_variant(
    created: Any, deployed: Any, renaming: Any, declared: str, before: str
) -> None:
    """Whatever creating and deploying do to ``enabled``, it ends as declared, or else as it was; and it is deployed."""
    variants = Variants(enabled_after_create=created, enabled_after_deploy=deployed, name_needs_deploy=renaming)
    manifest = INSTANCE.replace("{valueFrom: {env: WORD}}", "word") + "  lifecycle: {renamedFrom: [Old]}\n".lstrip()
    if declared != "unmanaged":
        manifest = manifest.replace("  name: Types\n", f"  name: Types\n  enabled: {declared}\n")
    with World(variants) as world:
        owner = world.seed.customer("FTL Rockets")
        if before != "new":
            version = world.seed.version("Every Data Type")["id"]
            arguments = {"customer": owner["id"], "integration": version, "enabled": before == "on"}
            world.seed.instance("Old", deployed=True, **arguments)
            world.sandbox.store.execute("UPDATE instances SET enabled = ?", (before == "on",))
        results = world.apply(manifest)
        assert [result.messages for result in results] == [[]]
        (row,) = world.rows("instances", name="Types")
        assert (row["needsDeploy"], bool(row["lastDeployedAt"])) == (0, True)
        if declared != "unmanaged":
            assert bool(row["enabled"]) is (declared == "true")
        elif before != "new":
            assert bool(row["enabled"]) is (before == "on")
        assert world.plan(manifest).empty


UPGRADES = list(product(("kept", "lost"), ("merge", "replace"), ("keep", "reset"), ("sent", "pretty")))


@pytest.mark.parametrize(("renamed", "inputs", "flows", "json"), UPGRADES)
def test_an_upgrade_converges_under_every_variant(renamed: Any, inputs: Any, flows: Any, json: Any) -> None:
    """Whatever a move to another version does to values, inputs and flows, all that is declared is there in the end."""
    variants = Variants(renamed_variables=renamed, connection_inputs=inputs, flow_configs=flows, json=json)
    manifest = """
apiVersion: reconciler/v1
kind: Instance
metadata: {name: inventory}
spec:
  customer: {name: FTL Rockets}
  name: Inventory
  integration: {name: Acme Inventory, version: VERSION}
  enabled: false
  configVariables:
    Inventory Field Mapping: {a: b}
    Acme Inventory User/Pass: {inputs: {username: me, password: {valueFrom: {env: WORD}}}}
    REGION: west
  flowConfigs:
    Sync Inventory: {apiKeys: [key-one], testPayload: '{"a": 1}'}
"""
    old = manifest.replace("VERSION", "1").replace("REGION", "Warehouse")
    new = manifest.replace("VERSION", "latest").replace("REGION", "Warehouse Region")
    with World(variants) as world:
        world.environ |= {"WORD": WORD}
        world.seed.customer("FTL Rockets")
        assert all(result.ok for result in world.apply(old))
        assert [result.messages for result in world.apply(new)] == [[]]
        (row,) = world.rows("instances", name="Inventory")
        assert world.seed.values(row["id"])["Warehouse Region"] == "west"
        assert world.seed.inputs(row["id"], "Acme Inventory User/Pass") == {"username": "me", "password": WORD}
        assert not row["enabled"]
        assert world.plan(new).empty


@pytest.mark.parametrize("renamed", ["kept", "lost"])
def test_a_default_is_put_back_where_an_upgrade_keeps_another_value(renamed: Any) -> None:
    """Null means the default also of a variable that only the new version has, and that takes over a value."""
    manifest = """
apiVersion: reconciler/v1
kind: Instance
metadata: {name: inventory}
spec:
  customer: {name: FTL Rockets}
  name: Inventory
  integration: {name: Acme Inventory, version: 2}
  configVariables: {Warehouse Region: null}
"""
    with World(Variants(renamed_variables=renamed)) as world:
        owner = world.seed.customer("FTL Rockets")
        version = world.seed.version("Acme Inventory", 1)["id"]
        west = [{"key": "Warehouse", "value": "west"}]
        world.seed.instance("Inventory", customer=owner["id"], integration=version, configVariables=west)
        assert [result.messages for result in world.apply(manifest)] == [[]]
        (row,) = world.rows("instances", name="Inventory")
        assert world.seed.values(row["id"])["Warehouse Region"] == "east"
        assert world.plan(manifest).empty
