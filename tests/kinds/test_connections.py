"""Connections: what is compared of their inputs, what a write names, and what cannot be told."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest
from kinds.support import CANARY, row_id, shows
from support.nodes import node

from reconciler.kinds.shared.clearing import ADVICE, CLEARED
from reconciler.kinds.shared.mismatch import Mismatch
from reconciler.kinds.variables.codec import Declaration
from reconciler.kinds.variables.connections import compare_connection
from reconciler.kinds.variables.fragments import LiveVariable
from reconciler.secrets.secret import Secret, Unresolved, reveal
from reconciler.text.exact_numbers import Exact, SpelledInt

if TYPE_CHECKING:
    from reconciler.kinds.variables.connections import ConnectionComparison

DECLARED = Declaration("Login", "CONNECTION", inputs={"host": "db.example.com", "port": "", "password": ""})
BARE = Declaration("Login", "CONNECTION")


def entry(name: str, value: str | None, *, held: bool = False, kind: str = "VALUE") -> dict[str, Any]:
    return {"name": name, "type": kind, "value": value, "has_value": held or bool(value)}


def connection(*inputs: dict[str, Any], **more: Any) -> LiveVariable:
    return node(LiveVariable, inputs={"nodes": inputs}, **more)


def sent(found: ConnectionComparison) -> list[tuple[str, str, str]]:
    """Return what a write names: name, type and value of each input, in order."""
    assert found.wire is not None
    return [(item["name"], item["type"], item["value"]) for item in json.loads(reveal(found.wire["values"]))]


HOST = entry("host", "db.example.com")
HELD = entry("password", "", held=True)
HELD_NULL = entry("password", None, held=True)


@dataclass(frozen=True)
class Case:
    """One comparison: the manifest's inputs, the live ones, and what is to be sent, changed and said."""

    about: str
    inputs: dict[str, Any]
    live: LiveVariable | None
    sent: list[tuple[str, str, str]] | None = None
    changed: dict[str, tuple[Any, Any]] = field(default_factory=dict)
    unverified: tuple[str, ...] = ()
    at_risk: tuple[str, ...] = ()
    resend: bool = False
    declared: Declaration = DECLARED
    cleared: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return self.about


CASES = (
    Case("nothing declared", {}, connection(HOST, HELD)),
    Case("the same text", {"host": "db.example.com"}, connection(HOST)),
    Case("empty and to be empty", {"port": CLEARED}, connection(entry("port", ""))),
    Case("new, without a default, and to be empty", {"port": CLEARED}, None),
    Case("text that looks like a number", {"port": "5432.0"}, connection(entry("port", "5432.0"))),
    Case("a new connection starts with the defaults", {"host": "db.example.com"}, None),
    Case("an input the live one lacks has its default", {"host": "db.example.com"}, connection(entry("port", "1"))),
    Case("held and declared", {"password": "p"}, connection(HOST, HELD), unverified=("password",)),
    Case("held and read as null", {"password": Secret("p")}, connection(HELD_NULL), unverified=("password",)),
    Case("unset and to be empty", {"port": CLEARED}, connection(HOST, entry("port", None))),
    Case("unresolved", {"password": Unresolved(), "host": Unresolved()}, connection(HOST, HELD)),
    Case(
        "unresolved in a new connection", {"password": Unresolved()}, None, changed={"password": (None, Unresolved())}
    ),
    Case(
        "a change names the readable others",
        {"port": "1"},
        connection(HOST, entry("port", "2"), entry("extra", "x", kind="TEMPLATE"), entry("empty", "")),
        sent=[("host", "value", "db.example.com"), ("port", "value", "1"), ("extra", "template", "x")],
        changed={"port": ("2", "1")},
    ),
    Case(
        "a change sends the held along, declared",
        {"host": "new", "password": "p"},
        connection(HOST, HELD),
        sent=[("host", "value", "new"), ("password", "value", "p")],
        changed={"host": ("db.example.com", "new"), "password": (None, "p")},
    ),
    Case(
        "a change does not send the held along, undeclared",
        {"host": "new"},
        connection(HOST, HELD, entry("key", None, held=True)),
        sent=[("host", "value", "new")],
        changed={"host": ("db.example.com", "new")},
        at_risk=("key", "password"),
    ),
    Case(
        "declared but unresolved is at no risk",
        {"host": "new", "password": Unresolved()},
        connection(HOST, HELD),
        sent=[("host", "value", "new")],
        changed={"host": ("db.example.com", "new")},
    ),
    Case(
        "resending",
        {"host": "db.example.com", "password": "p"},
        connection(HOST, HELD),
        sent=[("host", "value", "db.example.com"), ("password", "value", "p")],
        changed={"password": (None, "p")},
        resend=True,
    ),
    Case("resending where nothing is held", {"host": "db.example.com"}, connection(HOST), resend=True),
    Case("resending what is not declared", {"host": "db.example.com"}, connection(HOST, HELD), resend=True),
    Case(
        "a write-only input that is not set",
        {"password": "p"},
        connection(entry("password", "")),
        sent=[("password", "value", "p")],
        changed={"password": (None, "p")},
    ),
    Case(
        "clearing what is held",
        {"password": CLEARED},
        connection(HOST, HELD),
        sent=[("host", "value", "db.example.com"), ("password", "value", "")],
        changed={"password": (Unresolved(), "")},
        cleared=("password",),
    ),
    Case(
        "clearing a readable one",
        {"host": CLEARED},
        connection(HOST),
        sent=[("host", "value", "")],
        changed={"host": ("db.example.com", "")},
        cleared=("host",),
    ),
    Case(
        "clearing the default of a new one",
        {"host": CLEARED},
        None,
        sent=[("host", "value", "")],
        changed={"host": ("db.example.com", "")},
        cleared=("host",),
    ),
    Case(
        "what stays keeps its type, declared or not; what changes is a value",
        {"host": "{{region}}.example.com", "port": "1"},
        connection(entry("host", "{{region}}.example.com", kind="TEMPLATE"), entry("port", "2", kind="REFERENCE")),
        sent=[("host", "template", "{{region}}.example.com"), ("port", "value", "1")],
        changed={"port": ("2", "1")},
    ),
    Case(
        "a new connection names its defaults",
        {"password": Secret("p")},
        None,
        sent=[("host", "value", "db.example.com"), ("password", "value", "p")],
        changed={"password": (None, "p")},
    ),
    Case(
        "a live one without inputs is like a new one",
        {"host": "new"},
        node(LiveVariable),
        sent=[("host", "value", "new")],
        changed={"host": (None, "new")},
    ),
    Case(
        "without any known input every name is taken",
        {"anything": "x"},
        connection(),
        sent=[("anything", "value", "x")],
        changed={"anything": (None, "x")},
        declared=BARE,
    ),
)


