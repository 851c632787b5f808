"""Resources about all parts of an object: which parts there are is known once the tenant is read."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from support.alarms import alarms
from support.crowd import Crowd, documents

from reconciler.errors import PlanRefused, UsageError
from reconciler.planning.plan_file import save_plan
from reconciler.planning.shards import Shard
from reconciler.workflow.planning import explain_change

if TYPE_CHECKING:
    from pathlib import Path

    from support.world import World

    from reconciler.planning.plan import Plan

REGISTRY = alarms()
FLOWS = ["report-low-stock", "sync-inventory"]


def manifests(count: int, **spec: Any) -> str:
    """Return so many instances, and an alarm for all flows of each (or another ``spec``)."""
    crowd = Crowd(count, 0, count)
    handles = [f"i{number}" for number in range(count)]
    spec = {"name": "Failed", "instances": {"handles": handles}, "flows": "all", **spec}
    alarm = {"apiVersion": "reconciler/v1", "kind": "Alarm", "metadata": {"name": "failed"}, "spec": spec}
    return crowd.manifests() + documents([alarm])


def settle(world: World, count: int) -> None:
    """Put so many instances with their flows into the tenant."""
    version = world.seed.version("Acme Inventory")["id"]
    for number in range(count):
        customer = world.seed.customer(f"Customer {number}", externalId=f"c{number}")["id"]
        variables = [{"key": "My String", "value": "old"}]
        world.seed.instance(f"Instance {number}", customer=customer, integration=version, configVariables=variables)
        world.sandbox.store.execute("UPDATE instances SET needsDeploy = 0, lastDeployedAt = createdAt")


def plan(world: World, text: str, **more: Any) -> Plan:
    return world.plan(text, registry=REGISTRY, **more)


def test_a_plan_has_a_change_for_each_part(world: World) -> None:
    """The address names the manifest, the object and the part."""
    settle(world, 2)
    found = plan(world, manifests(2))
    assert found.addresses == [f"Alarm/failed.i{number}.{flow}" for number in range(2) for flow in FLOWS]
    assert list(found.parts) == ["Alarm/failed.i0", "Alarm/failed.i1"]


def test_what_is_applied_is_planned_no_more(world: World) -> None:
    """The read-back compares each part, and so does the next plan."""
    settle(world, 2)
    results = world.apply(manifests(2), registry=REGISTRY)
    assert [result.status for result in results] == ["applied"] * 4
    assert all(result.outcome.get("id") for result in results)
    assert plan(world, manifests(2)).empty


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ("Alarm/failed", [f"Alarm/failed.i{number}.{flow}" for number in range(2) for flow in FLOWS]),
        ("Alarm/failed.i1", [f"Alarm/failed.i1.{flow}" for flow in FLOWS]),
        ("Alarm/failed.i1.sync-inventory", ["Alarm/failed.i1.sync-inventory"]),
    ],
)
def test_a_target_is_all_of_one_object_or_one_part(target: str, expected: list[str], world: World) -> None:
    """A target that only the tenant knows narrows the plan as every other one does."""
    settle(world, 2)
    assert plan(world, manifests(2), targets=(target,)).addresses == expected


def test_an_unknown_part_as_a_target_is_an_error(world: World) -> None:
    """It is reported as soon as the parts are known."""
    settle(world, 1)
    with pytest.raises(UsageError, match=r"--target Alarm/failed\.i0\.sync: no manifest has this address; did you"):
        plan(world, manifests(1), targets=("Alarm/failed.i0.sync",))


def test_unknown_parts_are_a_problem_of_the_resource(world: World) -> None:
    """Where the parts cannot be known, the kind says why, once for all objects."""
    with pytest.raises(PlanRefused) as refused:
        plan(world, manifests(2))
    assert [str(each).partition(": ")[2] for each in refused.value.problems] == [
        "the flows are not known (2 members of Alarm/failed: i0, i1)"
    ]


def test_a_saved_plan_of_parts_is_applied(world: World, tmp_path: Path) -> None:
    """Its fresh plan reads the same parts again."""
    settle(world, 1)
    folder = tmp_path / "manifests"
    folder.mkdir()
    (folder / "all.yaml").write_text(manifests(1), encoding="utf-8")
    save_plan(plan(world, folder), tmp_path / "plan.json", "")
    found, results = world.apply_saved(tmp_path / "plan.json", registry=REGISTRY)
    assert found.addresses == [result.change.address for result in results]
    assert [result.status for result in results] == ["applied"] * 2


def test_shards_share_the_parts_out(world: World) -> None:
    """A part is in the shard of its object, and the shards together are the whole plan."""
    settle(world, 6)
    parts = [plan(world, manifests(6), shard=Shard(index, 2)).addresses for index in (1, 2)]
    assert sorted(address for part in parts for address in part) == plan(world, manifests(6)).addresses
    assert all(parts)
    assert {address.rpartition(".")[0] for address in parts[0]}.isdisjoint(
        address.rpartition(".")[0] for address in parts[1]
    )


def test_a_part_is_explained(world: World) -> None:
    """--explain knows the address of a part."""
    settle(world, 2)
    with world.session(manifests(2), registry=REGISTRY) as session:
        reasons, narrowed = explain_change(session, "Alarm/failed.i1.sync-inventory")
    assert (reasons.actions, reasons.place is not None) == (("create",), True)
    assert narrowed.addresses == ["Alarm/failed.i1.sync-inventory"]


def test_parts_cost_no_request_of_their_own(world: World) -> None:
    """The parts of live objects are read with these."""
    settle(world, 30)
    costs = []
    for text in (manifests(30), manifests(30, flows=["Sync Inventory", "Report Low Stock"])):
        world.forget()
        assert len(plan(world, text).changes) == 60
        costs.append(world.sandbox.log.requests)
    assert costs[0] == costs[1], json.dumps(costs)
