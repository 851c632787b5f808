"""Connections that instances share: the organization's, and what customers have in them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from sandbox.client import Api
from sandbox.ships import SCOPED, Ships, definition, inputs, sent

from reconciler.sandbox.app import Sandbox
from reconciler.sandbox.data.settings import Settings
from reconciler.sandbox.data.variants import Variants

if TYPE_CHECKING:
    from collections.abc import Iterator


def tenant(connection: str = "basic", **variants: Any) -> Iterator[Ships]:
    with Sandbox(Settings(variants=Variants(**variants))) as sandbox:
        api = Api(sandbox)
        yield Ships(api, connection)
        api.close()


@pytest.fixture
def ships(request: pytest.FixtureRequest) -> Iterator[Ships]:
    """A tenant under the variants that a test asks for."""
    yield from tenant(**getattr(request, "param", {}))


def test_a_connection_for_everybody_is_created_with_its_inputs(ships: Ships) -> None:
    """It has all inputs of the component's connection; a secret one shows only that it is set."""
    made = ships.create(description="All depots", inputs=sent(url="https://d.example", apiKey="key"))
    assert (made["managedBy"], made["variableScope"], made["status"]) == ("ORG", "ORG", "ACTIVE")
    assert made["connection"]["key"] == "basic"
    assert made["connection"]["component"] == {"key": "depots", "public": False}
    assert inputs(made) == {"apiKey": ("", True), "url": ("https://d.example", True)}
    assert (made["isInUse"], made["hasDeployedInstances"], made["authorizeUrl"]) == (True, False, None)
    ships.deploy()
    assert ships.scoped(made["id"])["hasDeployedInstances"]


def test_what_a_definition_names_is_replaced_by_what_is_created(ships: Ships) -> None:
    """A definition can name a connection before it exists; it is in no list until somebody creates it."""
    assert ships.listed() == []
    made = ships.create()
    assert ships.listed() == ["depot"]
    query = """query ($id: ID!) { integration(id: $id) {
      requiredConfigVariables { nodes { scopedConfigVariable { id } } } } }"""
    nodes = ships.api(query, id=ships.version)["integration"]["requiredConfigVariables"]["nodes"]
    assert nodes[0]["scopedConfigVariable"] == {"id": made["id"]}


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"stableKey": ""}, "This field cannot be blank."),
        ({"key": " "}, "This field cannot be blank."),
        ({"scope": "org", "managed": "customer"}, "This is not a scope of a connection that this manager can have."),
        ({"scope": "ORG"}, "This is not a scope of a connection that this manager can have."),
        ({"connection": "bm90aGluZw=="}, "There is no such connection of a component."),
        ({"inputs": [{"name": "url", "meta": "{"}]}, "url: meta is not valid JSON."),
        ({"inputs": [{"name": "url", "meta": "[]"}]}, "url: meta is a JSON object."),
    ],
)
def test_a_wrong_connection_is_refused(ships: Ships, data: dict[str, Any], message: str) -> None:
    """Its names, its scope, its component's connection and its inputs have to be right."""
    whole = {"key": "D", "stableKey": "d", "connection": ships.connection(), "variableScope": "org", **data}
    whole["managedBy"] = whole.pop("managed", "org")
    whole["variableScope"] = whole.pop("scope", whole["variableScope"])
    assert ships.refused("createScopedConfigVariable", **whole) == message


@pytest.mark.parametrize(
    ("ships", "kept"),
    [({}, "key"), ({"connection_inputs": "replace"}, "")],
    indirect=["ships"],
    ids=["merge", "replace"],
)
def test_inputs_that_an_update_does_not_list_are_kept_or_blanked(ships: Ships, kept: str) -> None:
    """The variant for inputs of connections holds for shared ones too."""
    made = ships.create(inputs=sent(url="https://d.example", apiKey="key"))
    ships.api.done(
        "updateScopedConfigVariable", "scopedConfigVariable { id }", id=made["id"], inputs=sent(url="https://e.example")
    )
    assert inputs(ships.scoped(made["id"])) == {"apiKey": ("", bool(kept)), "url": ("https://e.example", True)}
    stored = ships.api.sandbox.store.get("scoped_config_variables", made["id"])["inputs"]
    assert {item["name"]: item["value"] for item in json.loads(stored)}["apiKey"] == kept


