"""Rollouts carried out on a sandbox: waves, soaks, failures, approvals, targets, shards and ends of runs."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from rollouts.fleet import CANARY, CONFIGURED, INTEGRATION, REST, Fleet, statuses

from reconciler.errors import PlanRefused, UsageError
from reconciler.planning.plan_file import save_plan
from reconciler.planning.shards import Shard
from reconciler.workflow.applying import apply_plan, carry_out
from reconciler.workflow.planning import make_plan

if TYPE_CHECKING:
    from pathlib import Path

    from support.world import World

SOAKING = {**CANARY, "soak": "24h"}


def test_a_healthy_fleet_is_changed_in_one_run(world: World) -> None:
    """Without a soak one run goes through all waves, the canary first, and the plan is empty afterwards."""
    fleet = Fleet(world)
    assert all(result.ok for result in fleet.apply().values())
    assert fleet.versions() == [2, 2, 2, 2]
    updated = [entry.arguments["input"]["id"] for entry in world.mutations if entry.field == "deployInstance"]
    assert len(updated) == 4
    assert fleet.plan().empty


def test_a_wave_waits_for_the_soak_of_the_one_before(world: World) -> None:
    """Later waves wait until the canary has run for the soak since its deploy, on the API's clock."""
    fleet = Fleet(world, waves=[SOAKING, REST])
    results = fleet.apply()
    assert statuses(results, ["i1", "i2", "i3", "i4"]) == ["applied", "waiting", "waiting", "waiting"]
    assert "which soaks until" in results["i2"].notes[0]
    assert fleet.versions() == [2, 1, 1, 1]
    fleet.advance(timedelta(hours=23))
    assert statuses(fleet.apply(), ["i1", "i2"]) == ["unchanged", "waiting"]
    fleet.advance(timedelta(hours=2))
    fleet.apply()
    assert fleet.versions() == [2, 2, 2, 2]


def test_a_failed_deploy_stops_the_rollout(world: World) -> None:
    """The API refuses a deploy of the canary: nobody else is touched, and the run fails; so does the next one."""
    fleet = Fleet(world)
    world.sandbox.outcomes.add(version=2, deploy="The trigger could not be set up.")
    for _ in range(2):
        results = fleet.apply()
        assert statuses(results, ["i1", "i2", "i3", "i4"]) == ["failed", "skipped", "skipped", "skipped"]
        assert (
            "1 of 1 customer failed: c1 (deployInstance: The trigger could not be set up.)" in results["i2"].messages[0]
        )
        assert fleet.versions() == [2, 1, 1, 1]
    world.sandbox.outcomes.clear()
    fleet.apply()
    assert fleet.versions() == [2, 2, 2, 2]


def test_no_more_fail_than_allowed_and_one(world: World) -> None:
    """A version that fails everywhere reaches maxFailures + 1 members of a wave, and no other wave."""
    fleet = Fleet(world, size=6, canaries=5)
    fleet.policy["maxFailures"] = 2
    world.sandbox.outcomes.add(version=2, deploy="broken")
    results = fleet.apply()
    assert [handle for handle, result in results.items() if result.status == "failed"] == ["i1", "i2", "i3"]
    assert fleet.versions() == [2, 2, 2, 1, 1, 1]


def test_an_allowed_failure_does_not_stop_the_rollout(world: World) -> None:
    """With one failure allowed, one customer that fails is reported, and all others are changed."""
    fleet = Fleet(world)
    fleet.policy["maxFailures"] = 1
    world.sandbox.outcomes.add(customer="Customer 1", deploy="broken")
    results = fleet.apply()
    assert statuses(results, ["i1", "i2", "i3", "i4"]) == ["failed", "applied", "applied", "applied"]


def test_a_wave_opens_with_its_approval(world: World) -> None:
    """A wave that needs an approval waits, with the option that opens it, until a run has it."""
    fleet = Fleet(world, waves=[CANARY, {**REST, "approval": "required"}])
    assert fleet.apply()["i2"].notes == ["waits for approval: apply --approve inventory/rest"]
    fleet.apply(approve=("inventory/rest",))
    assert fleet.versions() == [2, 2, 2, 2]


