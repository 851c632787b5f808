"""Two concurrent applies: no duplicates, and the later run names what changed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from applying.runs import Meddling, customers, planned
from safety.picture import picture
from safety.processes import Gate, gated, start
from safety.turns import schedules, together
from support.manifests import USER, customer, instance
from support.world import World

from reconciler.applying.recovery import MEANWHILE, VANISHED
from reconciler.sandbox.data.variants import Variants

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MANIFESTS = (
    customer("name: FTL, externalId: ftl, description: New")
    + USER
    + instance("Inventory", "name: Acme Inventory")
    + """\
  configVariables: {Batch Size: 50}
---
apiVersion: reconciler/v1
kind: Customer
metadata: {name: gone}
spec: {name: Gone}
lifecycle: {state: absent}
"""
)
REQUESTS = 9
"""As many as one of the applies needs, alone."""
STRIDE = 41
"""Of so many orders one is tried where not all are."""
READINGS = {
    "names are unique": Variants(),
    "names are free": Variants(instance_names="free", external_ids="free"),
}
ALLOWED = {"allow_delete": ("Customer",)}


def new_world(reading: str, *, there: bool) -> World:
    """Return a tenant in which the customer is ``there`` already, or not."""
    world = World(READINGS[reading], seed=1)
    world.seed.customer("Gone")
    if there:
        world.seed.customer("FTL", externalId="ftl", description="Old")
    return world


def interleave(reading: str, schedule: list[int], *, there: bool) -> bool:
    """Apply the same twice in this order; return whether one of the two said that something moved."""
    with new_world(reading, there=there) as world:
        outcomes = together(world, [MANIFESTS, MANIFESTS], schedule, **ALLOWED)
        picture(world)  # fails when something is there twice
        both = all(came.results for came in outcomes)
        said = [came for came in outcomes if not came.ok]
        # Two plans to create the same cannot both come true.
        assert said or not both or any(len(came.results) < 3 for came in outcomes), outcomes
        assert all("somebody else" in came.said or "error" in came.said for came in said), [each.said for each in said]
        assert all(result.ok for result in world.apply(MANIFESTS, **ALLOWED))
        assert world.plan(MANIFESTS, **ALLOWED).empty
        assert len(world.rows("customers", name="FTL")) == 1
        assert len(world.rows("users", email="jo@ftl.example")) == 1
        assert len(world.rows("instances", name="Inventory")) == 1
        return bool(said)


@pytest.mark.full
@pytest.mark.parametrize("there", [False, True], ids=["customer is new", "customer is there"])
@pytest.mark.parametrize("reading", READINGS)
def test_two_applies_in_any_order_create_no_duplicate(reading: str, there: bool) -> None:
    """Every order of requests that changes over up to three times: one object each, and one run more converges."""
    tried = list(schedules(REQUESTS, REQUESTS))
    said = sum(interleave(reading, schedule, there=there) for schedule in tried)
    print(f"{reading}, customer {'there' if there else 'new'}: {len(tried)} orders, {said} in which somebody was late")  # noqa: T201 - the figure is the point of it
    assert said


@pytest.mark.parametrize("there", [False, True], ids=["customer is new", "customer is there"])
@pytest.mark.parametrize("reading", READINGS)
def test_two_applies_in_some_orders_create_no_duplicate(reading: str, there: bool) -> None:
    """A fixed sample of those orders."""
    tried = list(schedules(REQUESTS, REQUESTS))[5::STRIDE]
    assert sum(interleave(reading, schedule, there=there) for schedule in tried)


@pytest.fixture
def world() -> Iterator[World]:
    with World(Variants(instance_names="free")) as world:
        yield world


def test_a_concurrent_creation_is_reported(world: World) -> None:
    """Refused because it is there already, a creation says that it was not there when the plan was made."""
    with planned(world, customers("a", "b")) as run:
        made = world.seed.customer("A")
        results = run.apply()
    late = results["Customer/a"]
    assert late.status == "failed"
    assert late.messages[-1] == f"createCustomer: {MEANWHILE} ({made['id']}); run again to continue"
    assert results["Customer/b"].ok


@pytest.mark.parametrize("lifecycle", ["", "lifecycle: {state: absent}\n"])
def test_a_concurrent_deletion_is_reported(world: World, lifecycle: str) -> None:
    """An update or a deletion of what is not there any more says that it was there when the plan was made."""
    world.seed.customer("A")
    manifest = "apiVersion: reconciler/v1\nkind: Customer\nmetadata: {name: a}\nspec: {name: A, description: x}\n"
    with planned(world, manifest + lifecycle, **ALLOWED) as run:
        world.sandbox.store.execute("DELETE FROM customers WHERE name = 'A'")
        (result,) = run.apply().values()
    assert result.status == "failed"
    assert result.messages[-1].endswith(VANISHED)


INSTANCE = MANIFESTS.split("---")[2].replace("customer: ftl", "customer: {name: FTL}")


@pytest.mark.parametrize("first", [True, False], ids=["ours is older", "ours is younger"])
def test_the_later_of_two_runs_deletes_its_duplicate_instance(world: World, first: bool) -> None:
    """Where the API takes both, the older one stays, and both runs say so."""
    owner = world.seed.customer("FTL")["id"]
    version = world.seed.version("Acme Inventory")["id"]
    others: list[str] = []

    def happen(body: dict[str, Any]) -> None:
        if not others and (b": deployInstance(" if first else b": createInstance(") in json.dumps(body).encode():
            others.append(world.seed.instance("Inventory", customer=owner, integration=version)["id"])

    with planned(world, INSTANCE, transport=Meddling(world.sandbox, ask=happen)) as run:
        (result,) = run.apply().values()
    assert result.status == "failed"
    assert result.messages[-1].startswith(f"{MEANWHILE} ({others[0]}")
    left = [row["id"] for row in world.rows("instances", name="Inventory")]
    assert left == ([result.created, *others] if first else others)
    own = f"this run's own ({result.created}) stays" if first else f"this run deleted its own ({result.created})"
    assert own in result.messages[-1]


def test_a_duplicate_that_cannot_be_deleted_is_reported(world: World) -> None:
    """When a run cannot delete its own duplicate, the result names both objects and the reason."""
    owner = world.seed.customer("FTL")["id"]
    version = world.seed.version("Acme Inventory")["id"]

    def happen(body: dict[str, Any]) -> None:
        if ": createInstance(" in json.dumps(body) and not world.rows("instances", name="Inventory"):
            world.seed.instance("Inventory", customer=owner, integration=version)

    world.sandbox.faults.add("partial", field="deleteInstance", message="It broke")
    with planned(world, INSTANCE, transport=Meddling(world.sandbox, ask=happen)) as run:
        (result,) = run.apply().values()
    assert f"this run could not delete its own ({result.created}): It broke" in result.messages[-1]


def test_two_processes_at_the_same_time_converge(tmp_path: Path) -> None:
    """Two real processes that both planned before either writes: one is late and says so, nothing is there twice."""
    (tmp_path / "all.yaml").write_text(MANIFESTS, encoding="utf-8")
    with new_world("names are unique", there=False) as world:
        gate = Gate(world.sandbox.app, meets=2)
        with gated(world, gate) as url:
            environ = {"PRISMATIC_URL": url, "PRISM_ACCESS_TOKEN": world.sandbox.settings.token}
            arguments = ("apply", "-f", "all.yaml", "--auto-approve", "--allow-delete-customers")
            started = [start(*arguments, environ=environ, cwd=tmp_path) for _ in range(2)]
            ran = [each.ended() for each in started]
        assert sorted(each.code for each in ran) in ([0, 1], [1, 1])
        assert any("during this run" in each.out for each in ran)
        assert not any("Traceback" in each.err for each in ran)
        picture(world)
        assert all(result.ok for result in world.apply(MANIFESTS, **ALLOWED))
        assert world.plan(MANIFESTS, **ALLOWED).empty
