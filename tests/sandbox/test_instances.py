"""Instances: creating, changing, deploying and upgrading them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from sandbox.client import inputs

if TYPE_CHECKING:
    from collections.abc import Callable

    from sandbox.client import Api

_INSTANCE = """instance { id name description labels enabled needsDeploy deployedVersion lastDeployedAt configState
  updatedAt isSystem designedBy instanceType integration { id versionNumber } customer { id }
  flowConfigs { nodes { id apiKeys testPayload testHeaders testContentType usesLre webhookUrl flow { id name } } } }"""


def _make(api: Api, version: int | None = None, name: str = "I", **data: Any) -> dict[str, Any]:
    seed = api.sandbox.seed
    found = api.sandbox.store.where("customers", name="C")
    customer = (found[0] if found else seed.customer("C"))["id"]
    integration = seed.version("Acme Inventory", version)["id"]
    row: dict[str, Any] = api.done(
        "createInstance", _INSTANCE, name=name, customer=customer, integration=integration, **data
    )
    return row


def _update(api: Api, made: dict[str, Any], **data: Any) -> dict[str, Any]:
    row: dict[str, Any] = api.done("updateInstance", _INSTANCE, id=made["id"], **data)
    return row


def _deploy(api: Api, made: dict[str, Any], **data: Any) -> dict[str, Any]:
    row: dict[str, Any] = api.done("deployInstance", _INSTANCE, id=made["id"], **data)
    return row


def test_a_new_instance_waits_for_its_first_deploy(api: Api) -> None:
    """It is enabled, ordinary, was never deployed and says that it needs to be."""
    made = _make(api, description="d", labels=["B", "a"])
    assert (made["enabled"], made["needsDeploy"], made["lastDeployedAt"], made["deployedVersion"]) == (
        True,
        True,
        None,
        0,
    )
    assert (made["isSystem"], made["designedBy"], made["instanceType"]) == (False, "ORG", "INTEGRATION")
    assert (made["description"], made["labels"], made["configState"]) == ("d", ["a", "b"], "FULLY_CONFIGURED")


def test_names_are_unique_within_a_customer(api: Api) -> None:
    """A second instance of the name is refused for the object as a whole; another customer may have one."""
    made = _make(api)
    data = {"name": "I", "integration": made["integration"]["id"]}
    assert [field for field, _ in api.errors("createInstance", **data, customer=made["customer"]["id"])] == ["__all__"]
    other = _make(api, name="Other")
    assert [field for field, _ in api.errors("updateInstance", id=other["id"], name="I")] == ["__all__"]
    assert [field for field, _ in api.errors("updateInstance", id=other["id"], name="")] == ["name"]
    elsewhere = api.sandbox.seed.customer("Elsewhere")["id"]
    api.done("createInstance", "instance { id }", **data, customer=elsewhere)
    assert [field for field, _ in api.errors("createInstance", **data, customer="x")] == ["customer"]


def test_attributes_change_without_a_deploy(api: Api) -> None:
    """Name, description, labels and whether it is enabled take effect by themselves."""
    made = _deploy(api, _make(api))
    changed = _update(api, made, name="J", description="d", labels=["X"], enabled=False)
    assert (changed["name"], changed["description"], changed["labels"], changed["enabled"]) == ("J", "d", ["x"], False)
    assert changed["needsDeploy"] is False
    assert changed["updatedAt"] > made["updatedAt"]
    assert _update(api, changed, name="J", labels=None) == changed
    assert _update(api, changed, description="")["description"] == ""


def test_configuration_takes_effect_with_a_deploy(api: Api) -> None:
    """What changes the configuration makes a deploy needed; what does not change it does not."""
    made = _deploy(api, _make(api))
    assert (made["needsDeploy"], made["deployedVersion"]) == (False, 2)
    same = [{"key": "Batch Size", "value": "50"}]
    other = [{"key": "Batch Size", "value": "51"}]
    select = "instance { needsDeploy updatedAt }"
    unchanged = api.done("updateInstanceConfigVariables", select, id=made["id"], configVariables=same)
    assert unchanged == {"needsDeploy": False, "updatedAt": made["updatedAt"]}
    changed = api.done("updateInstanceConfigVariables", select, id=made["id"], configVariables=other)
    assert changed["needsDeploy"] is True
    assert changed["updatedAt"] > made["updatedAt"]
    again = _deploy(api, made, force=True)
    assert again["needsDeploy"] is False
    assert again["lastDeployedAt"] > made["lastDeployedAt"]
    again = api.done("updateInstanceConfigVariables", select, id=made["id"], configVariables=same)
    once_more = api.done("updateInstanceConfigVariables", select, id=made["id"], configVariables=other)
    assert once_more["updatedAt"] > again["updatedAt"]


def test_the_deploy_state_can_be_preserved(api: Api) -> None:
    """``preserveDeployState`` changes the configuration and leaves ``needsDeploy`` as it was."""
    made = _deploy(api, _make(api))
    changed = _update(api, made, configVariables=[{"key": "Batch Size", "value": "7"}], preserveDeployState=True)
    assert changed["needsDeploy"] is False
    assert changed["updatedAt"] > made["updatedAt"]
    assert api.values(made["id"])["Batch Size"] == "7"


def test_flow_configs_are_written_by_flow(api: Api) -> None:
    """API keys and test data are kept for each flow, readable, and null leaves a part alone."""
    made = _make(api)
    flow = made["flowConfigs"]["nodes"][0]["flow"]["id"]
    written = {"flowId": flow, "apiKeys": ["k1", None, "k2"], "testPayload": "{}", "testHeaders": "{}", "usesLre": True}
    config = _update(api, made, flowConfigs=[written])["flowConfigs"]["nodes"][0]
    assert (config["apiKeys"], config["testPayload"], config["usesLre"]) == (["k1", "k2"], "{}", True)
    after = _update(api, made, flowConfigs=[{"flowId": flow, "apiKeys": None, "testContentType": "text/plain"}])
    config = after["flowConfigs"]["nodes"][0]
    assert (config["apiKeys"], config["testContentType"]) == (["k1", "k2"], "text/plain")
    deployed = _deploy(api, made)
    assert _update(api, deployed, flowConfigs=[{"flowId": flow}])["needsDeploy"] is False
    assert _update(api, deployed, flowConfigs=[{"flowId": flow, "apiKeys": []}])["needsDeploy"] is True
    assert [field for field, _ in api.errors("updateInstance", id=made["id"], flowConfigs=[{"flowId": "x"}])] == [
        "flowConfigs"
    ]


def test_flow_configs_given_at_creation_are_kept(api: Api) -> None:
    """``createInstance`` takes flow configs for the version's flows."""
    flow = _make(api)["flowConfigs"]["nodes"][1]["flow"]["id"]
    made = _make(api, name="J", flowConfigs=[{"flowId": flow, "apiKeys": ["k"]}])
    assert [config["apiKeys"] for config in made["flowConfigs"]["nodes"]] == [[], ["k"]]


