"""Integrations: definitions, drafts and versions."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from reconciler.sandbox.data.definition import DATA_TYPES, DefinitionError, parse_definition

if TYPE_CHECKING:
    from collections.abc import Callable

    from sandbox.client import Api

SHARED = Path(__file__).parents[3] / "shared" / "data" / "integrations"
_SMALL = "name: Small\ndescription: {0}\nflows:\n  - {{name: Flow, steps: []}}\nrequiredConfigVars:\n{1}"


def _small(description: str = "first", *variables: str) -> str:
    return _SMALL.format(description, "".join(f"  - {{{text}}}\n" for text in variables))


def test_every_real_definition_is_imported(start: Callable[..., Api]) -> None:
    """Definitions that Prismatic publishes import, and their variables and flows are all there."""
    if not SHARED.is_dir():
        pytest.skip("Prismatic's published definitions are not beside this checkout")
    api = start(integrations=(SHARED,))
    query = """{ integrations(allVersions: true, versionIsAvailable: true) { nodes { name definition
      flows { totalCount nodes { name endpointSecurityType stableId } }
      requiredConfigVariables { totalCount nodes { key dataType inputs { nodes { name value meta } }
        connection { key oauth2Type component { key } } scopedConfigVariable { key } } } } } }"""
    nodes = {node["name"]: node for node in api(query)["integrations"]["nodes"]}
    assert len(nodes) == len(list(SHARED.glob("*.yml")))
    for node in nodes.values():
        parsed = parse_definition(node["definition"])
        assert node["flows"]["totalCount"] == len(parsed.flows)
        assert node["requiredConfigVariables"]["totalCount"] == len(parsed.variables)
    hubspot = nodes["Hubspot Example Integration"]["requiredConfigVariables"]["nodes"]
    assert [variable["dataType"] for variable in hubspot] == ["CONNECTION", "STRING", "JSONFORM"]
    assert hubspot[0]["connection"] == {
        "key": "oauth2",
        "oauth2Type": "AUTHORIZATION_CODE",
        "component": {"key": "hubspot"},
    }
    hooli = nodes["Hooli"]["requiredConfigVariables"]["nodes"]
    assert hooli[1]["scopedConfigVariable"] == {"key": "acme-api-key"}


def test_the_examples_cover_every_data_type_in_both_collections(api: Api) -> None:
    """Every type a definition can declare is there, alone and as a list; connections are never lists."""
    query = """{ integrations(allVersions: true, versionIsAvailable: true) { nodes {
      requiredConfigVariables { nodes { dataType collectionType } } } } }"""
    nodes = api(query)["integrations"]["nodes"]
    shown = {
        (variable["dataType"], variable["collectionType"])
        for node in nodes
        for variable in node["requiredConfigVariables"]["nodes"]
    }
    assert {data_type for data_type, _ in shown} == DATA_TYPES - {"CREDENTIAL"}
    for collection in ("VALUELIST", "KEYVALUELIST"):
        assert ("STRING", collection) in shown


def test_versions_share_a_sequence_and_nothing_else(api: Api) -> None:
    """Each version has an ID and flows of its own; their stable keys and the sequence connect them."""
    query = """{
      integrations(name: "Acme Inventory", allVersions: true, sortBy: {field: VERSION_NUMBER, direction: ASC}) {
      nodes { id versionNumber versionSequenceId versionIsAvailable versionIsLatest parent { id }
        flows { nodes { id stableKey stableId } } } } }"""
    first, second, draft = api(query)["integrations"]["nodes"]
    assert [node["versionNumber"] for node in (first, second, draft)] == [1, 2, 3]
    assert [node["versionIsAvailable"] for node in (first, second, draft)] == [True, True, False]
    assert [node["versionIsLatest"] for node in (first, second, draft)] == [False, True, False]
    assert [node["parent"] for node in (first, second, draft)] == [{"id": draft["id"]}, {"id": draft["id"]}, None]
    assert len({node["versionSequenceId"] for node in (first, second, draft)}) == 1
    flows = [node["flows"]["nodes"][0] for node in (first, second, draft)]
    assert len({flow["id"] for flow in flows}) == 3
    assert {(flow["stableKey"], flow["stableId"]) for flow in flows} == {("sync-inventory", flows[0]["stableId"])}


def test_the_draft_s_number_is_a_variant(start: Callable[..., Api]) -> None:
    """The unpublished draft counts one higher than the latest version, or 0."""
    query = '{ integrations(name: "Acme Inventory") { nodes { versionNumber } } }'
    assert start()(query)["integrations"]["nodes"] == [{"versionNumber": 3}]
    assert start(variants=["draft_number=zero"])(query)["integrations"]["nodes"] == [{"versionNumber": 0}]


def test_required_config_variables_say_what_the_definition_says(api: Api) -> None:
    """Types, defaults, options, schedules and inputs come from the definition."""
    query = """{ integrations(name: "Every Data Type") { nodes { requiredConfigVariables {
      nodes { key stableKey dataType collectionType defaultValue pickList scheduleType timeZone codeLanguage orgOnly
        onPremiseConnectionConfig userLevelConfigured sortOrder meta
        inputs { nodes { name type value hasValue meta } } } } } } }"""
    nodes = api(query)["integrations"]["nodes"][0]["requiredConfigVariables"]["nodes"]
    shown = {node["key"]: node for node in nodes}
    assert [node["sortOrder"] for node in nodes] == list(range(len(nodes)))
    assert shown["A Picklist"]["pickList"] == ["red", "green", "blue"]
    assert (shown["A Schedule"]["scheduleType"], shown["A Schedule"]["defaultValue"]) == ("HOUR", "5 */1 * * *")
    assert shown["A JSON Code"]["codeLanguage"] == "JSON"
    assert shown["A Connection"]["onPremiseConnectionConfig"] == "ALLOWED"
    assert [item["name"] for item in shown["A Connection"]["inputs"]["nodes"]] == ["apiKey", "host", "port"]
    key, host, _ = shown["A Connection"]["inputs"]["nodes"]
    assert (json.loads(key["meta"]), key["hasValue"]) == ({"writeOnly": True}, False)
    assert (host["value"], host["type"], host["hasValue"]) == ("colors.example.com", "VALUE", True)


def test_inputs_are_filtered_by_who_may_see_them(api: Api) -> None:
    """``visibleToCustomerDeployer`` and ``visibleToOrgDeployer`` look at the inputs' meta."""
    query = """query ($seen: Boolean) { integrations(name: "CRM Contacts") { nodes {
      requiredConfigVariables(dataType: "connection", key_In: ["CRM Connection"]) {
        nodes { inputs(visibleToCustomerDeployer: $seen) { totalCount nodes { name } } } } } } }"""

    def names(seen: bool | None) -> list[str]:
        node = api(query, seen=seen)["integrations"]["nodes"][0]["requiredConfigVariables"]["nodes"][0]
        return [item["name"] for item in node["inputs"]["nodes"]]

    assert names(seen=True) == ["scopes"]
    assert names(seen=False) == ["clientId", "clientSecret"]
    assert names(seen=None) == ["clientId", "clientSecret", "scopes"]


