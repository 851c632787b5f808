"""What Prismatic's API guide shows runs as it is written there."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import msgpack

if TYPE_CHECKING:
    from sandbox.client import Api

_DRAFTS = 3
"""The examples' integrations, each with a test instance of its draft; these come first."""

_CREATE_CUSTOMER = """mutation ($customerName: String!, $customerDescription: String, $customerExternalId: String) {
  createCustomer(input: {name: $customerName, description: $customerDescription, externalId: $customerExternalId}) {
    customer { id }
    errors { field messages }
  } }"""

_CONFIG_VARIABLES = """query ($instanceId: ID!) { instance(id: $instanceId) { id name configVariables { nodes {
  requiredConfigVariable { key collectionType dataType defaultValue }
  value
  inputs { nodes { name type value } } } } } }"""


def _customer(api: Api) -> str:
    made = api(
        _CREATE_CUSTOMER,
        customerName="FTL Rockets",
        customerDescription="Faster-than-light Rocket Company, LLC",
        customerExternalId="abc-123",
    )["createCustomer"]
    assert made["errors"] == []
    identifier: str = made["customer"]["id"]
    return identifier


def _instance(api: Api) -> dict[str, Any]:
    versions = api(
        """query ($integrationName: String!) {
          integrations(
            name: $integrationName
            allVersions: true
            versionIsAvailable: true
            sortBy: {direction: DESC, field: VERSION_NUMBER}
          ) { nodes { id name versionNumber } } }""",
        integrationName="Acme Inventory",
    )["integrations"]["nodes"]
    assert [node["versionNumber"] for node in versions] == [2, 1]
    made = api(
        """mutation ($customerId: ID!, $integrationId: ID!, $name: String!) {
          createInstance(input: {customer: $customerId, integration: $integrationId, name: $name}) {
            instance { id name flowConfigs { nodes { flow { name } webhookUrl } } }
            errors { field messages } } }""",
        customerId=_customer(api),
        integrationId=versions[0]["id"],
        name="Acme Inventory",
    )["createInstance"]
    assert made["errors"] == []
    row: dict[str, Any] = made["instance"]
    return row


def test_customers_are_created_read_updated_and_deleted(api: Api) -> None:
    """A customer goes through its whole life by the guide's operations."""
    identifier = _customer(api)
    read = "query ($myCustomerId: ID!) { customer(id: $myCustomerId) { id name externalId } }"
    assert api(read, myCustomerId=identifier)["customer"] == {
        "id": identifier,
        "name": "FTL Rockets",
        "externalId": "abc-123",
    }
    update = """mutation ($customerId: ID!, $newDescription: String) {
      updateCustomer(input: {id: $customerId, description: $newDescription}) { errors { field messages } } }"""
    assert api(update, customerId=identifier, newDescription="New")["updateCustomer"]["errors"] == []
    delete = """mutation ($customerId: ID!) {
      deleteCustomer(input: {id: $customerId}) { customer { name } errors { field messages } } }"""
    assert api(delete, customerId=identifier)["deleteCustomer"] == {"customer": {"name": "FTL Rockets"}, "errors": []}
    assert api(delete, customerId=identifier)["deleteCustomer"]["customer"] is None


def test_system_customers_are_left_out_on_request(api: Api) -> None:
    """The designer's test customer shows in a plain list and not with ``isSystem: false``."""
    _customer(api)
    query = "query exampleGetCustomers { customers(isSystem: false) { nodes { id name externalId } } }"
    assert [node["name"] for node in api(query)["customers"]["nodes"]] == ["FTL Rockets"]
    assert len(api("{ customers { nodes { id } } }")["customers"]["nodes"]) == 2


def test_users_are_made_with_a_role_that_was_looked_up(api: Api) -> None:
    """A team member is created with an organization role, and customers list their own users."""
    roles = api("query { organizationRoles { id name permissions { nodes { name description } } } }")
    assert [role["name"] for role in roles["organizationRoles"]] == [
        "Owner",
        "Admin",
        "Integrator",
        "Guest",
        "Third Party",
    ]
    made = api(
        """mutation ($email: String!, $name: String, $externalId: String, $role: ID!) {
          createOrganizationUser(input: {email: $email, name: $name, externalId: $externalId, role: $role}) {
            user { id name email externalId }
            errors { field messages } } }""",
        email="lisa.nguyen@smith-rockets.co",
        name="Lisa Nguyen",
        externalId="ABCCBC0B-98D0-453B-A795-0B430EFBF020",
        role=roles["organizationRoles"][1]["id"],
    )["createOrganizationUser"]
    assert made["user"]["name"] == "Lisa Nguyen"
    customer = _customer(api)
    api.sandbox.seed.user("kim@ftl.example", customer=customer)
    listed = api(
        """query { customers(isSystem: false) { nodes { id name users { nodes { id email name externalId } } } } }"""
    )["customers"]["nodes"]
    assert [user["email"] for user in listed[0]["users"]["nodes"]] == ["kim@ftl.example"]