@pytest.mark.parametrize("case", CASES, ids=repr)
def test_a_connection_is_compared_input_by_input(case: Case) -> None:
    """Only a difference, or a wish to send again, is written; then with every declared and readable input."""
    found = compare_connection(case.declared, {"inputs": case.inputs}, case.live, resend=case.resend)
    assert (sent(found) if found.wire else None) == case.sent
    changes = {change.path: (reveal(change.before), reveal(change.after)) for change in found.fields.changed}
    assert changes == {("inputs", name): sides for name, sides in case.changed.items()}
    assert all(change.sensitive for change in found.fields.changed)
    inputs = found.inputs
    assert (inputs.unverified, inputs.at_risk, inputs.cleared) == (case.unverified, case.at_risk, case.cleared)


LINKED = {"customer_config_variable": {"id": "shared-1"}, "on_premise_resource": {"id": "agent-1"}}


@pytest.mark.parametrize(
    ("spec", "current", "wire", "changed"),
    [
        ({"customerConfigVariableId": "shared-1"}, connection(**LINKED), None, {}),
        ({"onPremiseResourceId": "agent-1"}, connection(**LINKED), None, {}),
        (
            {"customerConfigVariableId": "shared-2"},
            connection(**LINKED),
            {"key": "Login", "customerConfigVariableId": "shared-2"},
            {"customerConfigVariableId": ("shared-1", "shared-2")},
        ),
        (
            {"onPremiseResourceId": "agent-2"},
            connection(),
            {"key": "Login", "onPremiseResourceId": "agent-2"},
            {"onPremiseResourceId": (None, "agent-2")},
        ),
        (
            {"onPremiseResourceId": "agent-2", "customerConfigVariableId": "shared-2"},
            None,
            {"key": "Login", "onPremiseResourceId": "agent-2", "customerConfigVariableId": "shared-2"},
            {"onPremiseResourceId": (None, "agent-2"), "customerConfigVariableId": (None, "shared-2")},
        ),
    ],
    ids=row_id,
)
def test_a_connection_can_be_a_link(spec: dict[str, Any], current: Any, wire: Any, changed: dict[str, Any]) -> None:
    """A reusable connection and an on-premise agent are compared by ID and shown, for they are no secrets."""
    found = compare_connection(DECLARED, spec, current)
    assert found.wire == wire
    assert {change.path[0]: (change.before, change.after) for change in found.fields.changed} == changed
    assert not any(change.sensitive for change in found.fields.changed)


def test_a_changed_link_does_not_send_the_inputs() -> None:
    """Inputs that need no write stay out of a write of the link, and held ones are still unverified."""
    spec = {"onPremiseResourceId": "agent-2", "inputs": {"host": "db.example.com", "password": "p"}}
    found = compare_connection(DECLARED, spec, connection(HOST, HELD))
    assert found.wire == {"key": "Login", "onPremiseResourceId": "agent-2"}
    assert found.inputs.unverified == ("password",)