def test_an_integration_is_imported_published_and_withdrawn(api: Api) -> None:
    """Import makes a draft, publishing a version, and a withdrawn version cannot be deployed."""
    draft = api.done("importIntegration", "integration { id hasUnpublishedChanges versionNumber }", definition=_small())
    assert (draft["hasUnpublishedChanges"], draft["versionNumber"]) == (True, 1)
    customer = api.sandbox.seed.customer("C")["id"]
    create = {"customer": customer, "name": "I"}
    assert [field for field, _ in api.errors("createInstance", **create, integration=draft["id"])] == ["integration"]
    assert api.errors("updateIntegrationVersionAvailability", id=draft["id"], available=True)
    version = api.done(
        "publishIntegration", "integration { id versionNumber versionComment }", id=draft["id"], comment="Go"
    )
    assert (version["versionNumber"], version["versionComment"]) == (1, "Go")
    withdrawn = api.done(
        "updateIntegrationVersionAvailability",
        "integration { versionIsAvailable }",
        id=version["id"],
        available=False,
    )
    assert withdrawn["versionIsAvailable"] is False
    assert [field for field, _ in api.errors("createInstance", **create, integration=version["id"])] == ["integration"]
    assert [field for field, _ in api.errors("createInstance", **create, integration="x")] == ["integration"]


def test_a_second_import_names_the_integration_to_replace(api: Api) -> None:
    """The same name is refused unless ``replace`` or the integration's ID says that it is meant."""
    draft = api.done("importIntegration", "integration { id }", definition=_small())["id"]
    assert api.errors("importIntegration", definition=_small("second")) == [
        ("__all__", "An integration named Small already exists.")
    ]
    for more in ({"replace": True}, {"integrationId": draft}):
        changed = api.done("importIntegration", "integration { id description }", definition=_small("third"), **more)
        assert changed == {"id": draft, "description": "third"}