def test_an_update_changes_what_it_names(ships: Ships) -> None:
    """The name, the description and the default can change; a blank name is refused."""
    made = ships.create(description="All depots")
    other = ships.create(stableKey="other", key="Other")
    data = {"id": made["id"], "key": "Depots", "description": "", "defaultForComponent": True}
    changed = ships.api.done("updateScopedConfigVariable", f"scopedConfigVariable {{ {SCOPED} }}", **data)
    assert (changed["key"], changed["description"], changed["defaultForComponent"]) == ("Depots", "", True)
    ships.api.done(
        "updateScopedConfigVariable", "scopedConfigVariable { id }", id=other["id"], defaultForComponent=True
    )
    assert not ships.scoped(made["id"])["defaultForComponent"]
    assert "blank" in ships.refused("updateScopedConfigVariable", id=made["id"], key="")


def test_instances_use_what_their_customer_has(ships: Ships) -> None:
    """An instance uses what its customer has in a connection by itself, and lacks it before."""
    made = ships.create(scope="customer", inputs=[{"name": "apiKey", "meta": '{"managedBy": "org"}'}])
    assert made["status"] is None
    assert (ships.status(0), ships.instance()["configState"]) == ("PENDING", "NEEDS_INSTANCE_CONFIGURATION")
    assert "not fully configured" in ships.refused("deployInstance", id=ships.instances[0])
    theirs = ships.give(made["id"], inputs=sent(apiKey="key"))
    assert (inputs(theirs), theirs["isInUse"]) == ({"apiKey": ("", True), "url": ("", False)}, True)
    assert (ships.status(0), ships.status(1)) == ("ACTIVE", "PENDING")
    ships.deploy()
    assert ships.theirs(theirs["id"])["hasDeployedInstances"]
    again = {"scopedConfigVariable": made["id"], "customer": ships.customers[0]}
    assert "already" in ships.refused("createCustomerConfigVariable", **again)


@pytest.mark.parametrize("ships", [{"missing_connection": "pending"}], indirect=True)
def test_an_instance_without_its_customers_connection_can_be_deployed(ships: Ships) -> None:
    """Under a variant it is deployed, and its connection is pending."""
    ships.create(scope="customer")
    ships.deploy()
    assert (ships.status(), ships.instance()["configState"]) == ("PENDING", "FULLY_CONFIGURED")


def test_customers_of_their_own_kind_have_any_number(ships: Ships) -> None:
    """An instance names the one that it uses, of its own customer and its own config variable."""
    made = ships.create("customer", "customer")
    first, second = (ships.give(made["id"], key=key)["id"] for key in ("one", "two"))
    other = ships.give(made["id"], 1, key="one")["id"]
    assert ships.status() == "PENDING"
    ships.choose(second)
    assert (ships.status(), ships.theirs(first)["isInUse"], ships.theirs(second)["isInUse"]) == ("ACTIVE", False, True)
    elsewhere = ships.create("customer", "customer", stableKey="other", key="Other")
    wrong = ships.give(elsewhere["id"])["id"]
    for variable, message in ((other, "does not exist for this customer"), (wrong, "for another config variable")):
        entry = {"key": "Depot", "customerConfigVariableId": variable}
        data = {"id": ships.instances[0], "configVariables": [entry]}
        assert message in ships.refused("updateInstanceConfigVariables", **data)
    key = {"scopedConfigVariable": made["id"], "customer": ships.customers[0], "key": "one"}
    assert "key" in ships.refused("createCustomerConfigVariable", **key)
    assert "key" in ships.refused("updateCustomerConfigVariable", id=second, key="one")
    assert ships.api.done("updateCustomerConfigVariable", "customerConfigVariable { key }", id=second, key="x")


@pytest.mark.parametrize("ships", [{"customer_connection_keys": "free"}], indirect=True)
def test_two_of_a_customers_connections_can_share_a_key(ships: Ships) -> None:
    """Under a variant the key of a customer's connection is no identity."""
    made = ships.create("customer", "customer")
    assert ships.give(made["id"], key="one")["id"] != ships.give(made["id"], key="one")["id"]


def test_a_customers_connection_needs_a_customer_and_a_scope(ships: Ships) -> None:
    """A connection for everybody has no customers' values, and a customer stays."""
    made = ships.create()
    data = {"scopedConfigVariable": made["id"], "customer": ships.customers[0]}
    assert "one value" in ships.refused("createCustomerConfigVariable", **data)
    other = ships.create(scope="customer", stableKey="other", key="Other")["id"]
    assert "no such customer" in ships.refused("createCustomerConfigVariable", scopedConfigVariable=other)
    missing = ships.refused("createCustomerConfigVariable", scopedConfigVariable="eA==", customer=ships.customers[0])
    assert "no such connection" in missing
    theirs = ships.give(other)["id"]
    assert "cannot be changed" in ships.refused("updateCustomerConfigVariable", id=theirs, customer=ships.customers[1])