@pytest.mark.parametrize(
    ("value", "message", "path"),
    [
        (
            None,
            "expected a connection: {inputs: {…}}; a connection has no default to go back to, found nothing",
            (),
        ),
        (CANARY, "expected a connection: {inputs: {name: value, …}}, found text", ()),
        (Secret(CANARY), "expected a connection: {inputs: {name: value, …}}, found a secret", ()),
        (Unresolved(), "expected a connection: {inputs: {name: value, …}}, found a secret", ()),
        (
            {"input": {"host": CANARY}},
            ("expected a connection's inputs, customerConnection, customerConfigVariableId or onPremiseResourceId "
            "(did you mean 'inputs'? allowed: 'customerConfigVariableId', 'customerConnection', 'inputs', "
            "'onPremiseResourceId'), found the text 'input'"),
            ("input",),
        ),
        ({"inputs": [CANARY]}, "expected a mapping of input names to values, found a list", ("inputs",)),
        ({"inputs": Secret(CANARY)}, "expected a mapping of input names to values, found a secret", ("inputs",)),
        ({"inputs": None}, "expected a mapping of input names to values, found nothing", ("inputs",)),
        ({"onPremiseResourceId": 7}, "expected an ID (text), found the number 7; put it in quotes",
         ("onPremiseResourceId",)),
        ({"customerConfigVariableId": Secret(CANARY)}, "expected an ID (text), found a secret",
         ("customerConfigVariableId",)),
        (
            {"inputs": {"hots": CANARY}},
            ("expected an input of the connection (did you mean 'host'? known: 'host', 'password', 'port', 'realm'), "
            "found the text 'hots'"),
            ("inputs", "hots"),
        ),
        ({"inputs": {"password": [CANARY]}}, "expected text, {valueFrom: …} or {clear: true}, found a list",
         ("inputs", "password")),
        ({"inputs": {"password": {"value": Secret(CANARY)}}},
         "expected text, {valueFrom: …} or {clear: true}, found a mapping", ("inputs", "password")),
        *(
            ({"inputs": {"port": number}},
             "expected text, {valueFrom: …} or {clear: true}, found a number; put it in quotes", ("inputs", "port"))
            for number in (5432, 58.0, 10**500, SpelledInt.of(15, "0o17"), Exact("12e5"))
        ),
        ({"inputs": {"port": True}},
         "expected text, {valueFrom: …} or {clear: true}, found true or false; put it in quotes", ("inputs", "port")),
        *(
            ({"inputs": {"port": value}}, f"expected a value, found {found}; {ADVICE}", ("inputs", "port"))
            for value, found in ((None, "nothing"), ("", "the text ''"))
        ),
        *(
            ({"inputs": {"port": value}}, "expected {clear: true}, with nothing beside it, found a mapping",
             ("inputs", "port"))
            for value in ({"clear": False}, {"clear": "true"}, {"clear": 1}, {"clear": None},
                          {"clear": True, "value": CANARY})
        ),
    ],
    ids=row_id,
)  # fmt: skip
def test_an_invalid_connection_is_refused_at_its_place(value: Any, message: str, path: tuple[str, ...]) -> None:
    """The complaint names the nearest key or input, and never the value of an input."""
    with pytest.raises(Mismatch) as caught:
        compare_connection(DECLARED, value, connection(HOST, entry("realm", "")))
    assert (caught.value.message(), caught.value.path) == (message, path)
    assert not shows(caught.value)


def test_all_problems_of_a_connection_are_reported_together() -> None:
    """Each input, and each part of a connection that is none, has a mismatch of its own, in the manifest's order."""
    value = {"onPremise": "x", "inputs": {"host": 58.0, "nope": "x", "password": "", "port": None}}
    with pytest.raises(Mismatch) as caught:
        compare_connection(DECLARED, value, None)
    assert [each.path for each in caught.value] == [
        ("onPremise",), ("inputs", "host"), ("inputs", "nope"), ("inputs", "password"), ("inputs", "port"),
    ]  # fmt: skip


@pytest.mark.parametrize("value", [CANARY, Secret(CANARY)], ids=["plain", "secret"])
@pytest.mark.parametrize(
    "current",
    [
        None,
        connection(entry("password", f"{CANARY}-old"), entry("realm", f"{CANARY}-other")),
        connection(HELD, entry("port", "1")),
    ],
    ids=["new", "readable", "held"],
)
def test_inputs_of_a_connection_are_hidden(value: Any, current: Any) -> None:
    """Every input is a secret, the manifest's and the live ones, also where nobody marked them."""
    found = compare_connection(DECLARED, {"inputs": {"password": value, "port": "2"}}, current)
    assert found.wire is not None
    assert CANARY in reveal(found.wire["values"])
    changes = found.fields.changed
    for thing in (found, found.wire, found.wire["values"], *changes, *(each.after for each in changes)):
        assert not shows(thing)