def test_customers_users_are_made_updated_and_deleted(api: Api) -> None:
    """Beside team members there are customers' users, with roles of their own; both live by the same mutations."""
    roles = {role["name"]: role["id"] for role in api("query { customerRoles { id name } }")["customerRoles"]}
    person = {"email": "kim@ftl.example", "name": "Kim", "role": roles["Member"], "customer": _customer(api)}
    user = api.done("createCustomerUser", "user { id name role { name } customer { name } }", **person)
    assert (user["role"], user["customer"]) == ({"name": "Member"}, {"name": "FTL Rockets"})
    changed = api.done("updateUser", "user { name role { name } }", id=user["id"], name="Kim Lee", role=roles["Admin"])
    assert changed == {"name": "Kim Lee", "role": {"name": "Admin"}}
    assert api.done("deleteUser", "user { name }", id=user["id"]) == {"name": "Kim Lee"}
    assert api.sandbox.store.find("users", user["id"]) is None


def test_an_instance_is_made_with_its_config_variables(api: Api) -> None:
    """``createInstance`` takes values in the form in which ``updateInstance`` does; the others get their defaults."""
    made = api.done(
        "createInstance",
        "instance { id }",
        customer=_customer(api),
        integration=api.sandbox.seed.version("Acme Inventory")["id"],
        name="Acme Inventory",
        configVariables=[
            {"key": "My String", "value": "My Value"},
            {"key": "Amazon S3 Connection", "values": '[{"name":"accessKeyId","type":"value","value":"MyAccessKey"}]'},
        ],
    )
    values = api.values(made["id"])
    assert (values["My String"], values["Batch Size"]) == ("My Value", "50")
    assert api.sandbox.seed.inputs(made["id"], "Amazon S3 Connection")["accessKeyId"] == "MyAccessKey"


def test_a_new_instance_shows_its_flows_and_the_shapes_of_its_variables(api: Api) -> None:
    """An instance is created with a webhook for each flow, and its variables read as the guide shows them."""
    made = _instance(api)
    assert [config["flow"]["name"] for config in made["flowConfigs"]["nodes"]] == ["Sync Inventory", "Report Low Stock"]
    assert len({config["webhookUrl"] for config in made["flowConfigs"]["nodes"]}) == 2
    nodes = api(_CONFIG_VARIABLES, instanceId=made["id"])["instance"]["configVariables"]["nodes"]
    shown = {node["requiredConfigVariable"]["key"]: node for node in nodes}
    assert shown["Inventory Field Mapping"] == {
        "requiredConfigVariable": {
            "key": "Inventory Field Mapping",
            "collectionType": "KEYVALUELIST",
            "dataType": "STRING",
            "defaultValue": "[]",
        },
        "value": "[]",
        "inputs": {"nodes": []},
    }
    assert shown["Sync Inventory Item Metadata?"]["value"] == "false"
    assert shown["Acme Inventory Endpoint"]["value"] == ""
    assert shown["Acme Inventory User/Pass"] == {
        "requiredConfigVariable": {
            "key": "Acme Inventory User/Pass",
            "collectionType": None,
            "dataType": "CONNECTION",
            "defaultValue": None,
        },
        "value": None,
        "inputs": {
            "nodes": [
                {"name": "password", "type": "VALUE", "value": ""},
                {"name": "username", "type": "VALUE", "value": ""},
            ]
        },
    }


def test_update_instance_sets_named_variables_and_resets_the_others(api: Api) -> None:
    """``updateInstance`` writes the guide's four variables and puts a fifth one back to its default."""
    made = _instance(api)
    api.done(
        "updateInstanceConfigVariables",
        "instance { id }",
        id=made["id"],
        configVariables=[{"key": "Batch Size", "value": "10"}],
    )
    answer = api(
        """mutation ($instanceId: ID!, $configVariables: [InputInstanceConfigVariable]) {
          updateInstance(input: {id: $instanceId, configVariables: $configVariables}) {
            instance { id name configVariables { nodes {
              requiredConfigVariable { key } value inputs { nodes { name value } } } } }
            errors { field messages } } }""",
        instanceId=made["id"],
        configVariables=[
            {
                "key": "Acme Inventory User/Pass",
                "values": '[{"name":"username","type":"value","value":"my.username"},'
                '{"name":"password","type":"value","value":"Pa$$W0Rd"}]',
            },
            {"key": "Acme Inventory Endpoint", "value": "https://app.acme.com/api"},
            {"key": "Sync Inventory Item Metadata?", "value": "true"},
            {
                "key": "Inventory Field Mapping",
                "value": '[{"key":"qty","value":"Quantity"},{"key":"usd","value":"Price"}]',
            },
        ],
    )["updateInstance"]
    assert answer["errors"] == []
    values = api.values(made["id"])
    assert values["Acme Inventory Endpoint"] == "https://app.acme.com/api"
    assert values["Sync Inventory Item Metadata?"] == "true"
    assert json.loads(values["Inventory Field Mapping"])[1] == {"key": "usd", "value": "Price"}
    assert values["Batch Size"] == "50"
    stored = api.sandbox.seed.inputs(made["id"], "Acme Inventory User/Pass")
    assert stored == {"username": "my.username", "password": "Pa$$W0Rd"}