def test_a_run_ends_after_the_wave_that_through_names(world: World) -> None:
    """``--through`` keeps later waves closed in this run."""
    fleet = Fleet(world)
    fleet.apply(through=("inventory/canary",))
    assert fleet.versions() == [2, 1, 1, 1]


@pytest.mark.parametrize(
    ("option", "text", "message"),
    [
        ("approve", "inventry/rest", "--approve inventry/rest: unknown rollout 'inventry'; did you mean 'inventory'?"),
        ("through", "inventory/cannary", "unknown wave 'cannary'; did you mean 'canary'?"),
        ("approve", "inventory", "--approve inventory: expected ROLLOUT/WAVE, such as inventory/early"),
    ],
)
def test_an_unknown_wave_is_refused(world: World, option: str, text: str, message: str) -> None:
    """A name of the command line that no rollout has is an error with a suggestion, before anything is sent."""
    fleet = Fleet(world)
    with pytest.raises(UsageError) as refused:
        fleet.apply(**{option: (text,)})
    assert message in str(refused.value)
    assert not world.mutations


def test_a_target_opens_no_gate(world: World) -> None:
    """A target in a later wave waits for the earlier ones, whose members are compared but not changed."""
    fleet = Fleet(world)
    plan = fleet.plan(targets=("Instance/i3",))
    assert [(change.address, change.waits) for change in plan] == [("Instance/i3", True)]
    assert fleet.apply(targets=("Instance/i3",))["i3"].status == "waiting"
    fleet.apply(targets=("Instance/i1",))
    assert fleet.versions() == [2, 1, 1, 1]
    fleet.apply(targets=("Instance/i3",))
    assert fleet.versions() == [2, 1, 2, 1]


def test_new_instances_wait_for_no_wave(world: World) -> None:
    """A new customer's instance is created at once; with create: in-wave it waits for its wave."""
    fleet = Fleet(world, waves=[SOAKING, REST])
    fleet.size = 5
    assert fleet.apply()["i5"].status == "applied"
    assert fleet.versions() == [2, 1, 1, 1, 2]
    fleet.policy["create"] = "in-wave"
    fleet.size = 6
    assert fleet.apply()["i6"].status == "waiting"
    assert fleet.versions() == [2, 1, 1, 1, 2, 0]


def test_a_new_instance_that_fails_stops_no_wave(world: World) -> None:
    """A new customer's instance that cannot be deployed says so where its wave is shown, and the waves go on."""
    fleet = Fleet(world)
    fleet.size = 5
    world.sandbox.outcomes.add(version=2, customer="Customer 5", deploy="The trigger could not be set up.")
    with world.session(fleet.text) as session:
        results, after = carry_out(session, make_plan(session))
    by_handle = {result.change.address.partition("/")[2]: result for result in results}
    assert statuses(by_handle, ["i1", "i2", "i3", "i4", "i5"]) == [*["applied"] * 4, "failed"]
    (rollout,) = after.rollouts
    standings = {each.member.address: each for wave in rollout.waves for each in wave.members}
    assert standings["Instance/i5"].state == "failed"
    assert standings["Instance/i5"].reason == "deployInstance: The trigger could not be set up."


def test_an_error_of_the_network_is_no_failure(world: World) -> None:
    """A run whose connection breaks changes no further member, blames none, and the next run goes on."""
    fleet = Fleet(world)
    world.sandbox.faults.add("drop-after", field="deployInstance", times=99)
    results = fleet.apply()
    assert not results["i1"].ok
    assert results["i2"].status == "waiting"
    assert "not proven yet" in results["i2"].notes[0]
    world.sandbox.faults.clear()
    fleet.apply()
    assert fleet.versions() == [2, 2, 2, 2]


def test_shards_share_a_rollout(world: World) -> None:
    """Each shard reads all members and changes its own, in the order of the whole wave, one at a time here."""
    fleet = Fleet(world)
    order = []
    for _ in range(8):
        for index in (1, 2):
            before = fleet.versions()
            fleet.apply(shard=Shard(index, 2))
            changed = [at for at, (was, now) in enumerate(zip(before, fleet.versions(), strict=True)) if was != now]
            order += changed
    assert order == [0, 1, 2, 3]


