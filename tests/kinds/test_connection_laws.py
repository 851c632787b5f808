"""Laws of connections, against an API that merges a write's inputs and one that replaces them."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kinds.server import LiveConnection, LiveInput

from reconciler.kinds.shared.clearing import CLEARED
from reconciler.kinds.variables.codec import Declaration
from reconciler.kinds.variables.connections import compare_connection
from reconciler.secrets.secret import Secret, reveal

NAMES = ("host", "port", "user", "password", "token", "scope")
texts = st.sampled_from(["", "a", "b", "ü {{x}}"])
types = st.sampled_from(["value", "template", "configvar", "reference", "complex"])


@st.composite
def live_inputs(draw: st.DrawFn) -> dict[str, LiveInput]:
    """Return a connection's live inputs: readable and write-only ones, set and unset, of several types."""
    names = draw(st.lists(st.sampled_from(NAMES), unique=True))
    return {name: LiveInput(draw(types), draw(texts), draw(st.booleans()), draw(st.booleans())) for name in names}


defaults = st.dictionaries(st.sampled_from(NAMES), texts)
values = st.one_of(texts.filter(bool), texts.filter(bool).map(Secret), st.just(CLEARED))
declared_inputs = st.dictionaries(st.sampled_from(NAMES), values)


def wanted_text(value: Any) -> str:
    """Return the text that a manifest's input means."""
    return "" if value == CLEARED else str(reveal(value))


def declaration_of(inputs: dict[str, str]) -> Declaration:
    return Declaration("Login", "CONNECTION", inputs={**dict.fromkeys(NAMES, ""), **inputs})


laws = given(inputs=live_inputs(), wanted=declared_inputs, start=defaults, resend=st.booleans())
both = pytest.mark.parametrize("replaces", [False, True], ids=["merges", "replaces"])


@both
@laws
def test_one_write_settles_a_connection(
    inputs: dict[str, LiveInput], wanted: dict[str, Any], start: dict[str, str], resend: bool, replaces: bool
) -> None:
    """After the write the next plan is empty, but for held inputs, which can be verified by nobody."""
    declared, server = declaration_of(start), LiveConnection(deepcopy(inputs), replaces=replaces)
    found = compare_connection(declared, {"inputs": wanted}, server.node(), resend=resend)
    if found.wire:
        server.write(found.wire)
        for name, value in wanted.items():
            if name in server.inputs:
                assert server.inputs[name].value == wanted_text(value)
    again = compare_connection(declared, {"inputs": wanted}, server.node())
    assert (again.wire, again.fields.changed, again.inputs.at_risk) == (None, [], ())
    held = {name for name, each in server.inputs.items() if each.write_only and each.value and name in wanted}
    assert set(again.inputs.unverified) == held


@both
@laws
def test_an_undeclared_input_that_can_be_read_stays_as_it_is(
    inputs: dict[str, LiveInput], wanted: dict[str, Any], start: dict[str, str], resend: bool, replaces: bool
) -> None:
    """Whether the API merges or replaces, what no manifest names keeps its value, and a set one its type."""
    server = LiveConnection(deepcopy(inputs), replaces=replaces)
    before = server.readable(without=wanted)
    found = compare_connection(declaration_of(start), {"inputs": wanted}, server.node(), resend=resend)
    if found.wire:
        server.write(found.wire)
    after = server.readable(without=wanted)
    if inputs:
        assert after == before


@both
@laws
def test_inputs_that_a_write_may_lose_are_warned_of(
    inputs: dict[str, LiveInput], wanted: dict[str, Any], start: dict[str, str], resend: bool, replaces: bool
) -> None:
    """The undeclared secrets that a write would cost, if the API replaces, are exactly those named as at risk."""
    server = LiveConnection(deepcopy(inputs), replaces=replaces)
    found = compare_connection(declaration_of(start), {"inputs": wanted}, server.node(), resend=resend)
    if found.wire:
        server.write(found.wire)
    undeclared = {name for name, each in inputs.items() if each.write_only and each.value and name not in wanted}
    lost = {name for name in undeclared if not server.inputs[name].value}
    assert lost == (set(found.inputs.at_risk) if replaces else set())
    assert set(found.inputs.at_risk) == (undeclared if found.wire else set())


@laws
def test_a_write_names_every_declared_and_every_readable_input(
    inputs: dict[str, LiveInput], wanted: dict[str, Any], start: dict[str, str], resend: bool
) -> None:
    """A write holds each declared input, each readable one as it is, once, and no undeclared write-only one."""
    server = LiveConnection(inputs)
    found = compare_connection(declaration_of(start), {"inputs": wanted}, server.node(), resend=resend)
    if found.wire is None:
        return
    listed = reveal(found.wire["values"].data)
    named = [item["name"] for item in listed]
    assert len(set(named)) == len(named)
    assert set(wanted) <= set(named)
    items = {item["name"]: (item["type"], item["value"]) for item in listed}
    readable = {name: sides for name, sides in server.readable(without=wanted).items() if sides[1]}
    assert readable.items() <= items.items()
    if inputs:
        assert set(named) == set(wanted) | set(readable)


@laws
def test_an_equal_connection_is_not_written(
    inputs: dict[str, LiveInput], wanted: dict[str, Any], start: dict[str, str], resend: bool
) -> None:
    """Nothing is written unless a readable input differs, a held one is to be blanked, or secrets are sent again."""
    found = compare_connection(declaration_of(start), {"inputs": wanted}, LiveConnection(inputs).node(), resend=resend)
    due = False
    for name, value in wanted.items():
        text, current = wanted_text(value), inputs.get(name)
        if current is not None and current.write_only and current.value:
            due = due or text == "" or resend
        else:
            due = due or text != (current.value if current is not None else start.get(name, ""))
    assert (found.wire is not None) == due


@given(wanted=declared_inputs, start=defaults)
def test_a_new_connection_ends_with_defaults_and_declared_inputs(wanted: dict[str, Any], start: dict[str, str]) -> None:
    """Created from nothing, a connection has the declared inputs over the integration's defaults."""
    found = compare_connection(declaration_of(start), {"inputs": wanted}, None)
    expected = {**start, **{name: wanted_text(value) for name, value in wanted.items()}}
    server = LiveConnection({name: LiveInput("value", text) for name, text in start.items()}, replaces=True)
    if found.wire:
        server.write(found.wire)
    assert {name: each.value for name, each in server.inputs.items() if each.value} == {
        name: text for name, text in expected.items() if text
    }
