"""Alert monitors and the moves of their instances: after a crash or a fault at any request, the next run converges."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from prismatic.leaping_loop import LeapingLoop
from safety.dying import Dying
from support.world import World

from reconciler.sandbox.data.variants import Variants

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from safety.dying import Moment

READINGS = {
    "kept": (),
    "lost": ("flow_config_ids=changed", "monitors_on_move=deleted"),
    "left behind": ("flow_config_ids=changed", "monitors_on_move=left", "monitor_flow_updates=ignored"),
    "nothing unset": ("monitor_numbers=kept", "alert_lists=added"),
}
"""What becomes of monitors when their instance moves, and what an update can do."""
MOMENTS: tuple[Moment, ...] = ("before", "after")
SAMPLE = 6
"""Of so many crash points one is tried where not all are."""
FLOWS = ("Report Low Stock", "Sync Inventory")


def manifests() -> str:
    """Return an instance that is new, one that moves to version 2, one that stays, and monitors of all their flows."""
    return yaml.safe_dump_all(list(_documents()))


def _documents() -> Iterator[dict[str, Any]]:
    handles = ("new", "moving", "staying")
    for handle in handles:
        yield _document("Customer", handle, {"name": handle, "externalId": handle})
        integration = {"name": "Acme Inventory", "version": 2}
        spec = {"customer": handle, "name": "Inventory", "integration": integration, "deploy": "never"}
        yield _document("Instance", handle, spec)
    spec = {"name": "Failed", "instances": {"handles": [*handles]}, "flows": "all", "triggers": ["Execution Started"]}
    yield _document("AlertMonitor", "failed", {**spec, "duration": None})
    spec = {"name": "Old", "instance": "moving", "flow": "Sync Inventory"}
    yield {**_document("AlertMonitor", "old", spec), "lifecycle": {"state": "absent"}}


def _document(kind: str, handle: str, spec: Mapping[str, Any]) -> dict[str, Any]:
    return {"apiVersion": "reconciler/v1", "kind": kind, "metadata": {"name": handle}, "spec": dict(spec)}


def tenant(reading: str) -> World:
    """Return a tenant in which one instance moves and one stays, with monitors that differ from the manifests."""
    made = World(Variants.parse(READINGS[reading]))
    for name, number in (("moving", 1), ("staying", 2)):
        customer = made.seed.customer(name, externalId=name)["id"]
        version = made.seed.version("Acme Inventory", number)["id"]
        made.seed.instance("Inventory", customer=customer, integration=version)
        shared: dict[str, Any] = {"instance": {"name": "Inventory", "customer": name}, "duration": "10s"}
        made.seed.add("alertMonitors", name="Failed", flows="all", triggers=["Execution Failed"], **shared)
    shared = {"instance": {"name": "Inventory", "customer": "moving"}, "triggers": ["Execution Failed"]}
    made.seed.add("alertMonitors", name="Old", flow="Sync Inventory", **shared)
    return made


def picture(world: World) -> Counter[tuple[Any, ...]]:
    """Return every monitor in the tenant, with all that it is bound to and has."""
    rows = world.sandbox.store.rows(
        "SELECT m.name, c.name AS customer, f.name AS flow, m.durationSecondsCondition AS duration,"
        " (SELECT group_concat(t.name) FROM alert_monitor_triggers p JOIN alert_triggers t ON t.id = p.alertTrigger"
        "  WHERE p.alertMonitor = m.id) AS triggers"
        " FROM alert_monitors m JOIN instances i ON i.id = m.instance JOIN customers c ON c.id = i.customer"
        " LEFT JOIN flow_configs fc ON fc.id = m.flowConfig LEFT JOIN flows f ON f.id = fc.flow"
    )
    return Counter(tuple(row.values()) for row in rows)


EXPECTED = Counter(
    ("Failed", customer, flow, None, "Execution Started") for customer in ("new", "moving", "staying") for flow in FLOWS
)


def undisturbed(reading: str) -> list[tuple[str, ...]]:
    """Return what each request of a run that nothing disturbs asks for."""
    with tenant(reading) as world:
        transport = Dying(world.sandbox)
        results = world.apply(manifests(), transport=transport, batch_size=1)
        assert {each.change.address: each.messages for each in results if not each.ok} == {}
        assert picture(world) == EXPECTED
        assert world.plan(manifests()).empty
        return transport.asked


def die_and_run_again(reading: str, moment: Moment, stride: int) -> None:
    """Kill runs before or after every request (or each one of so many), and run again."""
    asked = undisturbed(reading)
    assert {"updateInstance", "createAlertMonitor"} <= {name for each in asked for name in each}
    for at in range(1 + stride // 2, len(asked) + 1, stride):
        with tenant(reading) as world:
            transport = Dying(world.sandbox, at, moment)
            with pytest.raises(asyncio.CancelledError):
                world.apply(manifests(), transport=transport, batch_size=1)
            results = world.apply(manifests())
            where = f"killed {moment} request {at}, {', '.join(asked[at - 1])}"
            assert {each.change.address: each.messages for each in results if not each.ok} == {}, where
            assert picture(world) == EXPECTED, where


@pytest.mark.parametrize(("reading", "moment"), [("lost", "after"), ("left behind", "before")])
def test_after_a_kill_at_some_requests_the_next_run_converges(reading: str, moment: Moment) -> None:
    """Also between an instance's move and the second look, and between a deletion and the creation anew."""
    die_and_run_again(reading, moment, SAMPLE)


@pytest.mark.full
@pytest.mark.parametrize("reading", READINGS)
@pytest.mark.parametrize("moment", MOMENTS)
def test_after_a_kill_at_any_request_the_next_run_converges(moment: Moment, reading: str) -> None:
    """Whichever request a run dies before or after, one more run leaves what an undisturbed one leaves."""
    die_and_run_again(reading, moment, 1)


@pytest.mark.parametrize("reading", READINGS)
@pytest.mark.parametrize("fault", ["error", "error-after", "drop-after", "throttle", "malformed", "partial"])
def test_after_a_fault_at_a_mutation_the_next_run_converges(
    fault: str, reading: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever the API answers, or does not answer, to one of the mutations of monitors."""
    monkeypatch.setattr("asyncio.events.new_event_loop", LeapingLoop)
    for field in ("createAlertMonitor", "updateAlertMonitor", "deleteAlertMonitor"):
        with tenant(reading) as world:
            world.sandbox.faults.add(fault, field=field)
            world.apply(manifests(), batch_size=1)
            world.sandbox.faults.clear()
            results = world.apply(manifests())
            assert {each.change.address: each.messages for each in results if not each.ok} == {}, field
            assert picture(world) == EXPECTED, field
            assert world.plan(manifests()).empty
