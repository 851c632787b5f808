"""What depends on an instance that is created or moved is looked up again in the same run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from applying.runs import Meddling
from rollouts.fleet import Fleet
from support.alarms import alarms

from reconciler.planning.plan_file import load_plan, save_plan
from reconciler.prismatic.http.stop import Stop

if TYPE_CHECKING:
    from pathlib import Path

    from support.world import World

REGISTRY = alarms()
BOTH = ["Sync Inventory", "Report Low Stock"]
"""The flows of version 2; version 1 has the first one only."""


def fleet(world: World, size: int = 2, *, rollout: bool = False, **spec: Any) -> Fleet:
    """Return instances of version 1 that move to version 2, and an alarm for both flows of each."""
    made = Fleet(world, size)
    made.policy = made.policy if rollout else {}
    handles = [f"i{number}" for number in range(1, size + 1)]
    spec = {"name": "Failed", "instances": {"handles": handles}, "flows": BOTH, **spec}
    made.more = [{"apiVersion": "reconciler/v1", "kind": "Alarm", "metadata": {"name": "failed"}, "spec": spec}]
    return made


def apply(made: Fleet, **more: Any) -> dict[str, str]:
    return {address: result.status for address, result in made.apply(registry=REGISTRY, **more).items()}


def bound(world: World) -> set[str]:
    """Return the IDs that alarms are bound to, whose objects exist."""
    rows = world.sandbox.store.rows
    existing = {row["id"] for row in rows("SELECT id FROM flow_configs UNION SELECT id FROM instances")}
    names = {row["name"].partition(" ")[2] for row in rows("SELECT name FROM webhook_endpoints")}
    assert names <= existing
    return names


def test_what_needs_a_created_object_is_created_in_the_same_run(world: World) -> None:
    """The ID of a flow is known once its instance exists: the plan says so, and one run creates both."""
    made = Fleet(world, 0)
    made.size, made.policy = 2, {}
    made.more = fleet_alarms(2)
    plan = made.plan(registry=REGISTRY)
    assert plan.again["Alarm/failed.i1.sync-inventory"] == "Instance/i1 is created"
    (reason,) = {change.reason for change in plan if change.address == "Alarm/failed.i1.sync-inventory"}
    assert reason == "new; looked up again after Instance/i1 is created"
    assert set(apply(made).values()) == {"applied"}
    assert len(bound(world)) == 4
    assert made.plan(registry=REGISTRY).empty


def fleet_alarms(size: int) -> list[dict[str, Any]]:
    spec = {"name": "Failed", "instances": {"handles": [f"i{n}" for n in range(1, size + 1)]}, "flows": BOTH}
    return [{"apiVersion": "reconciler/v1", "kind": "Alarm", "metadata": {"name": "failed"}, "spec": spec}]


def test_what_a_move_brings_is_created_in_the_same_run(world: World) -> None:
    """A flow of the new version exists after the move; what is bound to the other flow needs nothing."""
    made = fleet(world)
    made.version = 1
    made.more[0]["spec"]["flows"] = ["Sync Inventory"]
    assert set(apply(made).values()) == {"applied"}
    made.version = 2
    made.more[0]["spec"]["flows"] = BOTH
    results = made.apply(registry=REGISTRY)
    assert {address: result.status for address, result in results.items()} == {
        "i1": "applied",
        "i2": "applied",
        "failed.i1.report-low-stock": "applied",
        "failed.i2.report-low-stock": "applied",
    }
    assert len(bound(world)) == 4
    assert made.plan(registry=REGISTRY).empty


def test_what_a_move_loses_is_created_again_in_the_same_run(world: World) -> None:
    """A resource without a change in the plan is compared after the move as well, and the result has its change."""
    made = fleet(world)
    made.version = 1
    made.more[0]["spec"]["flows"] = ["Sync Inventory"]
    apply(made)
    made.version = 2
    plan = made.plan(registry=REGISTRY)
    assert plan.addresses == ["Instance/i1", "Instance/i2"]
    (note,) = [each.message for each in plan.warnings if "looks again" in each.message]
    assert note.startswith("this run may take 2 resources without a change along")
    lost = "CREATE TRIGGER lost AFTER UPDATE OF integration ON instances BEGIN DELETE FROM webhook_endpoints; END"
    world.sandbox.store.execute(lost)
    assert apply(made) == {
        "i1": "applied",
        "i2": "applied",
        "failed.i1.sync-inventory": "applied",
        "failed.i2.sync-inventory": "applied",
    }
    assert len(bound(world)) == 2
    assert made.plan(registry=REGISTRY).empty


def test_what_stays_has_no_result(world: World) -> None:
    """A resource that is as declared after the move is in no report."""
    made = fleet(world)
    made.version = 1
    made.more[0]["spec"]["flows"] = ["Sync Inventory"]
    apply(made)
    made.version = 2
    assert apply(made) == {"i1": "applied", "i2": "applied"}


def test_what_depends_on_a_failure_is_not_tried(world: World) -> None:
    """An alarm of an instance that cannot be created is skipped, and the others are created."""
    made = Fleet(world, 0)
    made.size, made.policy = 2, {}
    made.more = fleet_alarms(2)
    world.sandbox.store.execute(
        "CREATE TRIGGER refused BEFORE INSERT ON instances WHEN NEW.customer ="
        " (SELECT id FROM customers WHERE name = 'Customer 1')"
        " BEGIN SELECT RAISE(ABORT, 'refused'); END"
    )
    results = made.apply(registry=REGISTRY)
    assert results["i1"].status == "failed"
    assert results["failed.i1.sync-inventory"].messages == [
        "not tried: it depends on Instance/i1, which was not applied"
    ]
    assert results["failed.i2.sync-inventory"].status == "applied"


def test_an_interruption_during_the_second_look_is_no_failure(world: World) -> None:
    """What was to be looked up again when somebody ended the run is skipped: nothing was sent for it."""
    made = Fleet(world, 0)
    made.size, made.policy = 2, {}
    made.more = fleet_alarms(2)
    stop = Stop()
    deployed: list[str] = []

    def happen(body: dict[str, Any]) -> None:
        if body["query"].startswith("mutation deployInstance"):
            deployed.append(body["query"])
        elif deployed and "webhookEndpoints" in body["query"]:
            stop.ask("interrupted by a test", 130)

    transport = Meddling(world.sandbox, ask=happen)
    results = made.apply(registry=REGISTRY, transport=transport, stop=stop)
    alarms_of = {name: each for name, each in results.items() if name.startswith("failed.")}
    assert len(alarms_of) == 4
    assert {each.status for each in alarms_of.values()} == {"skipped"}
    assert all(each.messages[0].startswith("not tried: interrupted by a test") for each in alarms_of.values())


def test_a_saved_plan_looks_up_what_it_did_not_change(world: World, tmp_path: Path) -> None:
    """The file lists what is looked up again, and applying it reads that too."""
    made = fleet(world)
    made.version = 1
    made.more[0]["spec"]["flows"] = ["Sync Inventory"]
    apply(made)
    made.version = 2
    folder = tmp_path / "manifests"
    folder.mkdir()
    (folder / "all.yaml").write_text(made.text, encoding="utf-8")
    save_plan(world.plan(folder, registry=REGISTRY), tmp_path / "plan.json", "")
    listed = load_plan(tmp_path / "plan.json")["lookedUpAgain"]
    assert listed[0] == {
        "address": "Alarm/failed.i1.sync-inventory",
        "after": "Instance/i1 moves to another version",
    }
    world.sandbox.store.execute(
        "CREATE TRIGGER lost AFTER UPDATE OF integration ON instances BEGIN DELETE FROM webhook_endpoints; END"
    )
    plan, results = world.apply_saved(tmp_path / "plan.json", registry=REGISTRY)
    assert len(plan.changes) == 2
    assert len(results) == 4
    assert len(bound(world)) == 2


@pytest.mark.parametrize("through", [("inventory/canary",), ()], ids=["one wave", "all waves"])
def test_what_depends_on_a_member_waits_with_it(through: tuple[str, ...], world: World) -> None:
    """An alarm of an instance that waits for a wave is created when the instance has moved, not before."""
    made = fleet(world, 3, rollout=True)
    results = made.apply(registry=REGISTRY, through=through)
    moved = 1 if through else 3
    statuses = {address: result.status for address, result in results.items()}
    for number in range(1, 4):
        expected = "applied" if number <= moved else "waiting"
        assert statuses[f"i{number}"] == expected
        assert statuses[f"failed.i{number}.report-low-stock"] == expected
    assert len(bound(world)) == moved * 2
    if moved == 3:
        assert made.plan(registry=REGISTRY).empty


def test_nothing_is_looked_up_again_without_a_move(world: World) -> None:
    """A change that binds nothing anew costs no further request."""
    made = fleet(world, flows=["Sync Inventory"])
    made.version = 1
    apply(made)
    made.overrides[1] = {"description": "changed"}
    plan = made.plan(registry=REGISTRY)
    assert (plan.addresses, dict(plan.again)) == (["Instance/i1"], {})