def test_update_instance_config_variables_touches_only_what_it_names(api: Api) -> None:
    """The guide's second mutation writes three variables and leaves a fourth as it was."""
    made = _instance(api)
    first = [{"key": "Batch Size", "value": "10"}]
    mutation = """mutation ($instanceId: ID!, $configVariables: [InputInstanceConfigVariable]) {
      updateInstanceConfigVariables(input: {id: $instanceId, configVariables: $configVariables}) {
        instance { id }
        errors { field messages } } }"""
    second = [
        {"key": "My String", "value": "My Value"},
        {"key": "My List", "value": '["Value 1","Value 2"]'},
        {
            "key": "Amazon S3 Connection",
            "values": '[{"name":"accessKeyId","type":"value","value":"MyAccessKey"},'
            '{"name":"secretAccessKey","type":"value","value":"MySecretAccessKey"}]',
        },
    ]
    for variables in (first, second):
        payload = api(mutation, instanceId=made["id"], configVariables=variables)["updateInstanceConfigVariables"]
        assert payload == {"instance": {"id": made["id"]}, "errors": []}
    values = api.values(made["id"])
    assert (values["Batch Size"], values["My String"], values["My List"]) == ("10", "My Value", '["Value 1","Value 2"]')
    s3 = api.variables(made["id"])["Amazon S3 Connection"]["inputs"]
    assert s3["accessKeyId"]["value"] == "MyAccessKey"
    assert (s3["secretAccessKey"]["value"], s3["secretAccessKey"]["hasValue"]) == ("", True)


def test_an_instance_is_deployed_and_its_flow_s_results_are_fetched(api: Api) -> None:
    """After a deploy the webhook answers with an execution, whose step results are found by step name."""
    made = _instance(api)
    deployed = api(
        """mutation ($instanceId: ID!) { deployInstance(input: {id: $instanceId}) {
          instance { name enabled deployedVersion lastDeployedAt } errors { field messages } } }""",
        instanceId=made["id"],
    )["deployInstance"]
    assert deployed["errors"] == []
    assert deployed["instance"]["deployedVersion"] == 2
    assert deployed["instance"]["lastDeployedAt"]
    hook = made["flowConfigs"]["nodes"][0]["webhookUrl"]
    started = api.request("POST", hook, content="{}", headers={"Content-Type": "application/json"}).json()
    result = api(
        """query ($executionId: ID!) { executionResult(id: $executionId) { startedAt endedAt error
          stepResults (stepName: "codeBlock") { nodes { stepName resultsUrl } } } }""",
        executionId=started["executionId"],
    )["executionResult"]
    assert (result["error"], result["endedAt"] is not None) == (None, True)
    (step,) = result["stepResults"]["nodes"]
    assert step["stepName"] == "codeBlock"
    assert "X-Amz-Signature=" in step["resultsUrl"]
    packed = api.request("GET", step["resultsUrl"]).content
    assert msgpack.unpackb(packed) == {"data": b"{}", "contentType": "application/json"}


def test_instances_are_paged_from_a_blank_cursor(api: Api) -> None:
    """The guide's page query starts with ``""`` and goes on from the end cursor, a hundred at a time."""
    seed = api.sandbox.seed
    customer, version = seed.customer("FTL Rockets")["id"], seed.version("CRM Contacts")["id"]
    names = [f"Instance {number}" for number in range(230)]
    for name in names:
        seed.instance(name, customer=customer, integration=version)
    query = """query getPageOfInstances($cursor: String) { instances(after: $cursor) {
      nodes { id name } pageInfo { hasNextPage endCursor } } }"""
    cursor, pages = "", []
    while not pages or pages[-1]["pageInfo"]["hasNextPage"]:
        pages.append(api(query, cursor=cursor)["instances"])
        cursor = pages[-1]["pageInfo"]["endCursor"]
    assert [len(page["nodes"]) for page in pages] == [100, 100, 30 + _DRAFTS]
    assert [node["name"] for page in pages for node in page["nodes"]][_DRAFTS:] == names
    assert api(query, cursor=cursor)["instances"]["nodes"] == []
    # The cursor that the guide shows: base64 of "arrayconnection:100".
    assert api(query, cursor="YXJyYXljb25uZWN0aW9uOjEwMA==")["instances"]["nodes"][0]["name"] == names[101 - _DRAFTS]
