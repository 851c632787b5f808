"""An instance's config variables: both ways to write them, and the refused values."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from sandbox.client import inputs

if TYPE_CHECKING:
    from collections.abc import Callable

    from sandbox.client import Api

USER_PASS = "Acme Inventory User/Pass"


def _set(api: Api, instance: str, *entries: dict[str, Any]) -> None:
    api.done("updateInstanceConfigVariables", "instance { id }", id=instance, configVariables=list(entries))


def _refused(api: Api, instance: str, entry: dict[str, Any]) -> str:
    """Return why an entry is refused; it is the same by every way to write it, and nothing is written."""
    before = api.variables(instance)
    told = api.errors("updateInstanceConfigVariables", id=instance, configVariables=[entry])
    assert api.errors("updateInstance", id=instance, configVariables=[entry]) == told
    ((field, message),) = told
    assert field == "configVariables"
    assert api.variables(instance) == before
    return message


def test_the_one_mutation_leaves_what_it_does_not_name(api: Api, instance: str) -> None:
    """``updateInstanceConfigVariables`` keeps every variable it does not name."""
    _set(api, instance, {"key": "Batch Size", "value": "7"}, {"key": "My String", "value": "s"})
    _set(api, instance, {"key": "My String", "value": "t"})
    values = api.values(instance)
    assert (values["Batch Size"], values["My String"]) == ("7", "t")


def test_the_other_mutation_resets_what_it_does_not_name(api: Api, instance: str) -> None:
    """``updateInstance`` with config variables puts every other one back to its default, secrets too."""
    _set(api, instance, {"key": "Batch Size", "value": "7"}, {"key": "My String", "value": "s"})
    _set(api, instance, {"key": USER_PASS, "values": inputs(username="u", password="p")})
    api.done("updateInstance", "instance { id }", id=instance, configVariables=[{"key": "My String", "value": "t"}])
    values = api.values(instance)
    assert (values["Batch Size"], values["My String"]) == ("50", "t")
    assert api.sandbox.seed.inputs(instance, USER_PASS) == {"username": "", "password": ""}
    api.done("updateInstance", "instance { id }", id=instance, configVariables=[])
    assert api.values(instance)["My String"] == ""


def test_an_update_without_config_variables_leaves_them(api: Api, instance: str) -> None:
    """``updateInstance`` that does not mention config variables, or says null, changes none."""
    _set(api, instance, {"key": "Batch Size", "value": "7"})
    before = api.variables(instance)
    api.done("updateInstance", "instance { id }", id=instance, description="d", configVariables=None)
    api.done("updateInstanceConfigVariables", "instance { id }", id=instance)
    assert api.variables(instance) == before


def test_a_variable_without_a_value_is_left_alone(api: Api, instance: str) -> None:
    """An entry that only names a variable, or sends null, changes nothing, with either mutation."""
    _set(api, instance, {"key": "Batch Size", "value": "7"})
    entry = {"key": "Batch Size", "value": None}
    _set(api, instance, entry)
    api.done("updateInstance", "instance { id }", id=instance, configVariables=[entry])
    assert api.values(instance)["Batch Size"] == "7"


def test_schedules_take_a_cron_expression_a_type_and_a_time_zone(api: Api, instance: str) -> None:
    """The type is lower case in and upper case out; each part can be written alone."""
    _set(api, instance, {"key": "Sync Schedule", "value": "0 6 * * 1", "scheduleType": "week"})
    _set(api, instance, {"key": "Sync Schedule", "timeZone": "America/Chicago"})
    schedule = api.variables(instance)["Sync Schedule"]
    assert (schedule["value"], schedule["scheduleType"], schedule["timeZone"]) == (
        "0 6 * * 1",
        "WEEK",
        "America/Chicago",
    )
    message = _refused(api, instance, {"key": "Batch Size", "timeZone": "UTC"})
    assert message == "Batch Size: only a schedule has a schedule type and a time zone."


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ({"key": "Nothing", "value": "x"}, "There is no config variable with the key 'Nothing'."),
        ({"key": "Batch Size", "value": "many"}, "Batch Size: 'many' is not a number."),
        ({"key": "Batch Size", "values": "[]"}, "Batch Size: only a connection is written with values."),
        ({"key": USER_PASS, "value": "x"}, f"{USER_PASS}: a connection is written with values, not with value."),
        ({"key": USER_PASS, "values": "x"}, f"{USER_PASS}: the value is not valid JSON."),
        (
            {"key": USER_PASS, "values": "{}"},
            f'{USER_PASS}: values is a JSON array of {{"name": …, "type": "value", "value": …}}.',
        ),
        (
            {"key": USER_PASS, "values": '[{"name": "username", "value": "x"}]'},
            f"{USER_PASS}: each of values has a name, a type and a value, all strings.",
        ),
        (
            {"key": USER_PASS, "values": '[{"name": "username", "type": "VALUE", "value": "x"}]'},
            f"{USER_PASS}: the type of an input is lower case, mostly \"value\", not 'VALUE'.",
        ),
        (
            {"key": USER_PASS, "values": inputs(user="x")},
            f"{USER_PASS}: the connection has no input user, only password, username.",
        ),
        (
            {"key": USER_PASS, "customerConfigVariableId": "x"},
            f"{USER_PASS}: the reusable connection does not exist for this customer.",
        ),
        (
            {"key": USER_PASS, "onPremiseResourceId": "x"},
            f"{USER_PASS}: the connection cannot use this on-premise agent.",
        ),
    ],
)
def test_what_cannot_be_is_refused_whole(api: Api, instance: str, entry: dict[str, Any], message: str) -> None:
    """An unknown key, a malformed value or input is an error in the payload, and nothing is written."""
    assert _refused(api, instance, entry) == message


def test_one_bad_entry_keeps_the_good_ones_out(api: Api, instance: str) -> None:
    """A mutation is carried out whole or not at all, and names every unknown key."""
    entries = [{"key": "My String", "value": "x"}, {"key": "A"}, {"key": "B"}]
    assert len(api.errors("updateInstanceConfigVariables", id=instance, configVariables=entries)) == 2
    assert api.values(instance)["My String"] == ""


def test_inputs_are_merged_or_replaced(start: Callable[..., Api]) -> None:
    """A partial list of inputs keeps the others, or blanks them where the variant says so."""
    for variant, kept in (("merge", "p"), ("replace", "")):
        api = start(variants=[f"connection_inputs={variant}"])
        customer = api.sandbox.seed.customer("C")["id"]
        version = api.sandbox.seed.version("Acme Inventory")["id"]
        made = api.sandbox.seed.instance("I", customer=customer, integration=version)["id"]
        _set(api, made, {"key": USER_PASS, "values": inputs(username="u", password="p")})
        _set(api, made, {"key": USER_PASS, "values": inputs(username="v")})
        assert api.sandbox.seed.inputs(made, USER_PASS) == {"username": "v", "password": kept}


def test_write_only_inputs_never_read_back(api: Api, instance: str) -> None:
    """A write-only input reads blank and says whether it has a value; ``""`` blanks it; others read plainly."""
    _set(api, instance, {"key": USER_PASS, "values": inputs(username="u", password="p")})
    shown = api.variables(instance)[USER_PASS]["inputs"]
    assert shown["password"] == {"name": "password", "type": "VALUE", "value": "", "hasValue": True}
    assert shown["username"] == {"name": "username", "type": "VALUE", "value": "u", "hasValue": True}
    _set(api, instance, {"key": USER_PASS, "values": inputs(password="")})
    assert api.variables(instance)[USER_PASS]["inputs"]["password"]["hasValue"] is False
    assert api.sandbox.seed.inputs(instance, USER_PASS) == {"username": "u", "password": ""}


def test_inputs_nobody_declared_are_taken(api: Api) -> None:
    """A connection whose inputs the definition does not list takes any, of any type of expression."""
    version = api.sandbox.seed.integration(
        "name: Open\nrequiredConfigVars: [{key: V, dataType: connection, connection: {key: k, component: {key: c}}}]"
    )["id"]
    customer = api.sandbox.seed.customer("C")["id"]
    made = api.sandbox.seed.instance("I", customer=customer, integration=version)["id"]
    listed = [{"name": "b", "type": "configVar", "value": "x"}, {"name": "a", "type": "value", "value": "y"}]
    _set(api, made, {"key": "V", "values": json.dumps(listed)})
    shown = api.variables(made)["V"]["inputs"]
    assert [(name, item["type"], item["value"]) for name, item in shown.items()] == [
        ("a", "VALUE", "y"),
        ("b", "CONFIGVAR", "x"),
    ]


def test_shared_connections_and_agents_are_linked(api: Api) -> None:
    """A customer's reusable connection and an on-premise agent can be chosen, and a reset lets go of them."""
    seed = api.sandbox.seed
    mine, other = seed.customer("Mine")["id"], seed.customer("Other")["id"]
    version = seed.version("Every Data Type")["id"]
    made = seed.instance("I", customer=mine, integration=version)["id"]
    scoped = seed.scoped_variable("team", scope="CUSTOMER")["id"]
    theirs = seed.customer_variable(scoped, customer=other)["id"]
    ours = seed.customer_variable(scoped, customer=mine)["id"]
    agent = seed.on_premise_resource("office")["id"]
    _set(api, made, {"key": "A Connection", "customerConfigVariableId": ours, "onPremiseResourceId": agent})
    shown = api.variables(made)["A Connection"]
    assert (shown["customerConfigVariable"], shown["onPremiseResource"]) == ({"id": ours}, {"id": agent})
    assert "does not exist" in _refused(api, made, {"key": "A Connection", "customerConfigVariableId": theirs})
    api.done("updateInstance", "instance { id }", id=made, configVariables=[])
    shown = api.variables(made)["A Connection"]
    assert (shown["customerConfigVariable"], shown["onPremiseResource"]) == (None, None)