def test_unnamed_flow_configs_are_kept_or_reset(start: Callable[..., Api]) -> None:
    """What ``updateInstance(flowConfigs:)`` does not name stays, or goes blank where the variant says so."""
    for variant, kept in (("keep", ["k"]), ("reset", [])):
        api = start(variants=[f"flow_configs={variant}"])
        made = _make(api)
        first, second = (config["flow"]["id"] for config in made["flowConfigs"]["nodes"])
        _update(api, made, flowConfigs=[{"flowId": first, "apiKeys": ["k"]}])
        configs = _update(api, made, flowConfigs=[{"flowId": second, "apiKeys": ["m"]}])["flowConfigs"]["nodes"]
        assert [config["apiKeys"] for config in configs] == [kept, ["m"]]


def test_an_upgrade_keeps_values_by_key(api: Api) -> None:
    """Values stay, a renamed variable keeps its value, new ones have defaults, gone ones are gone."""
    made = _make(api, 1)
    values = [
        {"key": "Batch Size", "value": "7"},
        {"key": "Warehouse", "value": "west"},
        {"key": "Legacy Export Path", "value": "x/"},
        {"key": "Acme Inventory User/Pass", "values": inputs(username="u", password="p")},
    ]
    api.done("updateInstanceConfigVariables", "instance { id }", id=made["id"], configVariables=values)
    made = _deploy(api, made)
    target = api.sandbox.seed.version("Acme Inventory", 2)["id"]
    upgraded = _update(api, made, integration=target)
    assert (upgraded["integration"]["versionNumber"], upgraded["needsDeploy"]) == (2, True)
    assert upgraded["deployedVersion"] == 1
    after = api.values(made["id"])
    assert (after["Batch Size"], after["Warehouse Region"], after["Low Stock Threshold"]) == ("7", "west", "10")
    assert "Legacy Export Path" not in after
    assert "Warehouse" not in after
    assert api.sandbox.seed.inputs(made["id"], "Acme Inventory User/Pass") == {"username": "u", "password": "p"}
    assert _deploy(api, made)["deployedVersion"] == 2