def test_a_draft_is_edited_in_place(api: Api) -> None:
    """``updateIntegration`` changes fields, flows and the whole definition of the draft, not of versions."""
    version = api.sandbox.seed.integration(_small("first", "key: A, dataType: string"))["id"]
    changed = api.done(
        "updateIntegration",
        "integration { id name description category labels hasUnpublishedChanges flows { nodes { id } } }",
        id=version,
        description="new",
        category="C",
        labels=["X"],
    )
    assert (changed["description"], changed["category"], changed["labels"]) == ("new", "C", ["x"])
    assert changed["hasUnpublishedChanges"] is True
    flow = changed["flows"]["nodes"][0]["id"]
    api.done(
        "updateIntegration",
        "integration { id }",
        id=version,
        flows=[{"id": flow, "testPayload": "{}", "organizationApiKeys": ["k"]}, {"id": flow}],
    )
    replaced = api.done(
        "updateIntegration",
        "integration { id requiredConfigVariables { nodes { key } } }",
        id=version,
        definition=_small("second", "key: B, dataType: number"),
    )
    assert replaced["requiredConfigVariables"]["nodes"] == [{"key": "B"}]
    read = "query ($id: ID!) { integration(id: $id) { description requiredConfigVariables { nodes { key } } } }"
    assert api(read, id=version)["integration"]["requiredConfigVariables"]["nodes"] == [{"key": "A"}]
    other = api('{ integrations(name: "CRM Contacts") { nodes { flows { nodes { id } } } } }')
    foreign = other["integrations"]["nodes"][0]["flows"]["nodes"][0]["id"]
    assert [field for field, _ in api.errors("updateIntegration", id=version, flows=[{"id": foreign}])] == ["flows"]


def test_versions_are_looked_up_from_any_of_them(api: Api) -> None:
    """``versions``, ``versionSequence`` and ``versionAt`` see the whole sequence."""
    query = """query ($id: ID!) { integration(id: $id) {
      versions(orderBy: {field: VERSION_NUMBER, direction: DESC}) {
        nodes { versionNumber isAvailable publishedBy { email } } }
      versionSequence(allVersions: true, first: 1) { totalCount nodes { versionNumber } }
      first: versionAt(versionNumber: 1) { versionNumber }
      none: versionAt(versionNumber: 9) { versionNumber }
      same: versionAt(id: $id) { id }
      latest: versionAt(latestAvailable: true) { versionNumber }
      definition(version: 7) } }"""
    identifier = api.sandbox.seed.version("Acme Inventory", 2)["id"]
    api.done("updateIntegrationVersionAvailability", "integration { id }", id=identifier, available=False)
    found = api(query, id=identifier)["integration"]
    assert [node["versionNumber"] for node in found["versions"]["nodes"]] == [2, 1]
    assert [node["isAvailable"] for node in found["versions"]["nodes"]] == [False, True]
    assert found["versionSequence"] == {"totalCount": 2, "nodes": [{"versionNumber": 1}]}
    assert (found["first"], found["none"], found["same"]) == ({"versionNumber": 1}, None, {"id": identifier})
    assert found["latest"] == {"versionNumber": 1}
    assert "Low Stock Threshold" in found["definition"]


def test_an_integration_knows_its_instances(api: Api, instance: str) -> None:
    """How many are deployed, which was first, and the designer's test instance, which is a system one."""
    query = """query ($id: ID!) { integration(id: $id) { deployedInstances firstDeployedInstance { id }
      lastExecutedAt userLevelConfigured systemInstance { isSystem customer { name } }
      instances(isSystem: false) { totalCount } } }"""
    identifier = api.sandbox.seed.version("Acme Inventory")["id"]
    before = api(query, id=identifier)["integration"]
    assert (before["deployedInstances"], before["firstDeployedInstance"]) == ("ZERO", None)
    assert before["systemInstance"] == {"isSystem": True, "customer": {"name": "Designer Test Customer"}}
    assert before["instances"] == {"totalCount": 1}
    api.done("deployInstance", "instance { id }", id=instance)
    after = api(query, id=identifier)["integration"]
    assert (after["deployedInstances"], after["firstDeployedInstance"]) == ("ONE", {"id": instance})
    customer = api.sandbox.seed.customer("Second")["id"]
    api.sandbox.seed.instance("I", customer=customer, integration=identifier, deployed=True)
    assert api(query, id=identifier)["integration"]["deployedInstances"] == "MULTIPLE"


