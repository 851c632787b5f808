"""An instance's configuration: all declared variables together, with complaints at their places."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from kinds.support import CANARY, live, row_id, shows
from support.nodes import node

from reconciler.kinds.instance.operations import InstanceFields
from reconciler.kinds.variables.codec import Declaration
from reconciler.kinds.variables.configuration import compare_configuration
from reconciler.kinds.variables.fragments import RequiredConfigVariable
from reconciler.kinds.variables.input_warnings import UNVERIFIED
from reconciler.model.capabilities.differ import FieldChange
from reconciler.model.diagnostic import Diagnostic
from reconciler.secrets.secret import Secret, Unresolved, reveal

if TYPE_CHECKING:
    from reconciler.kinds.variables.fragments import LiveVariable

DECLARATIONS = {
    each.key: each
    for each in (
        Declaration("Endpoint", "STRING", default="https://example.com"),
        Declaration("Batch Size", "NUMBER", default="10"),
        Declaration("Sync Schedule", "SCHEDULE"),
        Declaration("Colors", "PICKLIST", "VALUELIST", pick_list=("Red", "Green")),
        Declaration("Token", "CREDENTIAL"),
        Declaration("Login", "CONNECTION", inputs={"host": "", "password": ""}),
        Declaration("Shared Login", "CONNECTION", scoped=True),
        Declaration("My Login", "CONNECTION", user_level=True),
    )
}


def instance(**variables: LiveVariable) -> InstanceFields:
    """Return an instance with config variables; a key has ``_`` for each space."""
    nodes = [
        msgspec.structs.replace(each, required_config_variable=node(RequiredConfigVariable, key=key.replace("_", " ")))
        for key, each in variables.items()
    ]
    return node(InstanceFields, config_variables={"nodes": nodes})


def login(*, host: str, held: bool = False) -> LiveVariable:
    nodes = [
        {"name": "host", "type": "VALUE", "value": host, "has_value": bool(host)},
        {"name": "password", "type": "VALUE", "has_value": held},
    ]
    return live(None, inputs={"nodes": nodes})


def test_only_what_differs_is_written() -> None:
    """Each declared variable is compared with its own live one, and only those that differ are sent."""
    wanted = {"Endpoint": "https://new.example.com", "Batch Size": 50, "Sync Schedule": "5 * * * *"}
    current = instance(
        Endpoint=live("https://old.example.com"),
        Batch_Size=live("50.0"),
        Sync_Schedule=live("5 * * * *", schedule_type="NONE"),
        Token=live("not declared"),
    )
    found = compare_configuration(wanted, DECLARATIONS, current)
    assert found.wire == [
        {"key": "Endpoint", "value": "https://new.example.com"},
        {"key": "Sync Schedule", "value": "5 * * * *", "scheduleType": "custom", "timeZone": ""},
    ]
    assert found.fields.changed == [
        FieldChange(("configVariables", "Endpoint"), "https://old.example.com", "https://new.example.com"),
        FieldChange(
            ("configVariables", "Sync Schedule"),
            {"cron": "5 * * * *", "type": "none"},
            {"cron": "5 * * * *", "type": "custom"},
        ),
    ]
    assert (found.warnings, found.problems) == ([], [])


@pytest.mark.parametrize("current", [None, instance()], ids=row_id)
def test_a_new_instance_gets_every_declared_value(current: InstanceFields | None) -> None:
    """Where no variable is live, all that say something are sent, ``null`` being the default they start with."""
    wanted = {"Endpoint": "https://example.com", "Batch Size": None, "Colors": ["Red"]}
    found = compare_configuration(wanted, DECLARATIONS, current)
    assert [variable["key"] for variable in found.wire] == ["Endpoint", "Colors"]
    assert [change.before for change in found.fields.changed] == [None, None]


def test_nothing_declared_is_nothing_to_do() -> None:
    """Variables that no manifest names are not looked at."""
    found = compare_configuration({}, DECLARATIONS, instance(Endpoint=live("anything")))
    assert (found.fields.changed, found.wire, found.warnings, found.problems) == ([], [], [], [])


@pytest.mark.parametrize(
    ("wanted", "complaint"),
    [
        (
            {"Endpont": "x"},
            Diagnostic(
                "the integration has no config variable 'Endpont'; did you mean 'Endpoint'? its variables: "
                "'Batch Size', 'Colors', 'Endpoint', 'Login', 'My Login', 'Shared Login', 'Sync Schedule', 'Token'",
                path=("configVariables", "Endpont"),
                key=True,
            ),
        ),
        (
            {"Shared Login": {"inputs": {"host": CANARY}}},
            Diagnostic(
                "'Shared Login' is a connection that the organization or the customer configures once for all its "
                "instances; leave it out",
                path=("configVariables", "Shared Login"),
                key=True,
            ),
        ),
        (
            {"My Login": {"inputs": {"host": CANARY}}},
            Diagnostic(
                "'My Login' is configured by each of the customer's users, not for the instance; leave it out",
                path=("configVariables", "My Login"),
                key=True,
            ),
        ),
        (
            {"Batch Size": "many"},
            Diagnostic(
                "'Batch Size' (NUMBER): expected a number, found the text 'many'",
                path=("configVariables", "Batch Size"),
            ),
        ),
        (
            {"Colors": ["Red", "Gren"]},
            Diagnostic(
                "'Colors' (PICKLIST VALUELIST): expected one of its options, found the text 'Gren'; "
                "did you mean 'Green'? options: 'Green', 'Red'",
                path=("configVariables", "Colors", 1),
            ),
        ),
        (
            {"Token": [CANARY]},
            Diagnostic("'Token' (CREDENTIAL): expected text, found a list", path=("configVariables", "Token")),
        ),
        (
            {"Login": {"inputs": {"password": [CANARY]}}},
            Diagnostic(
                "'Login' (CONNECTION): expected text, {valueFrom: …} or {clear: true}, found a list",
                path=("configVariables", "Login", "inputs", "password"),
            ),
        ),
        (
            {"Colors": Secret(json.dumps({CANARY: 1}))},
            Diagnostic(
                "'Colors' (PICKLIST VALUELIST): expected a list, found a mapping", path=("configVariables", "Colors")
            ),
        ),
    ],
    ids=row_id,
)
def test_an_impossible_value_is_reported_at_its_place(wanted: dict[str, Any], complaint: Diagnostic) -> None:
    """Each complaint names the variable, its type, what was expected and where, and no secret."""
    found = compare_configuration(wanted, DECLARATIONS, None)
    assert found.problems == [complaint]
    assert (found.fields.changed, found.wire) == ([], [])
    assert not shows(found)


def test_all_problems_are_reported_together() -> None:
    """One wrong variable hides neither the next wrong one nor those that are right."""
    wanted = {"Nothing": 1, "Batch Size": "many", "Endpoint": "https://new.example.com", "Colors": "Red"}
    found = compare_configuration(wanted, DECLARATIONS, None)
    assert [problem.path[1] for problem in found.problems] == ["Nothing", "Batch Size", "Colors"]
    assert [variable["key"] for variable in found.wire] == ["Endpoint"]


def test_a_connection_configured_elsewhere_can_be_linked() -> None:
    """A shared connection takes the ID of the customer's own, and nothing else."""
    wanted = {"Shared Login": {"customerConfigVariableId": "shared-1"}}
    found = compare_configuration(wanted, DECLARATIONS, instance(Shared_Login=live(None)))
    assert found.problems == []
    assert found.wire == [{"key": "Shared Login", "customerConfigVariableId": "shared-1"}]
    assert found.fields.changed == [
        FieldChange(("configVariables", "Shared Login", "customerConfigVariableId"), None, "shared-1")
    ]