def test_an_upgrade_keeps_the_webhooks_of_flows_that_stay(api: Api) -> None:
    """A flow's config keeps its URL and keys under the flow's new ID; new flows get configs, gone ones lose them."""
    made = _make(api, 1)
    (config,) = made["flowConfigs"]["nodes"]
    _update(api, made, flowConfigs=[{"flowId": config["flow"]["id"], "apiKeys": ["k"]}])
    up = _update(api, made, integration=api.sandbox.seed.version("Acme Inventory", 2)["id"])
    first, second = up["flowConfigs"]["nodes"]
    assert (first["webhookUrl"], first["apiKeys"]) == (config["webhookUrl"], ["k"])
    assert first["flow"]["id"] != config["flow"]["id"]
    assert second["flow"]["name"] == "Report Low Stock"
    down = _update(api, made, integration=made["integration"]["id"])
    assert [item["flow"]["name"] for item in down["flowConfigs"]["nodes"]] == ["Sync Inventory"]


def test_a_renamed_variable_can_lose_its_value(start: Callable[..., Api]) -> None:
    """Where the variant says so, a variable that a version renames starts over with its default."""
    api = start(variants=["renamed_variables=lost"])
    made = _make(api, 1, configVariables=[{"key": "Warehouse", "value": "west"}])
    _update(api, made, integration=api.sandbox.seed.version("Acme Inventory", 2)["id"])
    assert api.values(made["id"])["Warehouse Region"] == "east"


def test_renames_follow_the_stable_key_too(api: Api) -> None:
    """A variable whose key changed and whose stable key did not keeps its value, unless its type changed."""
    text = "name: Stable\nrequiredConfigVars:\n  - {{key: {0}, stableKey: a, dataType: {1}, defaultValue: '1'}}\n"
    first = api.sandbox.seed.integration(text.format("Old", "string"))["id"]
    second = api.sandbox.seed.integration(text.format("New", "string"))["id"]
    third = api.sandbox.seed.integration(text.format("New", "number"))["id"]
    customer = api.sandbox.seed.customer("C")["id"]
    made = api.sandbox.seed.instance(
        "I", customer=customer, integration=first, configVariables=[{"key": "Old", "value": "x"}]
    )
    _update(api, made, integration=second)
    assert api.values(made["id"]) == {"New": "x"}
    _update(api, made, integration=third)
    assert api.values(made["id"]) == {"New": "1"}


def test_an_instance_stays_with_its_integration(api: Api) -> None:
    """Another integration's version, an unavailable one or none at all is refused."""
    made = _make(api)
    foreign = api.sandbox.seed.version("CRM Contacts")["id"]
    old = api.sandbox.seed.version("Acme Inventory", 1)["id"]
    api.done("updateIntegrationVersionAvailability", "integration { id }", id=old, available=False)
    for target in (foreign, old, "x"):
        assert [field for field, _ in api.errors("updateInstance", id=made["id"], integration=target)] == [
            "integration"
        ]
    assert _update(api, made, integration=made["integration"]["id"]) == made


def test_an_unconfigured_instance_is_not_deployed(start: Callable[..., Api]) -> None:
    """Deploying is refused until the configuration is complete, unless the variant allows it."""
    for variant, refused in (("refused", True), ("allowed", False)):
        api = start(variants=[f"deploy_unconfigured={variant}"])
        customer = api.sandbox.seed.customer("C")["id"]
        version = api.sandbox.seed.version("CRM Contacts")["id"]
        made = api.sandbox.seed.instance("I", customer=customer, integration=version)["id"]
        payload = api.mutate("deployInstance", "instance { lastDeployedAt }", id=made)
        assert bool(payload["errors"]) is refused
        if refused:
            assert payload == {
                "instance": None,
                "errors": [{"field": "__all__", "messages": ["This instance is not fully configured."]}],
            }


@pytest.mark.parametrize("variant", ["unchanged", "true"])
def test_deploying_a_paused_instance_is_a_variant(start: Callable[..., Api], variant: str) -> None:
    """A paused instance stays paused when it is deployed, or is enabled by it."""
    api = start(variants=[f"enabled_after_deploy={variant}"])
    made = _update(api, _make(api), enabled=False)
    assert _deploy(api, made)["enabled"] is (variant == "true")