@pytest.mark.parametrize(
    ("ships", "needs"), [({}, False), ({"shared_needs_deploy": "yes"}, True)], indirect=["ships"], ids=["no", "yes"]
)
def test_a_changed_connection_can_need_a_deploy(ships: Ships, needs: bool) -> None:
    """A change reaches the deployed instances that use it, by themselves or with a deploy."""
    made = ships.create()
    ships.deploy()
    data = {"id": made["id"], "inputs": sent(apiKey="new")}
    ships.api.done("updateScopedConfigVariable", "scopedConfigVariable { id }", **data)
    assert ships.instance()["needsDeploy"] is needs
    before = ships.instance()["lastDeployedAt"]
    ships.api.done("updateScopedConfigVariable", "scopedConfigVariable { id }", **data, redeploy=True)
    assert ships.instance()["lastDeployedAt"] > before
    assert (ships.instance()["needsDeploy"], ships.instance(1)["lastDeployedAt"]) == (False, None)


def test_the_users_of_a_customers_connection_are_deployed_on_request(ships: Ships) -> None:
    """Each deployed instance has its result, a refused deploy too."""
    theirs = ships.give(ships.create(scope="customer")["id"])["id"]
    select = "result { instances { instanceId updated redeployed messages } }"
    assert (
        ships.api.mutate("updateInstancesUsingCustomerConfigVariable", select, id=theirs)["result"]["instances"] == []
    )
    ships.deploy()
    before = ships.instance()["lastDeployedAt"]
    expected = {"instanceId": ships.instances[0], "updated": True, "redeployed": True, "messages": []}
    answer = ships.api.mutate("updateInstancesUsingCustomerConfigVariable", select, id=theirs)
    assert answer["result"]["instances"] == [expected]
    assert ships.instance()["lastDeployedAt"] > before
    ships.api.sandbox.outcomes.add(deploy="Out of order.")
    answer = ships.api.mutate("updateInstancesUsingCustomerConfigVariable", select, id=theirs)
    assert answer["result"]["instances"] == [{**expected, "redeployed": False, "messages": ["Out of order."]}]


def test_a_connection_in_use_cannot_be_deleted(ships: Ships) -> None:
    """The organization's and a customer's are refused; without a user both go, with what customers have in them."""
    made = ships.create(scope="customer")
    theirs = ships.give(made["id"])["id"]
    assert "in use" in ships.refused("deleteScopedConfigVariable", id=made["id"])
    assert "in use" in ships.refused("deleteCustomerConfigVariable", id=theirs)
    for instance in ships.instances:
        ships.api.done("deleteInstance", "instance { id }", id=instance)
    assert not ships.scoped(made["id"])["isInUse"]
    ships.api.done("deleteScopedConfigVariable", "scopedConfigVariable { id }", id=made["id"])
    assert ships.listed() == []
    assert ships.api("{ customerConfigVariables { totalCount } }")["customerConfigVariables"]["totalCount"] == 0
    assert ships.create()["id"] != made["id"]


@pytest.mark.parametrize("ships", [{"shared_delete_in_use": "allowed"}], indirect=True)
def test_a_connection_in_use_can_be_deleted_under_a_variant(ships: Ships) -> None:
    """Its instances lack it then."""
    made = ships.create("customer", "customer")
    theirs = ships.give(made["id"])["id"]
    ships.choose(theirs)
    assert ships.status() == "ACTIVE"
    ships.api.done("deleteCustomerConfigVariable", "customerConfigVariable { id }", id=theirs)
    assert ships.status() == "PENDING"
    ships.choose(ships.give(made["id"])["id"])
    ships.api.done("deleteScopedConfigVariable", "scopedConfigVariable { id }", id=made["id"])
    assert ships.listed() == []
    assert [node["customerConfigVariable"] for node in ships.instance()["configVariables"]["nodes"]] == [None, None]


@pytest.mark.parametrize("ships", [{"shared_in_use": "definitions"}], indirect=True)
def test_a_definition_can_count_as_a_use(ships: Ships) -> None:
    """Under a variant a connection is in use as long as a definition names it."""
    made = ships.create()
    for instance in ships.instances:
        ships.api.done("deleteInstance", "instance { id }", id=instance)
    assert ships.scoped(made["id"])["isInUse"]
    assert "in use" in ships.refused("deleteScopedConfigVariable", id=made["id"])
    query = "query ($id: ID!) { scopedConfigVariable(id: $id) { integrations { nodes { name } } } }"
    (named,) = ships.api(query, id=made["id"])["scopedConfigVariable"]["integrations"]["nodes"]
    assert named == {"name": "Ships"}


