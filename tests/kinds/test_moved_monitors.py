"""Alert monitors that no manifest means, and what they use, when their instance moves to another version."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Any

import pytest
from kinds.test_alert_monitor import document, live, monitor, text
from support.world import World

from reconciler.sandbox.data.variants import Variants

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

FLOW = """
  - name: {name}
    stableKey: {key}
    steps: [{{name: Trigger, isTrigger: true, action: {{key: webhook, component: {{key: webhook-triggers}}}}}}]
"""
MOVES = [
    {"flow_config_ids": ids, "monitors_on_move": moved}
    for ids, moved in product(["kept", "changed"], ["kept", "deleted", "left"])
]


def tenant(versions: list[Mapping[str, str]], **variants: Any) -> World:
    """Return a tenant with the versions of an integration: of each, the names of the flows by their stable keys."""
    world = World(Variants(**variants))
    for flows in versions:
        listed = "".join(FLOW.format(name=name, key=key) for key, name in flows.items())
        world.seed.integration(f"definitionVersion: 7\nname: Shifting\nflows:{listed}")
    return world


def instance(version: int) -> list[dict[str, Any]]:
    integration = {"name": "Shifting", "version": version}
    return [
        document("Customer", "c1", {"name": "Customer 1", "externalId": "e1"}),
        document("Instance", "i1", {"customer": "c1", "name": "Shifting", "integration": integration}),
    ]


def groups(world: World) -> int:
    return len(world.sandbox.store.rows("SELECT id FROM alert_groups"))


def write(folder: Path, *documents: Any) -> Path:
    """Write the manifests of a project that prunes monitors."""
    prune = {"enabled": True, "children": ["AlertMonitor"]}
    project = document("Project", "p", {"manifests": ["all.yaml"], "prune": prune})
    (folder / "reconciler.yaml").write_text(text(project), encoding="utf-8")
    (folder / "all.yaml").write_text(text(*documents), encoding="utf-8")
    return folder


@pytest.mark.parametrize("reading", MOVES, ids=lambda each: "-".join(each.values()))
def test_a_monitor_that_a_move_deletes_is_pruned_with_it(reading: dict[str, str], tmp_path: Path) -> None:
    """A flow that the new version lacks loses its monitor, whether the API deletes it or the run does."""
    with tenant([{"a": "A", "b": "B"}, {"a": "A"}], **reading) as world:
        world.apply(write(tmp_path, instance(1), monitor(flows="all")))
        results = world.apply(write(tmp_path, instance(2), monitor(flows="all")))
        assert {each.change.address: each.messages for each in results if not each.ok} == {}
        assert [each["flow"] for each in live(world)] == ["A"]
        assert world.plan(tmp_path).empty


@pytest.mark.parametrize("state", ["present", "unmanaged"])
def test_the_monitor_of_a_renamed_flow_is_not_pruned(state: str, tmp_path: Path) -> None:
    """The move keeps it for the flow, which has another name then: by that name a manifest means it."""
    with tenant([{"a": "A"}, {"a": "B"}]) as world:
        world.apply(write(tmp_path, instance(1), monitor(flows="all")))
        world.forget()
        results = world.apply(write(tmp_path, instance(2), monitor({"state": state}, flows="all")))
        assert {each.change.address: each.messages for each in results if not each.ok} == {}
        assert world.mutation_names() == ["updateInstance", "deployInstance"]
        assert [each["flow"] for each in live(world)] == ["B"]
        assert world.plan(tmp_path).empty


def test_the_monitors_of_an_instance_that_fails_to_move_are_not_pruned(tmp_path: Path) -> None:
    """The flow still runs, and stays watched."""
    with tenant([{"a": "A", "b": "B"}, {"a": "A"}]) as world:
        world.apply(write(tmp_path, instance(1), monitor(flows="all")))
        write(tmp_path, instance(2), monitor(flows="all"))
        world.sandbox.faults.add("error", field="updateInstance", times="always")
        results = world.apply(tmp_path)
        assert [each.status for each in results] == ["failed", "skipped"]
        assert sorted(each["flow"] for each in live(world)) == ["A", "B"]


@pytest.mark.parametrize("moved", ["kept", "deleted", "left"])
@pytest.mark.parametrize("how", ["pruned", "absent", "dropped"])
def test_a_group_is_deleted_after_monitors_that_move_no_longer_use_it(how: str, moved: str, tmp_path: Path) -> None:
    """They are deleted, or lose it, only after the move, and an API may refuse to delete a group in use before."""
    with tenant([{"a": "A"}, {"a": "A"}], monitors_on_move=moved, alert_deletion="refused") as world:
        group = document("AlertGroup", "g", {"name": "G"})
        world.apply(write(tmp_path, instance(1), group, monitor(flow="A", notify={"groups": ["g"]})))
        group["lifecycle"] = {"state": "absent"}
        left = {
            "pruned": [],
            "absent": [monitor({"state": "absent"}, flow="A")],
            "dropped": [monitor(flow="A", notify={"groups": []})],
        }[how]
        results = world.apply(write(tmp_path, instance(2), group, left))
        assert {each.change.address: each.messages for each in results if not each.ok} == {}
        assert groups(world) == 0
        assert world.plan(tmp_path).empty


def test_a_group_waits_with_the_monitors_of_an_instance_that_waits(tmp_path: Path) -> None:
    """In a rollout a group stays until the last monitor that used it is gone."""
    with tenant([{"a": "A"}, {"a": "A"}], alert_deletion="refused") as world:
        rollout = document(
            "Rollout",
            "r",
            {
                "instances": {"integration": "Shifting"},
                "waves": [{"name": "first", "customers": {"names": ["c1"]}, "soak": "24h"}, {"name": "rest"}],
            },
        )

        def both(version: int) -> list[dict[str, Any]]:
            customer, moving = instance(version)
            other = {**moving, "metadata": {"name": "i2"}, "spec": {**moving["spec"], "customer": "c2"}}
            return [customer, document("Customer", "c2", {"name": "Customer 2"}), moving, other, rollout]

        group = document("AlertGroup", "g", {"name": "G"})
        watched = {"instances": {"handles": ["i1", "i2"]}, "flow": "A"}
        world.apply(write(tmp_path, both(1), group, monitor(**watched, notify={"groups": ["g"]})))
        group["lifecycle"] = {"state": "absent"}
        results = world.apply(write(tmp_path, both(2), group))
        assert {each.change.address for each in results if each.status == "waiting"} >= {"AlertGroup/g", "Instance/i2"}
        assert [each.status for each in results if each.change.kind.name == "AlertMonitor"] == ["applied", "waiting"]
        assert {each["customer"] for each in live(world)} == {"Customer 2"}
        assert groups(world) == 1