@pytest.mark.parametrize("variant", ["true", "false"])
def test_whether_a_new_instance_is_enabled_is_a_variant(start: Callable[..., Api], variant: str) -> None:
    """A new instance is enabled, or has to be."""
    assert _make(start(variants=[f"enabled_after_create={variant}"]))["enabled"] is (variant == "true")


@pytest.mark.parametrize(("variant", "expected"), [("version", [2, 2]), ("count", [1, 2])])
def test_the_deployed_version_is_a_variant(start: Callable[..., Api], variant: str, expected: list[int]) -> None:
    """It is the integration's version number, or counts deploys."""
    api = start(variants=[f"deployed_version={variant}"])
    made = _make(api)
    assert [_deploy(api, made)["deployedVersion"] for _ in range(2)] == expected


@pytest.mark.parametrize(("variant", "expected"), [("no", False), ("yes", True)])
def test_whether_a_new_name_needs_a_deploy_is_a_variant(
    start: Callable[..., Api], variant: str, *, expected: bool
) -> None:
    """Renaming a deployed instance needs a deploy, or does not; the same name never does."""
    api = start(variants=[f"name_needs_deploy={variant}"])
    made = _deploy(api, _make(api))
    assert _update(api, made, name="I")["needsDeploy"] is False
    assert _update(api, made, name="J")["needsDeploy"] is expected


@pytest.mark.parametrize(("variant", "expected"), [("lower", ["a", "gitops:x"]), ("kept", ["A", "GitOps:x"])])
def test_the_case_of_labels_is_a_variant(start: Callable[..., Api], variant: str, expected: list[str]) -> None:
    """Instance labels are lower-cased, or kept as they were sent."""
    assert _make(start(variants=[f"instance_labels={variant}"]), labels=["GitOps:x", "A"])["labels"] == expected


@pytest.mark.parametrize("variant", ["every-version", "exact"])
def test_the_filter_by_integration_is_a_variant(start: Callable[..., Api], variant: str) -> None:
    """Filtering by a version's ID finds every version's instances, or that version's only."""
    api = start(variants=[f"instances_by_integration={variant}"])
    made = _make(api, 1)
    other = api.sandbox.seed.version("Acme Inventory", 2)["id"]
    query = "query ($id: ID) { instances(integration: $id, isSystem: false) { totalCount } }"
    assert api(query, id=made["integration"]["id"])["instances"]["totalCount"] == 1
    assert api(query, id=other)["instances"]["totalCount"] == (1 if variant == "every-version" else 0)


@pytest.mark.parametrize(("variant", "left"), [("independent", ["A"]), ("atomic", [])])
def test_mutations_in_one_request_are_carried_out_in_order(
    start: Callable[..., Api], variant: str, left: list[str]
) -> None:
    """Each alias has errors of its own; whether one's failure undoes the others is a variant."""
    api = start(variants=[f"batches={variant}"])
    answer = api(
        """mutation {
          one: createCustomer(input: {name: "A"}) { customer { name } errors { field } }
          two: createCustomer(input: {name: "A"}) { customer { name } errors { field } } }"""
    )
    assert answer == {
        "one": {"customer": {"name": "A"}, "errors": []},
        "two": {"customer": None, "errors": [{"field": "name"}]},
    }
    nodes = api("{ customers(isSystem: false) { nodes { name } } }")["customers"]["nodes"]
    assert [node["name"] for node in nodes] == left
    api('mutation { createCustomer(input: {name: "B"}) { errors { field } } }')
    assert api('{ customers(name: "B") { totalCount } }')["customers"]["totalCount"] == 1


def test_an_edited_draft_takes_its_test_instance_along(api: Api) -> None:
    """The designer's test instance follows the draft's variables and keeps its values."""
    text = "name: Draft\nflows: [{{name: F}}]\nrequiredConfigVars:\n  - {{key: A, dataType: string}}\n{0}"
    draft = api.done("importIntegration", "integration { id systemInstance { id } }", definition=text.format(""))
    system = draft["systemInstance"]["id"]
    api.done(
        "updateInstanceConfigVariables", "instance { id }", id=system, configVariables=[{"key": "A", "value": "x"}]
    )
    more = text.format("  - {key: B, dataType: string}\n")
    api.done("importIntegration", "integration { id }", definition=more, integrationId=draft["id"])
    assert api.values(system) == {"A": "x", "B": None}
