"""Forks of integrations, components, signing keys, agents, and the organization's name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from sandbox.client import Api

PEM = "-----BEGIN PUBLIC KEY-----\nx\n-----END PUBLIC KEY-----"


def refused(api: Api, mutation: str, **data: Any) -> str:
    (error,) = api.mutate(mutation, "clientMutationId", **data)["errors"]
    message: str = error["messages"][0]
    return message


def test_a_fork_is_a_draft_of_its_own(api: Api) -> None:
    """It has the content of the version that is named, another name and description, and no versions."""
    version = api.sandbox.seed.version("Acme Inventory", 1)["id"]
    select = "integration { id name description flows { nodes { name } } versionSequence { totalCount } }"
    fork = api.done("forkIntegration", select, parent=version, name="Ours", description="")
    assert (fork["name"], fork["description"], fork["versionSequence"]["totalCount"]) == ("Ours", "", 0)
    parent = api("query ($id: ID!) { integration(id: $id) { description flows { nodes { name } } } }", id=version)
    assert fork["flows"] == parent["integration"]["flows"]
    other = api.done("forkIntegration", select, parent=version, name="Theirs")
    assert other["description"] == parent["integration"]["description"]
    assert "already exists" in refused(api, "forkIntegration", parent=version, name="Ours")
    assert refused(api, "forkIntegration", parent="eA==", name="x") == "There is no such integration."


def test_an_integration_can_begin_empty(api: Api) -> None:
    """It has a name, and a definition only if one is sent."""
    made = api.done("createIntegration", "integration { id name metadata }", name="New", metadata="{}")
    assert (made["name"], made["metadata"]) == ("New", "{}")
    whole = api.done(
        "createIntegration", "integration { flows { nodes { name } } }", name="Whole", definition="flows: [{name: A}]"
    )
    assert whole["flows"]["nodes"] == [{"name": "A"}]
    assert refused(api, "createIntegration", name=" ") == "This field cannot be blank."
    assert refused(api, "createIntegration", name="x", definition="{").startswith("The definition is not valid YAML")


def test_a_definition_is_validated_without_being_imported(api: Api) -> None:
    """A valid one is said to be, and a wrong one is refused with the reason."""
    payload = api.mutate("validateIntegrationSchema", "result { isValid }", definition="name: New")
    assert payload["result"] == {"isValid": True}
    assert "with a 'name'" in refused(api, "validateIntegrationSchema", definition="flows: []")
    assert not api.sandbox.store.where("integrations", name="New")


def _components(api: Api) -> dict[str, str]:
    nodes = api("{ components { nodes { id key } } }")["components"]["nodes"]
    return {node["key"]: node["id"] for node in nodes}


def test_a_component_that_something_uses_stays(api: Api) -> None:
    """Public ones, and those that flows, config variables or shared connections use, are not deleted."""
    found = _components(api)
    assert refused(api, "deleteComponent", id=found["schedule-triggers"]) == "A public component cannot be deleted."
    assert "in use" in refused(api, "deleteComponent", id=found["crm"])
    part = {"key": "spare", "connection": "basic"}
    shared = api.sandbox.seed.add("connections", stableKey="spare", component=part)
    spare = _components(api)["spare"]
    assert "in use" in refused(api, "deleteComponent", id=spare)
    api.done("deleteScopedConfigVariable", "scopedConfigVariable { id }", id=shared["id"])
    api.done("deleteComponent", "component { id }", id=spare)
    assert "spare" not in _components(api)


def test_a_component_has_the_actions_that_definitions_use(api: Api) -> None:
    """Steps are actions, and the first one of a flow is a trigger; there are no data sources."""
    query = """query ($t: Boolean, $d: Boolean) { components(key_In: ["crm", "schedule-triggers"]) { nodes { key
      actions(isTrigger: $t, isDataSource: $d) { nodes { key isTrigger scheduleSupport component { key } } } } } }"""
    nodes = {node["key"]: node["actions"]["nodes"] for node in api(query)["components"]["nodes"]}
    assert [(each["key"], each["isTrigger"]) for each in nodes["crm"]] == [("listContacts", False)]
    (schedule,) = nodes["schedule-triggers"]
    assert (schedule["isTrigger"], schedule["scheduleSupport"]) == (True, "REQUIRED")
    assert schedule["component"] == {"key": "schedule-triggers"}
    for arguments in ({"t": True}, {"d": True}):
        chosen = {node["key"]: node["actions"]["nodes"] for node in api(query, **arguments)["components"]["nodes"]}
        assert chosen["crm"] == []


@pytest.mark.parametrize("variant", ["same", "versions"])
def test_another_version_of_a_component_keeps_its_actions(start: Any, variant: str) -> None:
    """Under each reading of a component's IDs, the latest version has all that earlier ones had."""
    api = start(variants=[f"component_ids={variant}"])
    text = "name: N\nflows: [{name: F, steps: [{isTrigger: true, action: {key: t, component: {key: c, version: 1}}}]}]"
    api.sandbox.seed.integration(text, text.replace("key: t", "key: u").replace("version: 1", "version: 2"))
    nodes = api('{ components(key: "c") { nodes { versionNumber actions { nodes { key } } } } }')["components"]["nodes"]
    assert nodes == [{"versionNumber": 2, "actions": {"nodes": [{"key": "t"}, {"key": "u"}]}}]


def test_signing_keys_are_generated_imported_and_deleted(api: Api) -> None:
    """The private half of a generated key is in its answer only."""
    select = "result { privateKey signingKey { id imported privateKeyPreview publicKey } }"
    made = api.mutate("createOrganizationSigningKey", select)["result"]
    assert made["signingKey"]["privateKeyPreview"] in made["privateKey"]
    assert not made["signingKey"]["imported"]
    imported = api.done("importOrganizationSigningKey", "organizationSigningKey { id publicKey }", publicKey=f"{PEM}\n")
    assert imported["publicKey"] == PEM
    assert "PEM" in refused(api, "importOrganizationSigningKey", publicKey="x")
    api.done("deleteOrganizationSigningKey", "organizationSigningKey { id }", id=imported["id"])
    nodes = api("{ organization { signingKeys { nodes { id } } } }")["organization"]["signingKeys"]["nodes"]
    assert nodes == [{"id": made["signingKey"]["id"]}]


def test_the_organization_is_renamed(api: Api) -> None:
    """Its name and its labels can change; a blank name is refused, and nothing changes without either."""
    renamed = api.done("updateOrganization", "organization { name labels }", name="New", labels=["b", "a"])
    assert renamed == {"name": "New", "labels": ["a", "b"]}
    assert api.done("updateOrganization", "organization { name }") == {"name": "New"}
    assert refused(api, "updateOrganization", name="") == "This field cannot be blank."


def test_connections_lose_an_agent_that_is_deleted(api: Api) -> None:
    """An on-premise agent can be deleted although a connection uses it."""
    seed = api.sandbox.seed
    agent = seed.on_premise_resource("office")["id"]
    entry = {"key": "A Connection", "onPremiseResourceId": agent}
    version = seed.version("Every Data Type")["id"]
    made = seed.instance("I", customer=seed.customer("C")["id"], integration=version, configVariables=[entry])["id"]
    assert api.variables(made)["A Connection"]["onPremiseResource"] == {"id": agent}
    api.done("deleteOnPremiseResource", "onPremiseResource { id }", id=agent)
    assert api.variables(made)["A Connection"]["onPremiseResource"] is None
