"""Alert monitors converge: an apply makes them what is declared, changes nothing else, and leaves an empty plan."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import yaml
from hypothesis import given
from hypothesis import strategies as st
from support.world import World

from reconciler.sandbox.data.variants import Variants

if TYPE_CHECKING:
    from collections.abc import Mapping

PEOPLE = ("kim@x.example", "lee@x.example", "sam@x.example")
NEEDS = {
    "Execution Duration Matched or Exceeded": ("duration", st.sampled_from(["10s", "5m"])),
    "Execution Overdue": ("overdue", st.sampled_from(["30m", "2h"])),
    "Log Level Matched or Exceeded": ("logLevel", st.sampled_from(["warn", "error"])),
}
"""The triggers that need a field."""
TRIGGERS = (*NEEDS, "Execution Failed", "Execution Started")
READ = {"duration": "durationSecondsCondition", "overdue": "executionOverdueMinutesCondition",
        "logLevel": "logSeverityLevelCondition"}  # fmt: skip
NUMBERS = {"10s": 10, "5m": 300, "30m": 30, "2h": 120, "warn": 3, "error": 4, None: None}
VARIANTS = st.fixed_dictionaries({
    name: st.sampled_from(Variants.choices()[name])
    for name in (
        "monitor_numbers", "monitor_flow_updates", "flow_config_ids", "monitors_on_move",
        "alert_lists", "alert_updates",
    )
})  # fmt: skip


@st.composite
def monitors(draw: st.DrawFn, *, unsets: bool) -> dict[str, Any]:
    """Return triggers with the fields that they need, and users; ``unsets``: the other fields may be null."""
    triggers = draw(st.lists(st.sampled_from(TRIGGERS), min_size=1, max_size=3, unique=True))
    spec: dict[str, Any] = {"triggers": triggers}
    for trigger, (field, values) in NEEDS.items():
        if trigger in triggers:
            spec[field] = draw(values)
        elif unsets and draw(st.booleans()):
            spec[field] = None
    if draw(st.booleans()):
        spec["users"] = draw(st.lists(st.sampled_from(PEOPLE), max_size=3, unique=True))
    return spec


def manifests(spec: Mapping[str, Any], version: int) -> str:
    """Return an instance of a version, and a monitor of its first flow."""
    said = {key: value for key, value in spec.items() if key != "users"}
    if "users" in spec:
        said["notify"] = {"users": [{"email": each} for each in spec["users"]]}
    integration = {"name": "Acme Inventory", "version": version}
    documents = [
        ("Customer", {"name": "Acme", "externalId": "acme"}),
        ("Instance", {"customer": "it", "name": "Inventory", "integration": integration, "deploy": "never"}),
        ("AlertMonitor", {"name": "It", "instance": "it", "flow": "Sync Inventory", **said}),
    ]
    return yaml.safe_dump_all(
        {"apiVersion": "reconciler/v1", "kind": kind, "metadata": {"name": "it"}, "spec": each}
        for kind, each in documents
    )


def read(world: World) -> dict[str, Any]:
    """Return the only monitor in the form of a spec, and whether it is bound to a flow that its instance has."""
    store = world.sandbox.store
    (row,) = store.rows("SELECT * FROM alert_monitors WHERE name = 'It'")
    pairs = {
        "triggers": "SELECT t.name FROM alert_monitor_triggers p JOIN alert_triggers t ON t.id = p.alertTrigger",
        "users": "SELECT u.email AS name FROM alert_monitor_users p JOIN users u ON u.id = p.user",
    }
    lists = {
        name: sorted(each["name"] for each in store.rows(f"{sql} WHERE p.alertMonitor = ?", (row["id"],)))
        for name, sql in pairs.items()
    }
    bound = store.find("flow_configs", row["flowConfig"])
    return {**lists, **{field: row[column] for field, column in READ.items()}, "bound": bound is not None}


@given(live=st.none() | monitors(unsets=False), spec=monitors(unsets=True), variants=VARIANTS, moves=st.booleans())
def test_a_monitor_becomes_what_is_declared(live: Any, spec: Any, variants: Any, moves: bool) -> None:
    """Under every reading each declared field is there, every other one is as before, and a second plan is empty."""
    with World(Variants(**variants)) as world:
        for email in PEOPLE:
            world.seed.user(email)
        customer = world.seed.customer("Acme", externalId="acme")["id"]
        version = world.seed.version("Acme Inventory", 1 if moves else 2)["id"]
        world.seed.instance("Inventory", customer=customer, integration=version)
        before: dict[str, Any] = {"users": [], **dict.fromkeys(READ)}
        if live:
            notify = {"users": [{"email": each} for each in live.pop("users", ())]}
            shared = {"instance": {"name": "Inventory"}, "flow": "Sync Inventory"}
            world.seed.add("alertMonitors", name="It", notify=notify, **shared, **live)
            before = read(world)
        text = manifests(spec, 2)
        results = world.apply(text)
        assert [result.messages for result in results if not result.ok] == []
        assert world.plan(text).empty
        declared = {field: NUMBERS[spec[field]] for field in READ if field in spec}
        lists = {name: sorted(spec[name]) for name in ("triggers", "users") if name in spec}
        expected = {**before, **declared, **lists, "bound": True}
        lost = live and moves and variants["monitors_on_move"] == "deleted"
        found = read(world)
        for name in ("triggers", *declared, *lists, "bound") if lost else expected:
            assert found[name] == expected[name], name