def test_a_stable_key_is_unique(ships: Ships) -> None:
    """A second connection of one stable key is refused."""
    data = {"key": "D", "stableKey": "depot", "connection": ships.connection(), "variableScope": "org"}
    ships.create()
    assert "stable key" in ships.refused("createScopedConfigVariable", **data)


@pytest.mark.parametrize("ships", [{"shared_stable_keys": "free"}], indirect=True)
def test_a_stable_key_can_be_there_twice(ships: Ships) -> None:
    """Under a variant nothing keeps two connections from having one stable key."""
    ships.create()
    ships.create()
    assert ships.listed() == ["depot", "depot"]


def test_a_person_authorizes_a_shared_connection() -> None:
    """An OAuth 2.0 connection is pending until somebody opens its URL; its tokens are readable then."""
    for ships in tenant("oauth2"):
        made = ships.create()
        assert (made["status"], made["meta"], ships.status()) == ("PENDING", None, "PENDING")
        assert ships.instance()["configState"] == "NEEDS_INSTANCE_CONFIGURATION"
        assert ships.api.request("GET", made["authorizeUrl"]).status_code == 200
        found = ships.scoped(made["id"])
        assert (found["status"], ships.status(), "access_token" in found["meta"]) == ("ACTIVE", "ACTIVE", True)
        each = ships.create(scope="customer", stableKey="other", key="Other")
        assert each["authorizeUrl"] is None
        theirs = ships.give(each["id"])
        assert theirs["status"] == "PENDING"
        ships.api.request("GET", theirs["authorizeUrl"])
        assert ships.theirs(theirs["id"])["status"] == "ACTIVE"


@pytest.mark.parametrize(
    ("ships", "read"),
    [({}, ""), ({"write_only_inputs": "null"}, None), ({"shared_secrets": "plain"}, "key")],
    indirect=["ships"],
    ids=["empty", "null", "plain"],
)
def test_how_secrets_of_shared_connections_read_is_a_variant(ships: Ships, read: str | None) -> None:
    """They read like those of instances, or in plain."""
    made = ships.create(inputs=sent(apiKey="key"))
    query = "query ($id: ID!) { scopedConfigVariable(id: $id) { inputs { nodes { name value } } } }"
    nodes = ships.api.raw(query, id=made["id"])["data"]["scopedConfigVariable"]["inputs"]["nodes"]
    assert {"name": "apiKey", "value": read} in (nodes or [{"name": "apiKey", "value": None}])


@pytest.mark.parametrize(
    ("ships", "read"),
    [({}, "customer"), ({"shared_input_meta": "upper"}, "CUSTOMER")],
    indirect=["ships"],
    ids=["sent", "upper"],
)
def test_who_fills_an_input_in_reads_back_in_any_case(ships: Ships, read: str) -> None:
    """The meta of an input says who manages it, as sent or in upper case."""
    meta = json.dumps({"managedBy": "org", "inputScope": "customer"})
    made = ships.create(scope="customer", inputs=[{"name": "apiKey", "meta": meta}])
    (found,) = [item for item in made["inputs"]["nodes"] if item["name"] == "apiKey"]
    assert json.loads(found["meta"])["inputScope"] == read


@pytest.mark.parametrize(
    ("ships", "same"),
    [({}, True), ({"component_ids": "versions"}, False)],
    indirect=["ships"],
    ids=["same", "versions"],
)
def test_the_ids_of_a_components_connections_can_change_with_its_versions(ships: Ships, same: bool) -> None:
    """Another version of a component has the same connections, with the same IDs or with others."""
    made = ships.create()
    ships.seed.integration(definition(version="4"))
    assert (ships.connection() == made["connection"]["id"]) is same
    answer = ships.api('{ components(key: "depots", allVersions: true) { nodes { versionNumber versionIsLatest } } }')
    numbers = [(node["versionNumber"], node["versionIsLatest"]) for node in answer["components"]["nodes"]]
    assert numbers == ([(4, True)] if same else [(1, False), (4, True)])


def test_a_private_and_a_public_component_can_share_a_key(ships: Ships) -> None:
    """They are two components, each with its own connections."""
    ships.seed.integration(definition().replace("isPublic: false", "isPublic: true").replace("Ships", "Boats"))
    query = '{ components(key: "depots") { nodes { public connections { nodes { id key } } } } }'
    nodes = ships.api(query)["components"]["nodes"]
    assert [node["public"] for node in nodes] == [False, True]
    first, second = ([each["id"] for each in node["connections"]["nodes"]] for node in nodes)
    assert first != second


