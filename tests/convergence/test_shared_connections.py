"""Shared connections converge: an apply makes them what is declared, changes nothing else, and leaves an empty plan."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from kinds.shared_connections import (
    connection,
    customer,
    customer_connection,
    instance,
    publish,
    row,
    several,
    stored,
    theirs,
)
from support.world import World

from reconciler.sandbox.data.variants import Variants

SECRETS = st.sampled_from(["secret-one", "secret-two", '{"a": "b"}', "d'or ünïcode", "x" * 300])
NAMES = ("url", "apiKey", "user")
WRITE_ONLY = "apiKey"
INPUTS = st.fixed_dictionaries({}, optional=dict.fromkeys(NAMES, SECRETS))
TEXTS = st.fixed_dictionaries(
    {},
    optional={"description": SECRETS, "name": st.sampled_from(["Depot", "Port"]), "defaultForComponent": st.booleans()},
)
VARIANTS = st.fixed_dictionaries({
    name: st.sampled_from(Variants.choices()[name])
    for name in (
        "connection_inputs", "write_only_inputs", "shared_secrets", "shared_input_meta", "shared_needs_deploy",
        "shared_in_use", "component_ids", "optional_strings",
    )
})  # fmt: skip


def expected(before: dict[str, str], declared: dict[str, str], variants: dict[str, str]) -> dict[str, str]:
    """Return the inputs that must be there, as far as they can be read or sent.

    Nobody can compare a write-only input, nor send along one that is not declared.
    """
    found = {**before, **declared}
    if before and variants["shared_secrets"] == "hidden":
        found.pop(WRITE_ONLY, None)
    return found


@given(live=st.none() | INPUTS, declared=INPUTS, texts=TEXTS, variants=VARIANTS, user=st.booleans())
def test_a_connection_becomes_what_is_declared(live: Any, declared: Any, texts: Any, variants: Any, user: bool) -> None:
    """Under every reading each declared field is there, every other one is as before, and a second plan is empty."""
    with World(Variants(**variants)) as world:
        publish(world)
        if live is not None:
            world.apply(connection(inputs=live, description="Old"))
        before = stored(row(world)) if live is not None else {}
        text = several(
            connection(inputs=declared, **texts), *([customer("ftl", "FTL"), instance("ships", "ftl")] if user else [])
        )
        assert [result.messages for result in world.apply(text) if not result.ok] == []
        assert world.plan(text).empty
        after = row(world)
        wanted = expected(before, declared, variants)
        assert {name: stored(after).get(name) for name in wanted} == wanted
        was = {"description": "Old" if live is not None else "", "name": "Depot", "defaultForComponent": False}
        said = {**was, **texts}
        assert (after["key"], after["description"] or "", bool(after["defaultForComponent"])) == (
            said["name"], said["description"], said["defaultForComponent"],
        )  # fmt: skip


@given(live=st.none() | INPUTS, declared=INPUTS, variants=VARIANTS, user=st.booleans())
def test_a_customers_connection_becomes_what_is_declared(live: Any, declared: Any, variants: Any, user: bool) -> None:
    """Under every reading each declared input is there, every other one is as before, and a second plan is empty."""
    with World(Variants(**variants)) as world:
        publish(world)
        for_each = connection(type="organization-customer", inputs={name: {"perCustomer": True} for name in NAMES})
        around = [for_each, customer("ftl", "FTL"), *([instance("ships", "ftl")] if user else [])]
        if live is not None:
            world.apply(several(*around, customer_connection(inputs=live)))
        before = stored(theirs(world)) if live is not None else {}
        text = several(*around, customer_connection(inputs=declared))
        assert [result.messages for result in world.apply(text) if not result.ok] == []
        assert world.plan(text).empty
        wanted = expected(before, declared, variants)
        found = stored(theirs(world))
        assert {name: found.get(name) for name in wanted} == wanted
