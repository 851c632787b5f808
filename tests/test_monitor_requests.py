"""Requests of runs with thousands of alert monitors, as exact figures."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from support.crowd import Crowd, documents, pages

if TYPE_CHECKING:
    from collections.abc import Iterator

    from support.world import World

FLOWS = ("Sync Inventory", "Report Low Stock")
_MOMENT = "2026-01-01T00:00:00.000000+00:00"


def settle(world: World, crowd: Crowd, *, monitors: bool) -> None:
    """Put the crowd's instances into the tenant, with their flows, and a monitor for each flow."""
    crowd.settle(world)
    execute = world.sandbox.store.execute
    version = world.seed.version("Acme Inventory")["id"]
    execute(
        "INSERT INTO flow_configs (id, instance, flow)"
        " SELECT 'config-' || i.id || f.sortOrder, i.id, f.id FROM instances i JOIN flows f ON f.integration = ?"
        " WHERE i.id LIKE 'instance-%'",
        (version,),
    )
    if monitors:
        execute(
            "INSERT INTO alert_monitors (id, name, instance, flowConfig, createdAt, updatedAt)"
            " SELECT 'monitor-' || c.id, 'Failed', c.instance, c.id, ?, ? FROM flow_configs c"
            " WHERE c.id LIKE 'config-%'",
            (_MOMENT, _MOMENT),
        )
        execute(
            "INSERT INTO alert_monitor_triggers (alertMonitor, alertTrigger) SELECT m.id, t.id FROM alert_monitors m"
            " JOIN alert_triggers t ON t.name = 'Execution Failed'"
        )


def manifests(crowd: Crowd, **spec: Any) -> str:
    """Return the manifests of the crowd, and a monitor for all flows of all its instances."""
    handles = [f"i{number}" for number in range(crowd.instances)]
    spec = {
        "name": "Failed",
        "instances": {"handles": handles},
        "flows": "all",
        "triggers": ["Execution Failed"],
        **spec,
    }
    monitor = {"apiVersion": "reconciler/v1", "kind": "AlertMonitor", "metadata": {"name": "failed"}, "spec": spec}
    return crowd.manifests() + documents([monitor])


def planned(world: World, crowd: Crowd) -> int:
    """Return how many requests it takes to plan that every monitor is as declared."""
    settle(world, crowd, monitors=True)
    world.forget()
    plan = world.plan(manifests(crowd))
    assert (plan.empty, plan.unchanged) == (True, crowd.customers + crowd.instances * 3)
    return world.sandbox.log.requests


@pytest.mark.parametrize("crowd", [Crowd(120, 0, 260), Crowd(40, 0, 130), Crowd(3, 0, 3)], ids=str)
def test_planning_monitors_costs_their_pages(crowd: Crowd, world: World) -> None:
    """Every list is read once, page by page, and all else takes no more than five requests."""
    assert planned(world, crowd) <= pages(crowd.customers, crowd.instances, crowd.instances * 2) + 5


@pytest.mark.full
def test_planning_ten_thousand_monitors_costs_their_pages(world: World) -> None:
    """Ten thousand monitors of five thousand instances take their pages, and five requests."""
    crowd = Crowd(500, 0, 5_000)
    assert planned(world, crowd) <= pages(500, 5_000, 10_000) + 5


def test_creating_a_thousand_monitors_takes_at_most_sixty_requests(world: World) -> None:
    """Twenty creations share a request."""
    crowd = Crowd(50, 0, 500)
    settle(world, crowd, monitors=False)
    world.forget()
    results = world.apply(manifests(crowd))
    assert [result.status for result in results] == ["applied"] * 1_000
    created = {entry.request for entry in world.sandbox.log.mutations}
    assert len(world.sandbox.log.mutations) == 1_000
    assert len(created) <= 60
    assert world.sandbox.log.requests <= len(created) + 2 * pages(50, 500) + pages(1_000) + 10


def test_one_monitor_of_many_is_looked_up(world: World) -> None:
    """A target costs as much in a large tenant as in a small one."""
    crowd = Crowd(60, 0, 300)
    settle(world, crowd, monitors=True)
    world.forget()
    plan = world.plan(manifests(crowd), targets=("AlertMonitor/failed.i123.sync-inventory",))
    assert plan.empty
    assert world.sandbox.log.requests <= 4, json.dumps(sorted(set(asked(world))))


def asked(world: World) -> Iterator[str]:
    yield from (entry.field for entry in world.sandbox.log.queries)