def test_a_saved_plan_carries_out_what_is_open_then(world: World, tmp_path: Path) -> None:
    """A saved plan holds all changes with their waves; applied after the soak of the canary, it opens the rest."""
    fleet = Fleet(world, waves=[SOAKING, REST])
    fleet.apply()
    manifests = tmp_path / "fleet.yaml"
    manifests.write_text(fleet.text, encoding="utf-8")
    plan, saved = world.plan(manifests), tmp_path / "plan.json"
    assert [change.rollout.state for change in plan if change.rollout] == ["waiting"] * 3
    save_plan(plan, saved, "")
    _, results = world.apply_saved(saved)
    assert {result.status for result in results} == {"waiting"}
    fleet.advance(timedelta(hours=25))
    _, results = world.apply_saved(saved)
    assert {result.status for result in results} == {"applied"}


def test_a_customer_in_no_manifest_is_in_a_wave_by_its_live_labels(world: World) -> None:
    """Which wave an instance is in may depend on its customer's live labels, and one in no wave refuses the plan."""
    fleet = Fleet(world, canaries=0, size=2)
    for number in (1, 2):
        fleet.overrides[number] = {"customer": {"name": f"Customer {number}"}}
    row = world.rows("customers", name="Customer 2")[0]
    world.sandbox.store.update("customers", row["id"], labels='["canary"]')
    fleet.policy["waves"] = [CANARY, REST]
    plan = fleet.plan()
    assert {change.address: change.rollout.wave for change in plan if change.rollout} == {
        "Instance/i1": "rest",
        "Instance/i2": "canary",
    }
    fleet.policy["waves"] = [CANARY]
    with pytest.raises(PlanRefused) as refused:
        fleet.plan()
    assert "1 member is in no wave: Instance/i1" in str(refused.value.problems[0])


def test_other_changes_come_first(world: World) -> None:
    """What no rollout governs is applied as ever, also while all waves wait."""
    fleet = Fleet(world, waves=[{**CANARY, "approval": "required"}, REST])
    fleet.more.append(
        {"apiVersion": "reconciler/v1", "kind": "Customer", "metadata": {"name": "x"}, "spec": {"name": "X"}}
    )
    results = fleet.apply()
    assert statuses(results, ["x", "i1", "i2"]) == ["applied", "waiting", "waiting"]


def test_a_rollout_governs_the_members_of_a_set(world: World) -> None:
    """A rollout of a set has its members, and a target of the whole set changes them wave by wave."""
    fleet = Fleet(world, size=0)
    fleet.policy = {"instances": {"sets": ["inventory"]}, "waves": [SOAKING, REST]}
    for number in (1, 2, 3):
        labels = ["inventory", "canary"] if number == 2 else ["inventory"]
        spec = {"name": f"Customer {number}", "labels": labels}
        fleet.more.append(_manifest("Customer", f"c{number}", spec))
    template = {"name": "Inventory", "integration": {"name": INTEGRATION, "version": 1}, "configVariables": CONFIGURED}
    members = _manifest("InstanceSet", "inventory", {"customers": {"from": "manifests"}, "template": template})
    fleet.more.append(members)
    assert all(result.ok for result in fleet.apply().values())
    template["integration"] = {"name": INTEGRATION, "version": 2}
    results = fleet.apply(targets=("InstanceSet/inventory",))
    assert statuses(results, ["inventory.c1", "inventory.c2", "inventory.c3"]) == ["waiting", "applied", "waiting"]


def test_a_fleet_costs_few_requests(world: World) -> None:
    """A wave of a hundred members is upgraded, deployed and verified in at most twenty requests."""
    fleet = Fleet(world, size=100, canaries=100, waves=[CANARY, REST])
    fleet.policy |= {"maxFailures": 99, "maxConcurrent": 100}
    with world.session(fleet.text) as session:
        plan = make_plan(session)
        before = session.stats.requests
        assert before <= 7
        results = apply_plan(session, plan)
        assert all(result.ok for result in results)
        assert session.stats.requests - before <= 20


def _manifest(kind: str, handle: str, spec: dict[str, Any]) -> dict[str, Any]:
    return {"apiVersion": "reconciler/v1", "kind": kind, "metadata": {"name": handle}, "spec": spec}
