"""Connections of an instance's own that are created without credentials, or that a version adds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from kinds.shared_connections import customer, instance, several
from support.nodes import node

from reconciler.kinds.instance.blank_connections import blank_connections
from reconciler.kinds.instance.operations import InstanceFields
from reconciler.kinds.variables.codec import Declaration

if TYPE_CHECKING:
    from collections.abc import Mapping

    from support.world import World

OWN = Declaration("Own", "CONNECTION", inputs={"url": "", "apiKey": "", "region": "eu"}, stable_key="own")


def told(declared: Mapping[str, Any], *declarations: Declaration, live: InstanceFields | None = None) -> list[str]:
    known = {each.key: each for each in declarations or (OWN,)}
    found = blank_connections(declared, known, live, "version 2")
    return [each.message.partition(";")[0] for each in found]


def deployed(*inputs: dict[str, Any], key: str = "Own", at: str | None = "2026-01-01T00:00:00Z") -> InstanceFields:
    variable = {
        "required_config_variable": {"key": key, "stable_key": "own"},
        "inputs": {"nodes": [*inputs]},
    }
    return node(InstanceFields, last_deployed_at=at, config_variables={"nodes": [variable]})


def test_a_created_instance_names_the_inputs_without_a_value(ships: World) -> None:
    """An instance that somebody deleted is created again without what its manifest leaves out: the plan warns."""
    (warning,) = ships.plan(several(customer("ftl", "FTL"), instance("ships", "ftl"))).warnings
    assert "will have no value: 'Own Depot' (apiKey, url, user)" in warning.message
    assert warning.address == "Instance/ships"
    inputs = {"url": "https://x.example", "apiKey": "made-up"}
    spec = {"configVariables": {"Own Depot": {"inputs": inputs}}}
    assert ships.plan(several(customer("ftl", "FTL"), instance("ships", "ftl", **spec))).warnings == ()


@pytest.mark.parametrize(
    ("declared", "named"),
    [
        ({}, "apiKey, url"),
        ({"Own": {}}, "apiKey, url"),
        ({"Own": {"inputs": {"url": "x"}}}, "apiKey"),
        ({"Own": {"inputs": {"apiKey": "x"}}}, ""),
        ({"Own": {"customerConfigVariableId": "x"}}, ""),
        ({"Own": "no connection"}, ""),
    ],
)
def test_inputs_that_certainly_lack_a_value_are_named(declared: Mapping[str, Any], named: str) -> None:
    """Beside declared inputs only secrets are named; defaults, links and mistakes are no reason to warn."""
    expected = [f"these inputs of connections will have no value: 'Own' ({named})"] if named else []
    assert told(declared) == expected


@pytest.mark.parametrize(
    "other",
    [
        Declaration("Own", "CONNECTION", inputs={"url": ""}, scoped=True),
        Declaration("Own", "CONNECTION", inputs={"url": ""}, user_level=True),
        Declaration("Own", "CONNECTION", inputs={"url": ""}, more_inputs=True),
        Declaration("Own", "CONNECTION", inputs={"apiKey": ""}, preset=frozenset({"apiKey"})),
        Declaration("Own", "STRING", inputs={}),
    ],
)
def test_what_others_set_or_nobody_knows_is_not_named(other: Declaration) -> None:
    """A connection that is set elsewhere, a definition's, and a default that does not read back are not certain."""
    assert told({}, other) == []


def test_a_connection_that_a_version_adds_is_named() -> None:
    """An instance that moves keeps its connections, also renamed ones; of new ones the plan names the inputs."""
    added = Declaration("Alerts", "CONNECTION", inputs={"webhookUrl": ""})
    these = "version 2 adds connections, and these inputs will have no value"
    assert told({}, OWN, added, live=deployed()) == [f"{these}: 'Alerts' (webhookUrl)"]
    assert told({}, OWN, live=deployed(key="Before")) == []


def test_the_first_deploy_names_a_connection_without_a_live_value() -> None:
    """Any live value, also one that does not read back, is enough."""
    assert told({}, live=deployed(at=None)) == ["these inputs of connections will have no value: 'Own' (apiKey, url)"]
    held = {"name": "apiKey", "type": "VALUE", "value": "", "has_value": True}
    assert told({}, live=deployed(held, at=None)) == []
