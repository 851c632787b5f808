"""Rollbacks carried out on a sandbox: who goes back where, and what stays."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from rollouts.fleet import CONFIGURED, INTEGRATION, REST, statuses
from rollouts.rollbacks import BACK, BROKEN, SOAKING, fleet_of, go_on, holds, row_of, tries, warned
from support.world import World

from reconciler.errors import UnknownToApi
from reconciler.planning.shards import Shard
from reconciler.prismatic.http.retry import RetryPolicy
from reconciler.reports.shared.rollouts import rollback_lines
from reconciler.sandbox.data.variants import Variants
from reconciler.workflow.applying import apply_plan
from reconciler.workflow.planning import make_plan
from reconciler.workflow.retrying import find_holds, take_off


def test_a_member_whose_deploy_is_refused_goes_back(world: World) -> None:
    """The canary has its former version again, deployed and held; nobody else was touched, and the run failed."""
    fleet = fleet_of(world)
    results = fleet.apply()
    assert statuses(results, ["i1", "i2"]) == ["failed", "skipped"]
    assert results["i1"].messages == [f"deployInstance: {BROKEN}"]
    assert results["i1"].notes[-1] == BACK
    assert f"c1 (deployInstance: {BROKEN})" in results["i2"].messages[0]
    assert fleet.versions() == [1, 1, 1, 1]
    assert not row_of(world, 1)["needsDeploy"]
    assert holds(world, 1) == ["held"]
    assert statuses(fleet.apply(), ["i1", "i2"]) == ["held", "skipped"]
    go_on(fleet)


def test_a_member_that_is_not_healthy_goes_back(world: World) -> None:
    """The deploy succeeds and a connection is in error afterwards: the member goes back, and the next one waits."""
    fleet = fleet_of(world, broken=False)
    world.sandbox.outcomes.add(version=2, connections="error")
    results = fleet.apply()
    assert results["i1"].messages[0].startswith("not healthy: connections")
    assert results["i1"].notes[-1] == BACK
    assert fleet.versions() == [1, 1, 1, 1]
    go_on(fleet)


def test_a_member_that_fails_while_it_soaks_goes_back(world: World) -> None:
    """A later run finds the canary suspended: the plan says where it goes back to, and the apply sets it back once."""
    fleet = fleet_of(world, broken=False, waves=[SOAKING, REST])
    fleet.apply()
    assert fleet.versions() == [2, 1, 1, 1]
    world.sandbox.outcomes.add(version=2, suspended=True)
    plan = fleet.plan()
    change = next(each for each in plan if each.address == "Instance/i1")
    assert change.actions == ("update", "deploy")
    assert "goes back to version 1, the version of most members that are not moved yet" in change.reason
    blank = [each for each in warned(plan) if each.startswith("version 2 adds connections, ")]
    assert len(blank) == 3
    others = [each for each in warned(plan) if each not in blank]
    assert others == ["its config variables stay as they are: what they were before is not known"]
    assert plan.without_waiting().empty
    results = fleet.apply()
    assert statuses(results, ["i1", "i2"]) == ["failed", "skipped"]
    assert (results["i1"].messages[1:], results["i1"].notes) == ([], [BACK])
    assert fleet.versions() == [1, 1, 1, 1]
    assert holds(world, 1) == ["held"]
    go_on(fleet)


def test_nobody_is_left_to_show_the_former_version(world: World) -> None:
    """Everybody was moved and one fails later: its former version is not known, so nothing is written."""
    fleet = fleet_of(world, broken=False)
    fleet.apply()
    world.sandbox.outcomes.add(customer="Customer 3", suspended=True)
    world.forget()
    (message,) = warned(fleet.plan())
    assert message.startswith("it failed, and cannot be set back: nobody knows the version that it had")
    lines = list(rollback_lines(fleet.plan().rollouts[0]))
    assert [line.partition(": nobody")[0] for line in lines] == ["failed: not set back"]
    go_on(fleet)
    assert fleet.versions() == [2, 2, 2, 2]


def test_a_failure_that_is_allowed_goes_back_too(world: World) -> None:
    """Within maxFailures the rollout goes on, and the member that failed is set back all the same."""
    fleet = fleet_of(world, broken=False)
    fleet.policy["maxFailures"] = 1
    world.sandbox.outcomes.add(customer="Customer 1", version=2, deploy=BROKEN)
    assert statuses(fleet.apply(), ["i1", "i2", "i3", "i4"]) == ["failed", "applied", "applied", "applied"]
    assert fleet.versions() == [1, 2, 2, 2]
    assert statuses(fleet.apply(), ["i1"]) == ["held"]
    go_on(fleet)


@pytest.mark.parametrize("kind", ["drop-after", "drop"])
def test_an_error_of_the_network_sets_nobody_back(world: World, kind: str) -> None:
    """A deploy whose answer is lost is no failure: the member is not held, and the next run goes on."""
    fleet = fleet_of(world, broken=False)
    world.sandbox.faults.add(kind, field="deployInstance", times=99)
    fleet.apply()
    assert holds(world, 1) == []
    world.sandbox.faults.clear()
    fleet.apply()
    assert fleet.versions() == [2, 2, 2, 2]


READINGS = [
    {},
    {"renamed_variables": "lost", "retyped_variables": "kept"},
    {"renamed_variables": "stable-key", "attributes_need_deploy": "yes", "name_needs_deploy": "yes"},
    {"connection_inputs": "replace", "write_only_inputs": "null", "enabled_after_deploy": "true"},
]


@pytest.mark.parametrize("reading", READINGS, ids=lambda reading: ",".join(reading) or "likely")
def test_former_values_go_back_and_others_stay(reading: dict[str, Any]) -> None:
    """Values that the change wrote, and those that the failed version cannot hold, are as before; others stay."""
    with World(Variants(**reading)) as world:
        _check_values(world)


def _check_values(world: World) -> None:
    fleet = fleet_of(world)
    seed, row = world.seed, row_of(world, 1)
    before = {**CONFIGURED, "Batch Size": 5, "Warehouse": "west", "Sync Schedule": {"schedule": {"cron": "5 * * * *"}}}
    fleet.policy, policy, fleet.version = {}, fleet.policy, 1
    fleet.overrides[1] = {"configVariables": before}
    fleet.apply()
    for key, value in {"Safety Stock": "a few", "Legacy Export Path": "mine/", "My String": "by hand"}.items():
        world.sandbox.store.execute(
            "UPDATE config_variables SET value = ? WHERE instance = ? AND requiredConfigVariable ="
            " (SELECT id FROM required_config_variables WHERE key = ? AND integration = ?)",
            (value, row["id"], key, row["integration"]),
        )
    if world.sandbox.settings.variants.enabled_after_deploy == "true":
        world.sandbox.store.update("instances", row["id"], enabled=0)
    former = seed.values(row["id"])
    fleet.policy, fleet.version = policy, 2
    declared = {"Batch Size": 7, "Warehouse Region": "north", "Sync Schedule": {"schedule": {"cron": "9 * * * *"}}}
    fleet.overrides[1] = {"configVariables": {**CONFIGURED, **declared}}
    results = fleet.apply()
    assert results["i1"].notes[-1] == BACK
    assert seed.values(row["id"]) == former
    assert row_of(world, 1)["enabled"] == (world.sandbox.settings.variants.enabled_after_deploy != "true")
    assert seed.inputs(row["id"], "Acme Inventory User/Pass") == {"username": "me", "password": "swordfish"}
    go_on(fleet)


def test_secrets_and_connections_keep_their_new_value(world: World) -> None:
    """The plan names each secret and each connection that stays, and nothing else is a reason for a warning."""
    fleet = fleet_of(world)
    world.environ |= {"TEXT": "from outside"}
    changed = {
        **CONFIGURED,
        "My String": {"valueFrom": {"env": "TEXT"}},
        "Batch Size": 7,
        "Acme Inventory User/Pass": {"inputs": {"username": "you"}},
    }
    fleet.overrides[1] = {"configVariables": changed, "description": "new"}
    assert sorted(each for each in warned(fleet.plan()) if "if the change fails" in each) == [
        "if the change fails, 'Acme Inventory User/Pass' keeps its new value: secrets and connections are not set back",
        "if the change fails, 'My String' keeps its new value: secrets and connections are not set back",
        "if the change fails, description stays as declared: only the version and config variables are set back",
    ]
    fleet.apply()
    row = row_of(world, 1)
    assert world.seed.values(row["id"])["My String"] == "from outside"
    assert world.seed.values(row["id"])["Batch Size"] == "50"
    assert world.seed.inputs(row["id"], "Acme Inventory User/Pass")["username"] == "you"
    assert row["description"] == "new"


def test_a_change_of_values_alone_goes_back(world: World) -> None:
    """Without a new version the values go back, and the member is deployed with them and held."""
    fleet = fleet_of(world, broken=False)
    fleet.version = 1
    for number in range(1, 5):
        fleet.overrides[number] = {"configVariables": {**CONFIGURED, "Batch Size": 7}}
    world.sandbox.outcomes.add(connections="error")
    results = fleet.apply()
    assert results["i1"].notes[-1] == "went back to its former config variables, and is held there"
    row = row_of(world, 1)
    assert (world.seed.values(row["id"])["Batch Size"], row["needsDeploy"]) == ("50", 0)
    assert holds(world, 1) == ["held"]
    go_on(fleet)


@pytest.mark.parametrize("create", ["at-once", "in-wave"])
def test_a_new_instance_is_held_and_not_deleted(world: World, create: str) -> None:
    """A new instance has no version to go back to: the plan says so, and a failure holds it as it is."""
    fleet = fleet_of(world, size=1, canaries=1)
    fleet.version = 1
    fleet.size, fleet.canaries = 2, 2
    fleet.policy["create"] = create
    fleet.overrides[2] = {"integration": {"name": "Acme Inventory", "version": 2}}
    (rollback,) = fleet.plan().rollouts[0].rollbacks
    assert rollback.reason == "it is new and has no version to go back to: it stays as it is"
    results = fleet.apply()
    assert (results["i2"].status, results["i2"].notes[-1]) == ("failed", "held as it is")
    assert fleet.versions() == [1, 2]
    assert holds(world, 2) == ["held"]
    go_on(fleet)


def test_a_version_that_is_gone_is_no_way_back(world: World) -> None:
    """The former version is not available any more: the plan warns before anything is sent, and the member is held."""
    fleet = fleet_of(world)
    world.sandbox.store.update("integrations", world.seed.version("Acme Inventory", 1)["id"], versionIsAvailable=0)
    messages = [each for each in warned(fleet.plan()) if "cannot be set back" in each]
    assert set(messages) == {
        "if the change fails, it cannot be set back: version 1 can no longer be deployed; it is held as it is"
    }
    assert len(messages) == 4
    results = fleet.apply()
    assert results["i1"].notes[-1] == "held as it is"
    assert fleet.versions() == [2, 1, 1, 1]
    go_on(fleet)


def test_a_rollback_that_fails_is_not_tried_again(world: World) -> None:
    """Not even the former version can be deployed: that is reported, the member is held, and no later run writes."""
    fleet = fleet_of(world, broken=False)
    world.sandbox.outcomes.add(customer="Customer 1", deploy=BROKEN)
    results = fleet.apply()
    assert results["i1"].messages[-1] == f"could not be set back: deployInstance: {BROKEN}; it is held"
    assert fleet.versions() == [1, 1, 1, 1]
    assert holds(world, 1) == ["held"]
    go_on(fleet)


def test_a_version_that_goes_meanwhile_leaves_the_member_held(world: World) -> None:
    """The API refuses the move back: the member is held where it is, so that its manifest is not tried again."""
    fleet = fleet_of(world)
    with world.session(fleet.text) as session:
        plan = make_plan(session)
        world.sandbox.store.update("integrations", world.seed.version("Acme Inventory", 1)["id"], versionIsAvailable=0)
        result = next(each for each in apply_plan(session, plan) if each.change.address == "Instance/i1")
    assert "could not be set back: updateInstance: " in result.messages[-1]
    assert fleet.versions()[0] == 2
    assert holds(world, 1) == ["held"]
    go_on(fleet)


def test_a_former_version_that_the_api_does_not_keep_is_reported(world: World) -> None:
    """The move back is answered well and lost: reading the member once more shows it, and the member is held."""
    fleet = fleet_of(world, broken=False)
    world.sandbox.outcomes.add(version=2, connections="error")
    world.sandbox.store.execute(
        "CREATE TRIGGER lost AFTER UPDATE OF integration ON instances"
        " WHEN (SELECT versionNumber FROM integrations WHERE id = OLD.integration) = 2"
        " BEGIN UPDATE instances SET integration = OLD.integration WHERE id = NEW.id; END"
    )
    results = fleet.apply()
    assert results["i1"].messages[-1] == ("could not be set back: the API did not keep its former version; it is held")
    assert (fleet.versions()[0], holds(world, 1)) == (2, ["held"])
    go_on(fleet)


def test_former_values_that_the_api_does_not_keep_are_reported(world: World) -> None:
    """The write of the former value is answered well and lost: the member is not reported as set back."""
    fleet = fleet_of(world, broken=False)
    fleet.version = 1
    fleet.overrides[1] = {"configVariables": {**CONFIGURED, "Batch Size": 7}}
    world.sandbox.outcomes.add(connections="error")
    world.sandbox.store.execute(
        "CREATE TRIGGER lost AFTER UPDATE OF value ON config_variables WHEN NEW.value = '50' BEGIN"
        " UPDATE config_variables SET value = '7' WHERE id = NEW.id; END"
    )
    results = fleet.apply()
    assert results["i1"].messages[-1] == ("could not be set back: the API did not keep its former values; it is held")
    assert holds(world, 1) == ["held"]
    go_on(fleet)


def test_a_held_member_is_tried_again_after_a_retry(world: World) -> None:
    """``rollout retry`` takes the hold off, and the next apply tries the manifest again."""
    fleet = fleet_of(world)
    fleet.apply()
    world.sandbox.outcomes.clear()
    with world.session(fleet.text) as session:
        held, settings = find_holds(session, "inventory").held, world.sandbox.settings
        world.sandbox.settings = replace(settings, without=("UpdateInstanceInput.labels",))
        with pytest.raises(UnknownToApi, match=r"UpdateInstanceInput\.labels"):
            take_off(session, held)
        assert holds(world, 1) == ["held"]
        world.sandbox.settings = settings
        take_off(session, held)
    assert holds(world, 1) == []
    fleet.apply()
    assert fleet.versions() == [2, 2, 2, 2]


def test_a_new_manifest_is_tried_although_the_old_one_failed(world: World) -> None:
    """A change of the manifest ends the hold, and the label goes with the first write."""
    fleet = fleet_of(world)
    fleet.apply()
    world.sandbox.outcomes.clear()
    fleet.overrides[1] = {"description": "mended"}
    fleet.apply()
    assert fleet.versions() == [2, 2, 2, 2]
    assert holds(world, 1) == []


def test_a_target_sets_nobody_else_back(world: World) -> None:
    """A member that is found failed, and is neither a target nor in the shard, is left to another run."""
    fleet = fleet_of(world, broken=False, waves=[SOAKING, REST])
    fleet.apply()
    world.sandbox.outcomes.add(version=2, suspended=True)
    world.forget()
    fleet.apply(targets=("Instance/i3",))
    assert not world.mutations
    results = [fleet.apply(shard=Shard(index, 2)) for index in (1, 2)]
    assert sum("i1" in each and each["i1"].set_back is not None for each in results) == 1
    assert fleet.versions() == [1, 1, 1, 1]


def test_a_former_version_that_needs_more_is_no_way_back_later(world: World) -> None:
    """A value that the failed version lacks is known in the run that moves on; in a later run the member stays."""
    configured = {**CONFIGURED, "Legacy Export Path": "mine/"}
    fleet = fleet_of(world, broken=False, size=2)
    fleet.policy, policy, fleet.version = {}, {**fleet.policy, "waves": [SOAKING, REST]}, 1
    fleet.overrides = {number: {"configVariables": configured} for number in (1, 2)}
    fleet.apply()
    world.sandbox.store.execute(
        "UPDATE required_config_variables SET defaultValue = NULL WHERE key = ?", ("Legacy Export Path",)
    )
    fleet.policy, fleet.version, fleet.overrides = policy, 2, {}
    fleet.apply()
    assert fleet.versions() == [2, 1]
    world.sandbox.outcomes.add(version=2, suspended=True)
    (message,) = warned(fleet.plan())[-1:]
    assert message == (
        "it failed, and cannot be set back: version 1 needs a value of 'Legacy Export Path', which version 2 does not "
        "have"
    )
    world.forget()
    go_on(fleet)


@pytest.mark.parametrize("kind", ["unauthorized", "drop", "error", "throttle"])
def test_a_rollback_that_is_interrupted_is_finished_later(world: World, kind: str) -> None:
    """The run ends, or its requests fail, in the middle: it claims nothing, and the next one finishes."""
    fleet = fleet_of(world)
    row = row_of(world, 1)
    world.sandbox.store.execute(
        "UPDATE config_variables SET value = 'mine/' WHERE instance = ? AND requiredConfigVariable ="
        " (SELECT id FROM required_config_variables WHERE key = 'Legacy Export Path' AND integration = ?)",
        (row["id"], row["integration"]),
    )
    world.sandbox.faults.add(kind, field="updateInstanceConfigVariables", times=99)
    results = fleet.apply(retry=RetryPolicy(tries=2, first_pause=0.0, longest_pause=0.0))
    assert results["i1"].messages[-1].startswith("could not be set back: the next run goes on: ")
    assert holds(world, 1) == ["held", "gitops:held:unfinished"]
    assert fleet.plan().without_waiting().empty
    world.sandbox.faults.clear()
    assert fleet.apply()["i1"].notes == [BACK]
    assert holds(world, 1) == ["held"]
    assert not row_of(world, 1)["needsDeploy"]
    assert tries(world) == 1
    go_on(fleet)


def test_a_member_of_a_set_goes_back(world: World) -> None:
    """Members of a set go back like other instances, and what stays is a warning at the template."""
    fleet = fleet_of(world, size=0)
    fleet.policy |= {"instances": {"sets": ["inventory"]}}
    world.environ["TEXT"] = "from outside"
    for number in (1, 2, 3):
        fleet.more.append(manifest("Customer", f"c{number}", {"name": f"Customer {number}", "labels": ["canary"]}))
    template = {"name": "Inventory", "integration": {"name": INTEGRATION, "version": 1}, "configVariables": CONFIGURED}
    fleet.more.append(manifest("InstanceSet", "inventory", {"customers": {"from": "manifests"}, "template": template}))
    policy, fleet.policy = fleet.policy, {}
    fleet.apply()
    fleet.policy = policy
    template["integration"] = {"name": INTEGRATION, "version": 2}
    template["configVariables"] = {**CONFIGURED, "My String": {"valueFrom": {"env": "TEXT"}}}
    (message,) = [each for each in warned(fleet.plan()) if "if the change fails" in each]
    assert message.endswith("are not set back (3 members of InstanceSet/inventory: c1, c2, c3)")
    results = fleet.apply()
    assert statuses(results, ["inventory.c1", "inventory.c2"]) == ["failed", "skipped"]
    assert results["inventory.c1"].notes[-1] == BACK
    go_on(fleet)


def manifest(kind: str, handle: str, spec: dict[str, Any]) -> dict[str, Any]:
    return {"apiVersion": "reconciler/v1", "kind": kind, "metadata": {"name": handle}, "spec": spec}


@pytest.mark.parametrize("pending", [False, True])
def test_a_change_of_values_that_moves_nobody_can_be_taken_back(world: World, pending: bool) -> None:
    """If the correction of a value fails, the former value comes back, also where a deploy was still due."""
    fleet = fleet_of(world, broken=False)
    fleet.version = 1
    for number in range(1, 5):
        fleet.overrides[number] = {"configVariables": {**CONFIGURED, "Batch Size": 7}}
    fleet.apply()
    declared, policy = fleet.overrides[1], fleet.policy
    fleet.overrides[1], fleet.policy = {"configVariables": {**CONFIGURED, "Batch Size": 77}}, {}
    fleet.apply()
    fleet.overrides[1], fleet.policy = declared, policy
    world.sandbox.store.update("instances", row_of(world, 1)["id"], needsDeploy=int(pending))
    plan = fleet.plan()
    assert [line for line in warned(plan) if "cannot be set back" in line] == []
    assert "the version that it has: only its config variables change" in " ".join(rollback_lines(plan.rollouts[0]))
    world.sandbox.outcomes.add(connections="error")
    results = fleet.apply()
    assert results["i1"].notes[-1] == "went back to its former config variables, and is held there"
    row = row_of(world, 1)
    assert (world.seed.values(row["id"])["Batch Size"], row["needsDeploy"]) == ("77", 0)
    assert holds(world, 1) == ["held"]
    go_on(fleet)