@pytest.fixture
def crm(api: Api) -> str:
    """The ID of an instance whose connection somebody has to authorize."""
    customer = api.sandbox.seed.customer("CRM Customer")["id"]
    version = api.sandbox.seed.version("CRM Contacts")["id"]
    row: str = api.sandbox.seed.instance("CRM", customer=customer, integration=version)["id"]
    return row


def test_a_scoped_variable_cannot_be_written(api: Api, crm: str) -> None:
    """A connection the organization manages is there, shows no inputs, and is nobody's to write or reset."""
    shown = api.variables(crm)["Shared Warehouse Connection"]
    assert (shown["value"], shown["inputs"], shown["status"]) == (None, {}, "ACTIVE")
    message = _refused(api, crm, {"key": "Shared Warehouse Connection", "values": inputs(a="b")})
    assert message == "Shared Warehouse Connection: this connection is managed outside of the instance."
    api.done("updateInstance", "instance { id }", id=crm, configVariables=[])


def _state(api: Api, instance: str) -> str:
    query = "query ($id: ID!) { instance(id: $id) { configState } }"
    state: str = api(query, id=instance)["instance"]["configState"]
    return state


def test_a_pending_connection_needs_a_person(api: Api, crm: str) -> None:
    """An OAuth 2.0 connection is pending until somebody opens its URL, and so is the instance."""
    _set(api, crm, {"key": "Contact Owner", "value": "x"})
    assert _state(api, crm) == "NEEDS_INSTANCE_CONFIGURATION"
    pending = api.variables(crm)["CRM Connection"]
    assert (pending["status"], pending["authorizeUrl"] is None) == ("PENDING", False)
    assert api.variables(crm)["Contact Owner"]["authorizeUrl"] is None
    assert api.request("GET", pending["authorizeUrl"]).status_code == 200
    assert api.variables(crm)["CRM Connection"]["status"] == "ACTIVE"
    assert _state(api, crm) == "FULLY_CONFIGURED"
    meta = """query ($id: ID!) { instance(id: $id) { configVariables(first: 1) {
      nodes { meta lastSuccessfulRefreshAt } } } }"""
    (node,) = api(meta, id=crm)["instance"]["configVariables"]["nodes"]
    assert "access_token" in json.loads(node["meta"])["token"]
    api.done("updateInstance", "instance { id }", id=crm, configVariables=[{"key": "Contact Owner", "value": "x"}])
    assert api.variables(crm)["CRM Connection"]["status"] == "PENDING"