def test_a_draft_is_deployed_to_its_test_instance(api: Api) -> None:
    """Importing deploys the test instance, whose variables ``testConfigVariables`` shows and writes."""
    text = _small("d", "key: A, dataType: string", "key: B, dataType: string")
    select = """integration { id versionNumber systemInstance { id deployedVersion needsDeploy lastDeployedAt }
      testConfigVariables { nodes { value requiredConfigVariable { key } } }
      flows { nodes { testUrl trigger { name action { key component { key } } } } } }"""
    draft = api.done("importIntegration", select, definition=text)
    tester = draft["systemInstance"]
    assert (tester["deployedVersion"], tester["needsDeploy"]) == (draft["versionNumber"], False)
    (flow,) = draft["flows"]["nodes"]
    assert flow["trigger"] == {
        "name": "Trigger",
        "action": {"key": "webhook", "component": {"key": "webhook-triggers"}},
    }
    assert api.request("POST", flow["testUrl"]).status_code == 200
    written = api.done("updateIntegration", select, id=draft["id"], testConfigVariables=[{"key": "A", "value": "x"}])
    values = {node["requiredConfigVariable"]["key"]: node["value"] for node in written["testConfigVariables"]["nodes"]}
    assert values == {"A": "x", "B": None}
    again = api.done("importIntegration", select, definition=text, integrationId=draft["id"])
    assert again["systemInstance"]["lastDeployedAt"] > tester["lastDeployedAt"]


def test_an_integration_in_use_is_not_deleted(api: Api, instance: str) -> None:
    """Deleting takes every version along, and is refused while instances exist."""
    identifier = api.sandbox.seed.version("Acme Inventory")["id"]
    assert [field for field, _ in api.errors("deleteIntegration", id=identifier)] == ["__all__"]
    api.done("deleteInstance", "instance { id }", id=instance)
    api.done("deleteIntegration", "integration { name }", id=identifier)
    left = api('{ integrations(name: "Acme Inventory", allVersions: true) { totalCount } }')
    assert left["integrations"]["totalCount"] == 0


def test_an_integration_can_belong_to_a_customer(api: Api) -> None:
    """``customer_Isnull`` separates the organization's integrations from a customer's own."""
    customer = api.sandbox.seed.customer("C")["id"]
    api.done("importIntegration", "integration { customer { id } }", definition=_small(), customer=customer)
    query = '{ integrations(customer_Isnull: %s, name: "Small") { totalCount } }'
    assert api(query % "false")["integrations"]["totalCount"] == 1
    assert api(query % "true")["integrations"]["totalCount"] == 0


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: [", "not valid YAML"),
        ("- a", "a mapping with a 'name'"),
        ("name: ''", "a mapping with a 'name'"),
        ("name: A\ndefinitionVersion: 6", "Only definitionVersion 7"),
        ("name: A\nrequiredConfigVars: [{key: B}]", "needs a 'key' and a 'dataType'"),
        ("name: A\nrequiredConfigVars: [{key: B, dataType: colour}]", "unknown dataType 'colour'"),
        ("name: A\nflows: [{}]", "flows needs a 'name'"),
        ("name: A\nflows: 3", "wrong shape at flows: expected a list"),
        ("name: A\nflows: [{name: F, steps: [x]}]", "wrong shape at flows.0.steps.0: expected a mapping"),
        ("name: A\ndescription: [a]", "wrong shape at description: expected text"),
        ("name: A\nconfigPages: [{elements: {a: b}}]", "wrong shape at configPages.0.elements: expected a list"),
        ("name: A\nconfigPages: &pages [{more: *pages}]", "configPages cannot be written as JSON"),
        ("name: A\nrequiredConfigVars: [{key: C, dataType: connection, inputs: {1: {}}}]", "wrong shape at"),
        ("name: A\nrequiredConfigVars: [{key: B, dataType: date, defaultValue: 2024-13-45}]", "not valid YAML"),
        ("name: A\nx: " + "[" * 5000, "not valid YAML"),
        ("name: A\nflows: [{name: F}, {name: F}]", "two flows named 'F'"),
        ("name: A\nrequiredConfigVars: [{key: B, dataType: code}, {key: B, dataType: code}]", "two config variables"),
    ],
)
def test_a_definition_that_cannot_be_imported_says_why(api: Api, text: str, message: str) -> None:
    """The reason is one line, in the error and in the mutation's payload alike."""
    with pytest.raises(DefinitionError) as caught:
        parse_definition(text)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)
    ((field, told),) = api.errors("importIntegration", definition=text)
    assert (field, message in told) == ("definition", True)