def test_components_are_searched_as_the_official_cli_does(ships: Ships) -> None:
    """Its ``filterQuery`` looks for a text in keys and labels; other queries are refused."""
    query = "query ($q: JSONString) { components(filterQuery: $q) { nodes { key } } }"
    found = ships.api(query, q=json.dumps(["or", ["in", "key", "DEPO"], ["in", "label", "DEPO"]]))
    assert found["components"]["nodes"] == [{"key": "depots"}]
    for wrong in ("{", "[1, 2]", '["not", ["in", "key", "a"]]', '["or", ["is", "key", "a"]]'):
        assert "filterQuery" in ships.api.raw(query, q=wrong)["errors"][0]["message"]


def test_connections_are_found_by_their_component(ships: Ships) -> None:
    """Of shared connections and of what customers have in them, those of a component with this key are listed."""
    made = ships.create(scope="customer")
    ships.give(made["id"])
    for name in ("scopedConfigVariables", "customerConfigVariables"):
        query = f"query ($c: [ComponentSelector]) {{ {name}(connection_Component_In: $c) {{ totalCount }} }}"
        for selector, count in (
            ({"key": "depots", "isPublic": False}, 1),
            ({"key": "depots", "isPublic": False, "version": "LATEST"}, 1),
            ({"key": "depots", "isPublic": False, "version": "1"}, 1),
            ({"key": "depots", "isPublic": False, "version": "2"}, 0),
            ({"key": "depots", "isPublic": True}, 0),
            ({"key": "other", "isPublic": False}, 0),
        ):
            assert ships.api(query, c=[selector])[name]["totalCount"] == count, selector


def test_components_are_found_by_the_kind_of_their_connections(ships: Ships) -> None:
    """Filters choose components with any connection, with one of OAuth 2.0, or with another one."""
    ships.seed.integration(definition(connection="oauth2").replace("Ships", "Boats").replace("depots", "signed"))
    for name, expected in (
        ("hasConnections", {"depots", "signed"}),
        ("hasOauth2Connections", {"signed"}),
        ("hasSimpleConnections", {"depots"}),
    ):
        nodes = ships.api(f"{{ components({name}: true) {{ nodes {{ key }} }} }}")["components"]["nodes"]
        assert {node["key"] for node in nodes} == expected


def test_connections_of_customers_are_listed_on_request(ships: Ships) -> None:
    """A connection that belongs to a customer is only in lists that include customers'."""
    ships.create(customer=ships.customers[0])
    assert ships.listed() == []
    query = "{ scopedConfigVariables(includeCustomer: true) { nodes { customer { name } } } }"
    assert ships.api(query)["scopedConfigVariables"]["nodes"] == [{"customer": {"name": "North"}}]
    data = {"key": "D", "stableKey": "d", "connection": ships.connection(), "variableScope": "org", "customer": "eA=="}
    assert "no such customer" in ships.refused("createScopedConfigVariable", **data)


def test_a_broken_release_breaks_shared_connections_too(ships: Ships) -> None:
    """A rule for releases puts an instance's connections in error, and back."""
    ships.create()
    ships.deploy()
    ships.api.sandbox.outcomes.add(connections="error")
    assert ships.status() == "ERROR"
    ships.api.sandbox.outcomes.clear()
    assert ships.status() == "ACTIVE"


def test_what_a_plan_does_not_allow_is_set_while_a_sandbox_runs(ships: Ships) -> None:
    """A denied field is false and its mutation refused, until the list is replaced or removed."""
    field = "Organization.allowAddScopedConfigVariable"
    answer = ships.api.request("PUT", "/sandbox/denied", json=[field])
    assert (answer.status_code, answer.json()) == (200, {"denied": [field]})
    assert ships.api("{ organization { allowAddScopedConfigVariable } }")["organization"] == {
        "allowAddScopedConfigVariable": False
    }
    data = {"key": "D", "stableKey": "depot", "connection": ships.connection(), "variableScope": "org"}
    assert "permission" in ships.refused("createScopedConfigVariable", **data)
    for wrong in (["Organization.allowAll"], {"denied": []}):
        assert ships.api.request("PUT", "/sandbox/denied", json=wrong).status_code == 400
    assert ships.api.request("GET", "/sandbox/denied").json() == {"denied": [field]}
    assert ships.api.request("DELETE", "/sandbox/denied").json() == {"denied": []}
    ships.create()