def test_a_pending_connection_can_be_ignored(start: Callable[..., Api]) -> None:
    """Where the variant says so, an unauthorized connection does not keep an instance from being configured."""
    api = start(variants=["pending_connection=ignored"])
    customer = api.sandbox.seed.customer("C")["id"]
    version = api.sandbox.seed.version("CRM Contacts")["id"]
    made = api.sandbox.seed.instance("I", customer=customer, integration=version)["id"]
    assert _state(api, made) == "NEEDS_INSTANCE_CONFIGURATION"
    _set(api, made, {"key": "Contact Owner", "value": ""})
    assert _state(api, made) == "FULLY_CONFIGURED"


def test_values_given_at_creation_are_checked_and_kept(api: Api) -> None:
    """``createInstance`` takes config variables; a bad one leaves no instance behind."""
    customer = api.sandbox.seed.customer("C")["id"]
    version = api.sandbox.seed.version("Acme Inventory")["id"]
    data = {"name": "I", "customer": customer, "integration": version}
    bad = [{"key": "Batch Size", "value": "x"}]
    assert [field for field, _ in api.errors("createInstance", **data, configVariables=bad)] == ["configVariables"]
    good = [{"key": "Batch Size", "value": "9"}]
    made = api.done("createInstance", "instance { id }", **data, configVariables=good)["id"]
    values = api.values(made)
    assert (values["Batch Size"], values["My String"]) == ("9", "")
