"""``--keep-secrets`` while something else of the connection changes: a plan is true under every reading."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from kinds.shared_connections import connection, customer, customer_connection, instance, publish, several
from support.world import World

from reconciler.planning.rules import LEFT_OUT
from reconciler.sandbox.data.variants import Variants

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

FOR_EACH = {name: {"perCustomer": True} for name in ("url", "apiKey")}
NEVER = ("the live secret stays", "is lost if", "would be lost if")
"""What no plan can promise or predict of a secret that it cannot send."""


def shared(inputs: Mapping[str, Any]) -> str:
    return connection(inputs=inputs)


def of_customer(inputs: Mapping[str, Any]) -> str:
    common = connection(type="organization-customer", inputs=FOR_EACH)
    return several(common, customer("ftl", "FTL"), customer_connection(inputs=inputs))


def of_instance(inputs: Mapping[str, Any]) -> str:
    return several(customer("ftl", "FTL"), instance("ships", "ftl", configVariables={"Own Depot": {"inputs": inputs}}))


TABLES = {
    shared: "scoped_config_variables",
    of_customer: "customer_config_variables",
    of_instance: "config_variables",
}


def stored(world: World, table: str) -> dict[str, str]:
    """Return the inputs that are set, by name, in the one connection of a table."""
    rows = world.sandbox.store.rows(f"SELECT inputs FROM {table} WHERE inputs LIKE '%//___.example%'")  # noqa: S608 - constant
    (found,) = [json.loads(row["inputs"]) for row in rows]
    return {each["name"]: each["value"] for each in found if each["value"]}


def inputs(url: str) -> dict[str, Any]:
    return {"url": url, "apiKey": {"valueFrom": {"env": "DEPOT_KEY"}}}


@pytest.mark.parametrize("made", TABLES, ids=lambda made: made.__name__)
@pytest.mark.parametrize("reading", ["merge", "replace"])
def test_one_true_thing_is_said_of_a_secret_that_cannot_be_sent(
    made: Callable[[Mapping[str, Any]], str], reading: Any
) -> None:
    """The plan warns once that nobody knows whether the secret survives; the write leaves it out."""
    with World(Variants(connection_inputs=reading)) as world:
        publish(world)
        world.environ["DEPOT_KEY"] = "made-up-key"
        world.apply(made(inputs("https://old.example")))
        assert stored(world, TABLES[made]) == {"url": "https://old.example", "apiKey": "made-up-key"}
        del world.environ["DEPOT_KEY"]
        text = made(inputs("https://new.example"))
        plan, results = world.apply_with_plan(text, keep_secrets=True)
        # The read-back finds the secret that is gone.
        assert [result.status for result in results] == ["applied" if reading == "merge" else "not converged"]
        about = [each.message for each in plan.warnings if "DEPOT_KEY" in each.message or "apiKey" in each.message]
        assert about == [LEFT_OUT.format("the environment variable DEPOT_KEY")]
        assert not [each for each in plan.warnings if any(said in each.message for said in NEVER)]
        kept = {"apiKey": "made-up-key"} if reading == "merge" else {}
        assert stored(world, TABLES[made]) == {"url": "https://new.example", **kept}


@pytest.mark.parametrize("made", TABLES, ids=lambda made: made.__name__)
def test_a_secret_that_no_write_touches_stays(made: Callable[[Mapping[str, Any]], str], ships: World) -> None:
    """Where nothing else of the connection changes, nothing is written, and the plan says that the secret stays."""
    ships.environ["DEPOT_KEY"] = "made-up-key"
    text = made(inputs("https://old.example"))
    ships.apply(text)
    del ships.environ["DEPOT_KEY"]
    plan = ships.plan(text, keep_secrets=True)
    assert plan.empty
    said = [each.message for each in plan.warnings if "DEPOT_KEY" in each.message]
    assert said == ["the environment variable DEPOT_KEY is not set: the live secret stays (--keep-secrets)"]
