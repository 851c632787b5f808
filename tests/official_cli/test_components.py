"""The official CLI on a sandbox: components, forks, signing keys, agents, and log severities."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from official_cli.conftest import INTEGRATIONS

if TYPE_CHECKING:
    from official_cli.prism import Prism

pytestmark = pytest.mark.full


def test_it_lists_components(prism: Prism) -> None:
    """``components`` lists and searches what definitions name, with actions and triggers."""
    crm = next(row for row in prism.rows("components:list") if row["key"] == "crm")
    assert (crm["public"], crm["versionNumber"]) == ("false", "2")
    assert [row["key"] for row in prism.rows("components:list", "--search", "CRM")] == ["crm"]
    assert {row["key"] for row in prism.rows("components:actions:list", "crm", "--private")} == {"listContacts"}
    triggers = prism.rows("components:triggers:list", "schedule-triggers", "--public")
    assert {row["key"] for row in triggers} == {"schedule"}
    assert prism.rows("components:data-sources:list", "crm", "--private") == []


def test_it_deletes_a_component_that_nothing_uses(prism: Prism) -> None:
    """``components:delete`` refuses public ones and those in use."""
    found = {row["key"]: row["id"] for row in prism.rows("components:list")}
    assert "public component" in prism.refused("components:delete", found["schedule-triggers"])
    assert "in use" in prism.refused("components:delete", found["crm"])
    (integration,) = (row["id"] for row in prism.rows("integrations:list") if row["name"] == "CRM Contacts")
    prism.done("integrations:delete", integration)
    prism.done("components:delete", found["crm"])
    assert "crm" not in {row["key"] for row in prism.rows("components:list")}


def test_it_creates_and_forks_integrations(prism: Prism) -> None:
    """``integrations:fork`` copies a definition under another name; ``integrations:create`` begins an empty one."""
    store = prism.sandbox.store
    version = prism.sandbox.seed.version("CRM Contacts")["id"]
    fork = prism.done("integrations:fork", version, "-n", "Our CRM", "-d", "Ours")
    row = store.get("integrations", fork)
    assert (row["name"], row["description"], row["draft"]) == ("Our CRM", "Ours", 1)
    assert {each["key"] for each in store.where("required_config_variables", integration=fork)} == {
        "CRM Connection",
        "Shared Warehouse Connection",
        "Contact Owner",
    }
    assert "already exists" in prism.refused("integrations:fork", version, "-n", "Our CRM", "-d", "Ours")
    empty = prism.done("integrations:create", "-n", "Empty", "-d", "Nothing in it")
    assert store.get("integrations", empty)["description"] == "Nothing in it"


def test_it_validates_definitions(prism: Prism) -> None:
    """``integrations:validate-yaml`` accepts what can be imported, and gives the reason for everything else."""
    assert "valid" in prism.done("integrations:validate-yaml", str(INTEGRATIONS / "crm-contacts.yaml"))
    (prism.folder / "wrong.yaml").write_text("name: Wrong\ndefinitionVersion: 6\n", encoding="utf-8")
    assert "Only definitionVersion 7" in prism.refused("integrations:validate-yaml", "wrong.yaml")


def test_it_lists_shared_connections(prism: Prism) -> None:
    """``organization:connections:list`` has the connections that instances share."""
    part = {"key": "crm", "connection": "oauth2"}
    prism.sandbox.seed.add("connections", stableKey="crm", name="CRM", type="customer", component=part)
    (row,) = prism.rows("organization:connections:list")
    assert "crm" in row.values()


def test_it_manages_the_organization(prism: Prism) -> None:
    """``organization`` renames it, and generates, imports, lists and deletes signing keys."""
    prism.done("organization:update", "-n", "Renamed")
    assert prism.sandbox.store.value("SELECT name FROM organization") == "Renamed"
    assert prism.done("organization:signing-keys:generate").startswith("-----BEGIN PRIVATE KEY-----")
    (prism.folder / "key.pub").write_text("-----BEGIN PUBLIC KEY-----\nx\n-----END PUBLIC KEY-----\n", encoding="utf-8")
    imported = prism.done("organization:signing-keys:import", "-p", "key.pub")
    keys = prism.rows("organization:signing-keys:list")
    assert [row["imported"] for row in keys] == ["false", "true"]
    (prism.folder / "wrong.pub").write_text("x", encoding="utf-8")
    assert "PEM" in prism.refused("organization:signing-keys:import", "-p", "wrong.pub")
    prism.done("organization:signing-keys:delete", imported)
    assert len(prism.rows("organization:signing-keys:list")) == 1


def test_it_deletes_agents_and_lists_severities(prism: Prism) -> None:
    """``on-prem-resources`` lists and deletes agents; ``logs:severities:list`` has the levels by name."""
    agent = prism.sandbox.seed.on_premise_resource("office")["id"]
    assert [row["id"] for row in prism.rows("on-prem-resources:list")] == [agent]
    prism.done("on-prem-resources:delete", agent)
    assert prism.rows("on-prem-resources:list") == []
    assert "ERROR" in {row["name"] for row in prism.rows("logs:severities:list")}
