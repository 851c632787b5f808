"""The official CLI on a sandbox: integrations and their versions, instances and their flows."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from official_cli.conftest import INTEGRATIONS

if TYPE_CHECKING:
    from official_cli.prism import Prism

pytestmark = pytest.mark.full

FIRST, SECOND = (
    (INTEGRATIONS / f"acme-inventory-{number}.yaml")
    .read_text(encoding="utf-8")
    .replace("name: Acme Inventory\n", "name: Hauler\n")
    for number in (1, 2)
)


def test_it_manages_integrations(prism: Prism) -> None:
    """``integrations`` imports, publishes, tells of versions and flows, makes versions available, and deletes."""
    (prism.folder / "first.yaml").write_text(FIRST, encoding="utf-8")
    (prism.folder / "second.yaml").write_text(SECOND, encoding="utf-8")
    draft = prism.done("integrations:import", "-p", "first.yaml")
    assert prism.rows("integrations:versions", draft) == []
    first = prism.done("integrations:publish", draft, "-c", "The first", "--commitHash", "abc")
    replaced = prism.run("integrations:import", "-p", "second.yaml", "-i", draft, "--replace", "--no-confirm")
    assert (replaced.code, replaced.out.strip()) == (0, draft)
    second = prism.done("integrations:publish", draft, "-c", "The second")
    assert prism.done("integrations:available", second, "--no-available") == second
    versions = {row["versionNumber"]: row for row in prism.rows("integrations:versions", draft)}
    assert {number: (row["id"], row["versionComment"], row["available"]) for number, row in versions.items()} == {
        "1": (first, "The first", "true"),
        "2": (second, "The second", "false"),
    }
    (latest,) = prism.rows("integrations:versions", draft, "--latest-available")
    assert latest["id"] == first
    assert {row["name"] for row in prism.rows("integrations:flows:list", second)} == {
        "Sync Inventory",
        "Report Low Stock",
    }
    assert draft in {row["id"] for row in prism.rows("integrations:list", "--search", "hauler")}
    assert {row["id"] for row in prism.rows("integrations:list", "--showAllVersions")} >= {draft, first, second}
    assert len(prism.sandbox.store.where("integrations", name="Hauler")) == 3
    prism.done("integrations:delete", draft)
    assert prism.sandbox.store.where("integrations", name="Hauler") == []


def test_it_manages_instances(prism: Prism) -> None:
    """``instances`` creates, lists, updates, deploys, pauses and deletes, and shows config variables."""
    seed, store = prism.sandbox.seed, prism.sandbox.store
    customer, other = (seed.customer(name)["id"] for name in ("FTL Rockets", "Other"))
    first, second = (seed.version("Acme Inventory", number)["id"] for number in (1, 2))
    seed.instance("Not this one", customer=other, integration=first)
    values = [
        {"key": "Acme Inventory Endpoint", "value": "https://acme.example.com"},
        {"key": "Acme Inventory User/Pass", "values": '[{"name": "username", "type": "value", "value": "me"}]'},
    ]
    told = ("-n", "Acme", "-d", "Theirs", "-l", "Gold")
    instance = prism.done("instances:create", "-i", first, "-c", customer, *told, "-v", json.dumps(values))
    (listed,) = prism.rows("instances:list", "-c", customer, "-i", first)
    expected = {"id": instance, "name": "Acme", "customer": "FTL Rockets", "description": "Theirs", "enabled": "true"}
    assert listed.items() >= expected.items()
    assert len(prism.rows("instances:list")) == 2
    variables = {row["key"]: row for row in prism.rows("instances:config-vars:list", instance)}
    assert variables["Acme Inventory Endpoint"]["value"] == "https://acme.example.com"
    assert {"name": "username", "value": "me"} in json.loads(variables["Acme Inventory User/Pass"]["value"])["nodes"]
    assert prism.done("instances:deploy", instance) == instance
    assert store.get("instances", instance)["lastDeployedAt"]
    assert prism.done("instances:disable", instance) == instance
    assert not store.get("instances", instance)["enabled"]
    assert prism.done("instances:enable", instance) == instance
    assert store.get("instances", instance)["enabled"]
    changes = ("-n", "Acme Two", "-d", "Ours", "-l", "silver", "-v", second, "--deploy")
    assert prism.done("instances:update", instance, *changes) == instance
    row = store.get("instances", instance)
    assert (row["name"], row["description"], row["integration"]) == ("Acme Two", "Ours", second)
    assert (json.loads(row["labels"]), row["needsDeploy"]) == (["silver"], 0)
    refused = prism.refused("instances:create", "-i", first, "-c", customer, "-n", "X", "-v", '[{"key": "Nope"}]')
    assert refused == "Error: configVariables: There is no config variable with the key 'Nope'."
    prism.done("instances:delete", instance)
    assert store.find("instances", instance) is None


def test_it_tries_flows(prism: Prism) -> None:
    """``instances:flow-configs`` lists flows with their webhooks, and tests one and shows what it logged."""
    seed = prism.sandbox.seed
    version = seed.version("Acme Inventory", 1)["id"]
    instance = seed.instance("Acme", customer=seed.customer("FTL")["id"], integration=version, deployed=True)["id"]
    (flow,) = prism.rows("instances:flow-configs:list", instance)
    assert flow["name"] == "Sync Inventory"
    assert flow["webhookUrl"].startswith(f"{prism.environ['PRISMATIC_URL']}/trigger/")
    payload = ("-p", '{"sku": 7}', "-c", "application/json")
    assert prism.done("instances:flow-configs:test", flow["id"], *payload) == ""
    shown = prism.done("instances:flow-configs:test", flow["id"], *payload, "--tail")
    assert "Ending Instance Execution of 'Acme' and Flow 'Sync Inventory'" in shown
    sent = [entry.arguments["input"]["payload"] for entry in prism.sandbox.log.fields("testInstanceFlowConfig")]
    assert [json.loads(text) for text in sent] == [{"sku": 7}] * 2
    assert prism.sandbox.store.value("SELECT count(*) FROM executions") == 2


def test_it_fetches_the_result_of_a_step(prism: Prism) -> None:
    """``executions:step-result:get`` prints what a rule of the sandbox says that the step returned."""
    seed = prism.sandbox.seed
    version = seed.version("Acme Inventory", 1)["id"]
    seed.instance("Acme", customer=seed.customer("FTL")["id"], integration=version, deployed=True)
    prism.sandbox.outcomes.add(steps={"Fetch Items": {"count": 3}})
    config = prism.sandbox.store.rows("SELECT id FROM flow_configs ORDER BY seq DESC LIMIT 1")[0]["id"]
    prism.done("instances:flow-configs:test", config, "-p", "{}", "-c", "application/json")
    execution = prism.sandbox.store.value("SELECT id FROM executions")
    shown = prism.done("executions:step-result:get", "-e", execution, "-s", "Fetch Items")
    assert json.loads(shown) == {"count": 3}
