"""An instance that waits for its customer's connection is deployed by the run that sets the connection up."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Any

import pytest
from kinds.shared_connections import (
    LIVE,
    connection,
    customer,
    customer_connection,
    instance,
    publish,
    several,
)
from support.world import World

from reconciler.applying.recovery import VANISHED
from reconciler.planning.plan_file import save_plan
from reconciler.sandbox.data.variants import Variants
from reconciler.workflow.applying import apply_plan
from reconciler.workflow.planning import make_plan

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FOR_EACH: dict[str, Any] = {"type": "organization-customer", "inputs": {name: {"perCustomer": True} for name in LIVE}}
READINGS = ("missing_connection", "pending_connection", "deploy_unconfigured")


def around(*documents: str) -> str:
    return several(connection(**FOR_EACH), customer("ftl", "FTL"), *documents)


WITHOUT = around(instance("ships", "ftl"))
WITH = around(instance("ships", "ftl"), customer_connection(inputs=LIVE))


@pytest.fixture
def waiting() -> Iterator[World]:
    """A tenant with an instance that is not deployed because it lacks its customer's connection."""
    with World() as world:
        publish(world)
        world.apply(WITHOUT)
        assert "deployInstance" not in world.mutation_names()
        world.forget()
        yield world


def sign_in(world: World) -> None:
    """Let connections of the component be ones that a person authorizes."""
    world.sandbox.store.execute("UPDATE component_connections SET oauth2Type = 'AUTHORIZATION_CODE'", ())


@pytest.mark.parametrize("values", list(product(*(Variants.choices()[name] for name in READINGS))), ids="-".join)
@pytest.mark.parametrize("oauth", [False, True], ids=["key", "oauth"])
def test_one_apply_creates_the_connection_and_deploys(values: tuple[str, ...], oauth: bool) -> None:
    """Under every reading one apply does what its plan says, or says why it waits, and a second plan is empty."""
    with World(Variants(**dict(zip(READINGS, values, strict=True)))) as world:
        publish(world)
        world.apply(WITHOUT)
        held = "deployInstance" not in world.mutation_names()
        if oauth:
            sign_in(world)
        world.forget()
        plan, results = world.apply_with_plan(WITH)
        planned = {change.address: change.actions for change in plan}
        assert planned["CustomerConnection/depot-ftl"] == ("create",)
        assert planned.get("Instance/ships") == (("deploy",) if held else None)
        assert [result.messages for result in results if result.messages] == []
        (row,) = world.rows("instances", isSystem=0)
        notes = [note for result in results for note in result.notes]
        assert bool(row["lastDeployedAt"]) != bool(notes)
        assert oauth or not notes
        assert all(each.startswith("not deployed yet: somebody must authorize 'Depot' first") for each in notes)
        assert world.plan(WITH).empty


def test_the_plan_says_that_the_deploy_comes_after_the_connection(waiting: World) -> None:
    """The reason names what comes first; that somebody may have to sign in is said only where that can be."""
    plan = waiting.plan(WITH)
    (change,) = (each for each in plan if each.address == "Instance/ships")
    assert change.reason == "it was never deployed; this run sets up 'Depot' first"
    assert change.after == ("Connection/depot", "CustomerConnection/depot-ftl")
    (blank,) = (each.message for each in plan.warnings)
    assert blank.startswith("these inputs of connections will have no value: 'Own Depot' (apiKey, url, user); ")
    sign_in(waiting)
    (warning,) = (each.message for each in waiting.plan(WITH).warnings if each.message != blank)
    assert warning.startswith("deployed once this run has set up 'Depot', unless somebody must authorize that first")


def test_a_saved_plan_carries_the_deploy(waiting: World, tmp_path: Path) -> None:
    """A saved plan of both is applied as it was reviewed."""
    source = tmp_path / "all.yaml"
    source.write_text(WITH, encoding="utf-8")
    save_plan(waiting.plan(source), tmp_path / "plan.json", "")
    plan, results = waiting.apply_saved(tmp_path / "plan.json")
    assert ("Instance/ships", ("deploy",)) in [(change.address, change.actions) for change in plan]
    assert [result.done for result in results] == [["createCustomerConfigVariable"], ["deployInstance"]]
    assert waiting.plan(WITH).empty