def test_a_held_secret_is_warned_of_under_one_topic() -> None:
    """A declared write-only input that stays as it is gets a warning at its place, of a topic told once."""
    wanted = {"Login": {"inputs": {"host": "db", "password": Secret(CANARY)}}}
    found = compare_configuration(wanted, DECLARATIONS, instance(Login=login(host="db", held=True)))
    (warning,) = found.warnings
    assert warning.path == ("configVariables", "Login", "inputs", "password")
    assert warning.message.startswith("Login: password is write-only and set: it cannot be compared and stays as it is")
    assert warning.topic == UNVERIFIED
    assert found.wire == []
    assert not shows(found)


def test_a_held_secret_is_sent_again_when_asked_for() -> None:
    """``resend_secrets`` writes declared write-only inputs that cannot be compared."""
    wanted = {"Login": {"inputs": {"host": "db", "password": Secret(CANARY)}}}
    current = instance(Login=login(host="db", held=True))
    found = compare_configuration(wanted, DECLARATIONS, current, resend_secrets=True)
    (change,) = found.fields.changed
    assert (change.path[2:], change.sensitive) == (("inputs", "password"), True)
    assert found.warnings == []
    (written,) = reveal(found.wire)
    assert json.loads(written["values"])[1] == {"name": "password", "type": "value", "value": CANARY}
    assert not shows(found)


def test_a_secret_that_a_write_may_lose_is_warned_of() -> None:
    """A write-only input that no manifest names may be lost with a change of its connection, and that is said."""
    current = instance(Login=login(host="old", held=True))
    found = compare_configuration({"Login": {"inputs": {"host": "new"}}}, DECLARATIONS, current)
    assert found.warnings == [
        Diagnostic(
            "Login: password is write-only and not declared; this write cannot include it, and it is lost if the "
            "API replaces a connection's inputs as a whole",
            path=("configVariables", "Login"),
        )
    ]


def test_an_unresolved_secret_is_shown_on_a_new_instance_and_not_sent() -> None:
    """Without its secrets a plan still tells which variables a new instance gets."""
    wanted = {"Token": Unresolved(), "Login": {"inputs": {"password": Unresolved()}}}
    found = compare_configuration(wanted, DECLARATIONS, None)
    assert [change.path[1] for change in found.fields.changed] == ["Token", "Login"]
    assert all(change.after == Unresolved() and change.sensitive for change in found.fields.changed)
    assert found.wire == []
    settled = compare_configuration(wanted, DECLARATIONS, instance(Token=live("old"), Login=login(host="h", held=True)))
    assert (settled.fields.changed, settled.wire) == ([], [])


def test_variables_can_be_left_out_of_a_write() -> None:
    """What was sent already is not sent again."""
    found = compare_configuration({"Endpoint": "x", "Batch Size": 1}, DECLARATIONS, None)
    assert found.without({"Endpoint"}) == [{"key": "Batch Size", "value": "1"}]
    assert found.without(set()) == found.wire