@pytest.mark.parametrize(
    ("declared", "expected"),
    [
        ("dataType: string", None),
        ("dataType: string, defaultValue: ''", ""),
        ("dataType: boolean, defaultValue: true", "true"),
        ("dataType: boolean, defaultValue: false", "false"),
        ("dataType: number, defaultValue: 5", "5"),
        ("dataType: number, defaultValue: 2.5", "2.5"),
        ("dataType: date, defaultValue: 2024-05-01", "2024-05-01"),
        ("dataType: string, collectionType: valuelist, defaultValue: [a, b]", '["a", "b"]'),
        ("dataType: string, collectionType: keyvaluelist, defaultValue: {a: b}", '[{"key": "a", "value": "b"}]'),
        ("dataType: jsonForm, defaultValue: {a: 1}", '{"a": 1}'),
        ("dataType: connection, defaultValue: x", None),
    ],
)
def test_defaults_are_strings_however_the_definition_writes_them(declared: str, expected: str | None) -> None:
    """Booleans, numbers, dates, lists and mappings become the text the API answers with."""
    (variable,) = parse_definition(_small("d", f"key: V, {declared}")).variables
    assert variable.default == expected


@pytest.mark.parametrize(
    ("key", "expected"),
    [("basic", None), ("oauth2", "AUTHORIZATION_CODE"), ("myOAuth2ClientCredentials", "CLIENT_CREDENTIALS")],
)
def test_an_oauth2_connection_is_recognized_by_its_key(key: str, expected: str | None) -> None:
    """The component's connection key says whether, and how, OAuth 2.0 is spoken."""
    text = _small("d", f"key: V, dataType: connection, connection: {{key: {key}, component: {{key: c}}}}")
    (variable,) = parse_definition(text).variables
    assert variable.connection is not None
    assert variable.connection.oauth2 == expected


def test_user_level_variables_are_recognized_by_their_page(api: Api) -> None:
    """Variables on a user-level page, or marked themselves, are configured by each user."""
    text = (
        "name: A\nconfigPages: [{name: P, userLevelConfigured: true, elements: [{type: configVar, value: V}]}]\n"
        "userLevelConfigPages: [{name: Q, elements: [{type: configVar, value: W}]}]\n"
        "requiredConfigVars: [{key: V, dataType: string}, {key: W, dataType: string}, {key: X, dataType: string}]\n"
    )
    flags = {variable.key: variable.user_level for variable in parse_definition(text).variables}
    assert flags == {"V": True, "W": True, "X": False}
    version = api.sandbox.seed.integration(text)["id"]
    query = "query ($id: ID!) { integration(id: $id) { userLevelConfigured } }"
    assert api(query, id=version)["integration"]["userLevelConfigured"] is True


def test_write_only_can_be_said_of_a_whole_connection() -> None:
    """``writeOnly`` in the meta of the variable holds for each of its inputs."""
    text = _small("d", "key: V, dataType: connection, meta: {writeOnly: true}, inputs: {a: {type: value, value: x}}")
    (variable,) = parse_definition(text).variables
    assert [dict(item.meta) for item in variable.inputs] == [{"writeOnly": True}]


def test_definitions_of_the_same_name_become_versions_in_the_order_of_their_paths(
    start: Callable[..., Api], tmp_path: Path
) -> None:
    """Files are read in path order, directories as deep as they go, other files ignored."""
    (tmp_path / "a").mkdir()
    files: dict[str, Any] = {"b.yaml": "second", "a/z.yml": "first", "c.txt": "none"}
    for name, text in files.items():
        (tmp_path / name).write_text(_small(text), encoding="utf-8")
    single = tmp_path / "c.txt"
    api = start(integrations=(tmp_path, single))
    query = '{ integrations(name: "Small", allVersions: true, versionIsAvailable: true) { nodes { description } } }'
    nodes = api(query)["integrations"]["nodes"]
    assert [node["description"] for node in nodes] == ["first", "second", "none"]


def test_without_its_test_instance_an_integration_has_no_test_values(api: Api) -> None:
    """Somebody may delete the designer's test instance; then there are no test config variables to list."""
    query = """{ integrations(name: "CRM Contacts") { nodes {
      systemInstance { id } testConfigVariables { totalCount nodes { id } } } } }"""
    (node,) = api(query)["integrations"]["nodes"]
    assert node["testConfigVariables"]["totalCount"] == len(node["testConfigVariables"]["nodes"]) > 0
    api.done("deleteInstance", "instance { id }", id=node["systemInstance"]["id"])
    (node,) = api(query.replace("systemInstance { id }", ""))["integrations"]["nodes"]
    assert node == {"testConfigVariables": {"totalCount": 0, "nodes": []}}