def test_an_instance_is_not_deployed_where_its_connection_fails(waiting: World) -> None:
    """Without the connection the deploy is skipped, and the next run makes up for both."""
    waiting.sandbox.faults.add("error", field="createCustomerConfigVariable", times="always")
    assert {result.change.address: result.status for result in waiting.apply(WITH)} == {
        "CustomerConnection/depot-ftl": "failed",
        "Instance/ships": "skipped",
    }
    assert "deployInstance" not in waiting.mutation_names()
    waiting.sandbox.faults.clear()
    assert {result.status for result in waiting.apply(WITH)} == {"applied"}
    assert waiting.plan(WITH).empty


def test_a_look_that_fails_is_made_up_for(waiting: World) -> None:
    """Where the instance cannot be read before its deploy, its change fails, and the next run deploys it."""
    waiting.sandbox.faults.add("error", field="instance", times="always")
    results = {result.change.address: result for result in waiting.apply(WITH)}
    assert results["CustomerConnection/depot-ftl"].status == "applied"
    assert results["Instance/ships"].status == "failed"
    assert results["Instance/ships"].messages[0].startswith("instance: ")
    assert "deployInstance" not in waiting.mutation_names()
    waiting.sandbox.faults.clear()
    assert [result.done for result in waiting.apply(WITH)] == [["deployInstance"]]
    assert waiting.plan(WITH).empty


def test_an_instance_that_is_gone_meanwhile_is_not_deployed(waiting: World) -> None:
    """Somebody who deletes the instance during the run makes its change fail, and nothing else."""
    with waiting.session(WITH) as session:
        plan = make_plan(session)
        waiting.sandbox.store.execute("DELETE FROM instances WHERE NOT isSystem", ())
        results = {result.change.address: result for result in apply_plan(session, plan)}
    assert results["CustomerConnection/depot-ftl"].status == "applied"
    assert results["Instance/ships"].status == "failed"
    assert VANISHED in " ".join(results["Instance/ships"].messages)


def test_an_organizations_connection_without_its_customers_part_promises_no_deploy(waiting: World) -> None:
    """A change of the connection for all customers brings no deploy of an instance whose customer's part is missing."""
    inputs = {**FOR_EACH["inputs"], "url": "https://new.example"}
    text = several(connection(type=FOR_EACH["type"], inputs=inputs), customer("ftl", "FTL"), instance("ships", "ftl"))
    plan = waiting.plan(text)
    assert [change.address for change in plan] == ["Connection/depot"]
    assert any("declare the customer's part of 'Depot'" in each.message for each in plan.warnings)


def test_a_change_beside_it_needs_no_look(waiting: World) -> None:
    """Where something else of the instance is written, its answer decides, and no further request is sent."""
    text = WITH.replace("name: Ships\n  integration", "name: Ships\n  description: New\n  integration")
    assert text != WITH
    plan, results = waiting.apply_with_plan(text)
    assert ("update", "deploy") in [change.actions for change in plan]
    assert [result.done for result in results][-1] == ["updateInstance", "deployInstance"]
    assert waiting.plan(text).empty


def test_a_plan_names_the_connection_that_a_target_leaves_out() -> None:
    """A connection that the instance takes by itself is not taken along: the plan says what to apply before it."""
    with World() as world:
        publish(world)
        one = {"targets": ("Instance/ships",)}
        expected = (
            "'Depot' takes CustomerConnection/depot-ftl, which this run leaves out; if it is new, apply it before "
            "(--target CustomerConnection/depot-ftl)"
        )
        new = world.plan(WITH, **one)
        assert [change.address for change in new] == ["Customer/ftl", "Instance/ships"]
        assert expected in [each.message for each in new.warnings]
        world.apply(WITHOUT)
        if "deployInstance" not in world.mutation_names():
            assert f"not deployed yet: {expected}" in [each.message for each in world.plan(WITH, **one).warnings]
        world.apply(WITH, targets=("CustomerConnection/depot-ftl",))
        assert {result.status for result in world.apply(WITH, **one)} == {"applied"}
        assert world.plan(WITH).empty
