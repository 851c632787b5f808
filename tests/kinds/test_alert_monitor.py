"""Alert monitors: what they are bound to, what is compared and sent, and how they follow their instances."""

from __future__ import annotations

import json
from itertools import product
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from editor_schemas.written import written
from exporting.exported import export
from sandbox.client import Api
from support.world import World

from reconciler.errors import ManifestErrors, PlanRefused
from reconciler.exporting.listing import list_objects
from reconciler.planning.shards import Shard
from reconciler.reports.shared.style import Style
from reconciler.reports.text.plan import plan_text
from reconciler.sandbox.data.permissions import deny
from reconciler.sandbox.data.variants import Variants

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from reconciler.applying.results import Result

FLOWS = ["Report Low Stock", "Sync Inventory"]
"""Those of version 2; version 1 has only the second one."""
CONFIGURED = {
    "Acme Inventory Endpoint": "https://acme.example",
    "Acme Inventory User/Pass": {"inputs": {"username": "me", "password": {"valueFrom": {"env": "ACME_PASSWORD"}}}},
}
FAILED: dict[str, Any] = {"triggers": ["Execution Failed"]}


def document(kind: str, handle: str, spec: Mapping[str, Any], **lifecycle: Any) -> dict[str, Any]:
    more = {"lifecycle": lifecycle} if lifecycle else {}
    return {"apiVersion": "reconciler/v1", "kind": kind, "metadata": {"name": handle}, "spec": dict(spec), **more}


def instance(number: int = 1, version: int = 2, **spec: Any) -> list[dict[str, Any]]:
    """Return a customer with its instance."""
    integration = {"name": "Acme Inventory", "version": version}
    values = {"customer": f"c{number}", "name": "Inventory", "integration": integration, "configVariables": CONFIGURED}
    return [
        document("Customer", f"c{number}", {"name": f"Customer {number}", "externalId": f"e{number}"}),
        document("Instance", f"i{number}", {**values, **spec}),
    ]


def monitor(lifecycle: Mapping[str, Any] | None = None, **spec: Any) -> dict[str, Any]:
    """Return a monitor of the first instance, of another one, or of several."""
    bound = {} if "instance" in spec or "instances" in spec else {"instance": "i1"}
    said = {key: value for key, value in {"name": "Failed", **bound, **FAILED, **spec}.items() if value != ...}
    return document("AlertMonitor", "failed", said, **(lifecycle or {}))


def text(*documents: Mapping[str, Any] | Sequence[Mapping[str, Any]]) -> str:
    flat = [each for one in documents for each in (one if isinstance(one, list) else [one])]
    return "\n---\n".join(yaml.safe_dump(each, sort_keys=False) for each in flat)


@pytest.fixture
def world() -> Iterator[World]:
    with World() as made:
        made.environ["ACME_PASSWORD"] = "swordfish"
        yield made


def applied(world: World, manifests: str, **more: Any) -> dict[str, Result]:
    """Apply, with every change as it should be, and plan nothing more; return the results by handle."""
    results = world.apply(manifests, **more)
    assert {result.status for result in results} <= {"applied"}, [(r.change.address, r.messages) for r in results]
    again = world.plan(manifests, **more)
    assert again.empty, [(each.address, each.fields) for each in again]
    return {result.change.address.partition("/")[2]: result for result in results}


def live(world: World) -> list[dict[str, Any]]:
    """Return the monitors in the tenant, with the names of all that they refer to."""
    fields = """nodes { id name durationSecondsCondition executionOverdueMinutesCondition logSeverityLevelCondition
      instance { name customer { name } } flowConfig { id flow { name } } triggers { nodes { name } }
      groups { nodes { name } } users { nodes { email } } webhooks { nodes { name } } }"""
    api = Api(world.sandbox)
    answer = api(f"{{ alertMonitors {{ {fields} }} }}")
    api.close()
    return [
        {
            "name": node["name"],
            "customer": node["instance"]["customer"]["name"],
            "flow": node["flowConfig"]["flow"]["name"] if node["flowConfig"] else None,
            "bound": node["flowConfig"]["id"] if node["flowConfig"] else None,
            "triggers": sorted(each["name"] for each in node["triggers"]["nodes"]),
            "numbers": [
                node["durationSecondsCondition"],
                node["executionOverdueMinutesCondition"],
                node["logSeverityLevelCondition"],
            ],
            "notify": [
                *(each["name"] for each in node["groups"]["nodes"]),
                *(each["email"] for each in node["users"]["nodes"]),
                *(each["name"] for each in node["webhooks"]["nodes"]),
            ],
        }
        for node in answer["alertMonitors"]["nodes"]
    ]


def test_a_monitor_is_created_with_its_instance_in_one_run(world: World) -> None:
    """The instance first, and its monitor once the flow has an ID."""
    results = applied(world, text(instance(), monitor(flow="Sync Inventory")))
    assert list(results) == ["c1", "i1", "failed"]
    (found,) = live(world)
    assert (found["flow"], found["triggers"], found["customer"]) == (
        "Sync Inventory",
        ["Execution Failed"],
        "Customer 1",
    )


def test_a_monitor_of_all_flows_is_one_each(world: World) -> None:
    """All flows of the version that the manifest declares, whether or not the instance runs it yet."""
    applied(world, text(instance(version=1), monitor(flows="all")))
    assert [each["flow"] for each in live(world)] == ["Sync Inventory"]
    applied(world, text(instance(version=2), monitor(flows="all")))
    assert sorted(each["flow"] for each in live(world)) == FLOWS


def test_a_monitor_of_an_instance_has_no_flow(world: World) -> None:
    """For what happens to the instance itself."""
    applied(world, text(instance(), monitor(triggers=["Instance Disabled", "Instance Enabled"])))
    (found,) = live(world)
    assert (found["flow"], found["triggers"]) == (None, ["Instance Disabled", "Instance Enabled"])


def test_a_set_has_a_monitor_for_each_member_and_flow(world: World) -> None:
    """The address names the member by its customer's handle, and the flow."""
    instances = document(
        "InstanceSet",
        "inventory",
        {
            "customers": {"names": ["c1", "c2"]},
            "template": {
                "name": "Inventory",
                "integration": {"name": "Acme Inventory", "version": 2},
                "configVariables": CONFIGURED,
            },
        },
    )
    customers = [each for number in (1, 2) for each in instance(number)[:1]]
    manifests = text(customers, instances, monitor(instances={"sets": ["inventory"]}, flows="all"))
    results = applied(world, manifests)
    assert [handle for handle in results if handle.startswith("failed")] == [
        f"failed.c{number}.{flow}" for number in (1, 2) for flow in ("report-low-stock", "sync-inventory")
    ]
    assert len(live(world)) == 4
    assert world.plan(manifests, targets=("AlertMonitor/failed.c1",)).unchanged == 4


@pytest.mark.parametrize(("ids", "moved"), [*product(["kept", "changed"], ["kept", "deleted", "left"])])
def test_monitors_follow_their_instance_under_every_reading(ids: str, moved: str) -> None:
    """After a move each flow has its monitor, bound to the flow as it is now, in the same run."""
    with World(Variants.parse([f"flow_config_ids={ids}", f"monitors_on_move={moved}"])) as world:
        world.environ["ACME_PASSWORD"] = "swordfish"
        applied(world, text(instance(version=1), monitor(flows="all")))
        applied(world, text(instance(version=2), monitor(flows="all")))
        found = live(world)
        current = {row["id"] for row in world.sandbox.store.rows("SELECT id FROM flow_configs")}
        assert sorted(each["flow"] for each in found) == FLOWS
        assert {each["bound"] for each in found} <= current


@pytest.mark.parametrize("updates", ["written", "ignored"])
def test_a_monitor_that_was_left_behind_is_bound_anew(updates: str) -> None:
    """By an update or, where the API ignores that, by deleting and creating it; the plan says so."""
    variants = ["flow_config_ids=changed", "monitors_on_move=left", f"monitor_flow_updates={updates}"]
    with World(Variants.parse(variants)) as world:
        world.environ["ACME_PASSWORD"] = "swordfish"
        manifests = text(instance(version=1), monitor(flow="Sync Inventory"))
        applied(world, manifests)
        version = world.seed.version("Acme Inventory", 2)["id"]
        row = world.sandbox.store.rows("SELECT id FROM instances WHERE name = 'Inventory'")[0]["id"]
        api = Api(world.sandbox)
        api.done("updateInstance", "instance { id }", id=row, integration=version)
        api.close()
        manifests = text(instance(version=2), monitor(flow="Sync Inventory"))
        (warning,) = [each.message for each in world.plan(manifests).warnings if each.address == "AlertMonitor/failed"]
        assert "the monitor is deleted and created anew" in warning
        results = applied(world, manifests)
        expected = (
            ["updateAlertMonitor"]
            if updates == "written"
            else ["updateAlertMonitor", "deleteAlertMonitor", "createAlertMonitor"]
        )
        assert results["failed"].done == expected


@pytest.mark.parametrize("numbers", ["unset", "kept"])
@pytest.mark.parametrize("lists", ["replaced", "added"])
@pytest.mark.parametrize("updates", ["keep", "reset"])
def test_every_change_arrives_under_every_reading(numbers: str, lists: str, updates: str) -> None:
    """Numbers are set and unset, lists grow and shrink, and what is not declared stays."""
    variants = [f"monitor_numbers={numbers}", f"alert_lists={lists}", f"alert_updates={updates}"]
    with World(Variants.parse(variants)) as world:
        world.environ["ACME_PASSWORD"] = "swordfish"
        for name in ("kim", "lee"):
            world.seed.user(f"{name}@x.example")
        kim, lee = ({"email": f"{name}@x.example"} for name in ("kim", "lee"))
        late = ["Execution Failed", "Execution Overdue"]
        applied(world, text(instance(), monitor(triggers=late, overdue="30m", notify={"users": [kim, lee]})))
        applied(world, text(instance(), monitor(duration="10s", triggers=...)))
        (found,) = live(world)
        assert found["numbers"] == [10, 30, None]
        assert found["notify"] == ["kim@x.example", "lee@x.example"]
        applied(world, text(instance(), monitor(overdue=None, logLevel="error", notify={"users": [lee]})))
        (found,) = live(world)
        assert (found["numbers"], found["triggers"]) == ([10, None, 4], ["Execution Failed"])
        assert found["notify"] == ["lee@x.example"]


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        ({"overdue": "90s"}, "'overdue' is kept in whole minutes, and '90s' is none; write 1m or 2m"),
        ({"duration": "0s"}, "'duration' is a time from 1 second on"),
        ({"overdue": "9999999999m"}, "'overdue' is '9999999999m', and the API holds no longer time than 2147483647m"),
        ({"duration": "ten"}, "must be a time such as 10s, 30m, 2h or 1d"),
        ({"instances": {"handles": ["i1"]}, "instance": "i1"}, "instance and instances exclude each other"),
        ({"flow": "Sync Inventory", "flows": "all"}, "flow and flows exclude each other"),
        ({"instance": ...}, "one of instance and instances is required"),
        ({"instances": {"sets": ["inventory"]}}, "no manifest declares the InstanceSet 'inventory'"),
        ({"instance": "i2"}, "no manifest declares the Instance 'i2'; declared: 'i1'"),
        ({"notify": {"users": ["kim"]}}, "no manifest declares the User 'kim'"),
        ({"notify": {"users": [{"email": "a@x.example"}] * 2}}, "is listed twice; take one out"),
    ],
)
def test_a_wrong_manifest_says_what_to_do(spec: dict[str, Any], message: str, world: World) -> None:
    """Offline, before the tenant is read."""
    with pytest.raises(ManifestErrors) as errors:
        world.plan(text(instance(), monitor(**spec)))
    assert message in str(errors.value)


def test_a_monitor_of_an_absent_instance_is_an_error(world: World) -> None:
    """Its monitors go with it; a manifest that keeps one contradicts that."""
    customer, gone = instance()
    gone["lifecycle"] = {"state": "absent"}
    with pytest.raises(ManifestErrors, match="Instance/i1 is deleted"):
        world.plan(text(customer, gone, monitor()))


def test_a_new_user_is_notified_in_the_same_run(world: World) -> None:
    """A recipient is referred to by its handle, and created before."""
    user = document("User", "kim", {"email": "kim@x.example", "role": "Admin"})
    applied(world, text(instance(), user, monitor(notify={"users": ["kim"]})))
    assert live(world)[0]["notify"] == ["kim@x.example"]


def test_flows_that_a_version_does_not_have_are_an_error(world: World) -> None:
    """Of an instance that is still to be created, too, by the version that its manifest declares."""
    with pytest.raises(PlanRefused, match="no flow is named 'Report Low Stock'; flows of the version"):
        world.plan(text(instance(version=1), monitor(flow="Report Low Stock")))
    world.plan(text(instance(version=2), monitor(flow="Report Low Stock")))


def test_a_change_outside_is_drift_and_undone(world: World) -> None:
    """Whoever changes a monitor by hand is overruled in what the manifest declares."""
    manifests = text(instance(), monitor(flow="Sync Inventory", duration="10s"))
    applied(world, manifests)
    store = world.sandbox.store
    store.execute("UPDATE alert_monitors SET durationSecondsCondition = 99")
    (change,) = world.plan(manifests)
    assert [(each.path, each.before, each.after) for each in change.fields] == [(("duration",), "99s", "10s")]
    applied(world, manifests)


def test_a_triggered_monitor_is_no_difference(world: World) -> None:
    """Whether it was triggered is state, and in no saved plan."""
    manifests = text(instance(), monitor(flow="Sync Inventory"))
    applied(world, manifests)
    world.sandbox.store.execute("UPDATE alert_monitors SET triggered = 1, systemSuspended = 1")
    assert world.plan(manifests).empty


def test_monitors_are_pruned_below_an_owned_instance_alone(world: World, tmp_path: Path) -> None:
    """With prune.children; not those of an instance that the project does not own, and guardrails count them."""
    manifests = text(instance(), monitor(flow="Sync Inventory"))
    prune = {"enabled": True, "children": ["AlertMonitor"]}
    project = document("Project", "p", {"manifests": ["all.yaml"], "prune": prune})
    (tmp_path / "reconciler.yaml").write_text(text(project), encoding="utf-8")
    (tmp_path / "all.yaml").write_text(manifests, encoding="utf-8")
    world.apply(tmp_path)
    other = world.seed.customer("Other")["id"]
    world.seed.instance("Inventory", customer=other, integration=world.seed.version("Acme Inventory")["id"])
    for customer in ("Customer 1", "Other"):
        named = {"name": "Inventory", "customer": customer}
        world.seed.add("alertMonitors", name="By hand", instance=named, triggers=["Instance Disabled"])
    plan = world.plan(tmp_path)
    assert [(change.actions, change.group) for change in plan] == [(("delete",), "Customer 1")]
    assert plan.changes[0].reason == "its owner belongs to this project, and no manifest declares it (prune)"
    world.apply(tmp_path)
    assert sorted((each["customer"], each["name"]) for each in live(world)) == [
        ("Customer 1", "Failed"),
        ("Other", "By hand"),
    ]
    (tmp_path / "all.yaml").write_text(text(instance()), encoding="utf-8")
    with pytest.raises(PlanRefused, match="this plan deletes 1 resource"):
        world.plan(tmp_path, allow_deletes=0)


def test_a_released_instance_keeps_its_monitors(world: World, tmp_path: Path) -> None:
    """What belongs to an object that the project gives up is not pruned."""
    customer, kept = instance()
    prune = {"enabled": True, "children": ["AlertMonitor"]}
    project = document("Project", "p", {"manifests": ["all.yaml"], "prune": prune})
    (tmp_path / "reconciler.yaml").write_text(text(project), encoding="utf-8")
    (tmp_path / "all.yaml").write_text(text(customer, kept, monitor()), encoding="utf-8")
    world.apply(tmp_path)
    kept["lifecycle"] = {"state": "unmanaged"}
    (tmp_path / "all.yaml").write_text(text(customer, kept), encoding="utf-8")
    assert [change.actions for change in world.plan(tmp_path)] == [("forget",)]


def test_the_group_of_a_monitor_is_its_customer(world: World) -> None:
    """Reports list a monitor with the instance that it watches."""
    plan = world.plan(text(instance(), monitor(flow="Sync Inventory")))
    assert {change.address: change.group for change in plan}["AlertMonitor/failed"] == "Customer 1"


def test_a_report_names_each_monitor_of_a_customer(world: World) -> None:
    """Monitors of several flows of one instance are members of their manifest, not customers."""
    shown = plan_text(world.plan(text(instance(), monitor(instances={"handles": ["i1"]}, flows=FLOWS))), Style())
    assert "+ 2 members: create" in shown
    assert "i1.report-low-stock, i1.sync-inventory" in shown


def test_a_list_of_monitors_shows_the_manifest_that_means_all_flows(world: World) -> None:
    """A monitor of each flow is declared by a manifest with ``flows: all``."""
    manifests = text(instance(), monitor(flows="all"))
    applied(world, manifests)
    with world.session(manifests) as session:
        kind = session.registry["AlertMonitor"]
        found = list_objects(session.reading(), session.manifests, kind, None, {})
    assert {(each.state, each.address) for each in found} == {
        ("declared", "AlertMonitor/failed.report-low-stock"),
        ("declared", "AlertMonitor/failed.sync-inventory"),
    }


def test_an_export_of_monitors_plans_nothing(world: World, tmp_path: Path) -> None:
    """A monitor is a manifest beside the instance that it watches; monitors of all flows that are alike are one."""
    world.seed.user("kim@x.example")
    customer = world.seed.customer("Customer 1", externalId="e1")["id"]
    version = world.seed.version("Acme Inventory")["id"]
    world.seed.instance("Inventory", customer=customer, integration=version, deployed=True)
    shared: dict[str, Any] = {"instance": {"name": "Inventory"}}
    notify = {"users": [{"email": "kim@x.example"}]}
    world.seed.add(
        "alertMonitors",
        name="Late",
        flows="all",
        triggers=["Execution Overdue", "Log Level Matched or Exceeded"],
        overdue="2h",
        logLevel="warn",
        notify=notify,
        **shared,
    )
    world.seed.add("alertMonitors", name="Off", triggers=["Instance Disabled"], **shared)
    world.seed.add("alertMonitors", name="Some", flow="Report Low Stock", triggers=["Execution Failed"], **shared)
    for duration, flow in (("1m", "Report Low Stock"), ("2m", "Sync Inventory")):
        slow = {"triggers": ["Execution Duration Matched or Exceeded"], "duration": duration}
        world.seed.add("alertMonitors", name="Slow", flow=flow, **slow, **shared)
    export(world, tmp_path)
    files = {path.name: path.read_text(encoding="utf-8") for path in tmp_path.rglob("*.yaml")}
    found = [each for each in yaml.safe_load_all(files["alert-monitors.yaml"]) if each]
    watched = {(each["spec"]["name"], each["spec"].get("flow"), each["spec"].get("flows")) for each in found}
    assert watched == {
        ("Late", None, "all"),
        ("Off", None, None),
        ("Some", "Report Low Stock", None),
        ("Slow", "Report Low Stock", None),
        ("Slow", "Sync Inventory", None),
    }
    assert len(found) == len(watched)
    assert next(each["metadata"]["name"] for each in found if "flows" in each["spec"]).endswith("-inventory-late")
    assert world.plan(tmp_path).empty


def test_an_export_names_recipients_by_handle(world: World, tmp_path: Path) -> None:
    """A monitor's group, user and webhook are those of the exported manifests: another tenant may not have them yet."""
    world.seed.user("kim@x.example")
    world.seed.add("alertWebhooks", name="Pager")
    world.seed.add("alertGroups", name="On call")
    customer = world.seed.customer("Customer 1", externalId="e1")["id"]
    version = world.seed.version("Acme Inventory")["id"]
    world.seed.instance("Inventory", customer=customer, integration=version, deployed=True)
    notify = {"groups": [{"name": "On call"}], "users": [{"email": "kim@x.example"}], "webhooks": [{"name": "Pager"}]}
    watched = {"name": "Inventory"}
    world.seed.add("alertMonitors", name="Off", instance=watched, triggers=["Instance Disabled"], notify=notify)
    export(world, tmp_path)
    manifest = yaml.safe_load(next(tmp_path.rglob("alert-monitors.yaml")).read_text(encoding="utf-8"))
    assert manifest["spec"]["notify"] == {"groups": ["on-call"], "users": ["kim"], "webhooks": ["pager"]}
    assert world.plan(tmp_path).empty


@pytest.mark.parametrize("external", [True, False])
def test_a_monitor_of_an_instance_elsewhere_is_exported_by_name(world: World, *, external: bool) -> None:
    """Where no manifest declares the instance, it is referred to by its name and its customer, and found by them."""
    owner = {"externalId": "e1"} if external else {}
    customer = world.seed.customer("Customer 1", **owner)["id"]
    version = world.seed.version("Acme Inventory")["id"]
    world.seed.instance("Inventory", customer=customer, integration=version, deployed=True)
    world.seed.add("alertMonitors", name="Off", instance={"name": "Inventory"}, triggers=["Instance Disabled"])
    named = {"name": "Inventory", "customer": owner or {"name": "Customer 1"}}
    manifest = text(
        document("AlertMonitor", "off", {"name": "Off", "instance": named, "triggers": ["Instance Disabled"]})
    )
    assert world.plan(manifest).empty
    with world.session(manifest) as session:
        kind, view = session.registry["AlertMonitor"], session.reading().read_for(session.manifests.resources)
        found = view.live("AlertMonitor/off")
        assert found
        assert kind.export.declare(found, view, None, False).spec["instance"].otherwise == named


def test_groups_and_webhooks_are_notified_by_handle_or_by_name(world: World) -> None:
    """A new group is created before the monitor that notifies it, and a live one is found by its name."""
    world.seed.add("alertWebhooks", name="Pager")
    group = document("AlertGroup", "on-call", {"name": "On call", "webhooks": [{"name": "Pager"}]})
    notify = {"groups": ["on-call"], "webhooks": [{"name": "Pager"}]}
    applied(world, text(instance(), group, monitor(notify=notify)))
    assert live(world)[0]["notify"] == ["On call", "Pager"]


def test_a_group_in_use_is_deleted_only_when_no_monitor_has_it(world: World) -> None:
    """A group that a monitor keeps is not deleted; where the monitor loses it in the same run, it is."""
    group = document("AlertGroup", "on-call", {"name": "On call"})
    applied(world, text(instance(), group, monitor(notify={"groups": ["on-call"]})))
    group["lifecycle"] = {"state": "absent"}
    with pytest.raises(PlanRefused, match="1 live object uses it"):
        world.plan(text(instance(), group, monitor()))
    applied(world, text(instance(), group, monitor(notify={"groups": []})))
    assert live(world)[0]["notify"] == []
    assert world.sandbox.store.rows("SELECT id FROM alert_groups") == []


def test_an_export_keeps_a_manifest_that_means_several(world: World, tmp_path: Path) -> None:
    """Its monitors are not written a second time, and one that differs is left to a person."""
    instances = document(
        "InstanceSet",
        "inventory",
        {
            "customers": {"names": ["c1"]},
            "template": {
                "name": "Inventory",
                "integration": {"name": "Acme Inventory", "version": 2},
                "deploy": "never",
            },
        },
    )
    manifests = text(instance()[:1], instances, monitor(instances={"sets": ["inventory"]}, flows="all"))
    (tmp_path / "all.yaml").write_text(manifests, encoding="utf-8")
    world.apply(tmp_path)
    assert export(world, tmp_path).changed == {}
    assert {path.name for path in tmp_path.rglob("*.yaml")} == {"all.yaml", "team.yaml"}
    store = world.sandbox.store
    started = store.rows("SELECT id FROM alert_triggers WHERE name = 'Execution Started'")[0]["id"]
    store.execute("UPDATE alert_monitor_triggers SET alertTrigger = ?", (started,))
    kept = export(world, tmp_path).kept
    assert kept[0][1].startswith("it differs from AlertMonitor/failed, whose manifest is about others too")
    assert (tmp_path / "all.yaml").read_text(encoding="utf-8") == manifests


def test_a_plan_counts_all_monitors_of_a_manifest(world: World) -> None:
    """Reports show how many of them change, as they do for a set."""
    manifests = text(instance(1), instance(2), monitor(instances={"handles": ["i1", "i2"]}, flows="all"))
    applied(world, manifests)
    world.sandbox.store.execute("DELETE FROM alert_monitors WHERE id = (SELECT min(id) FROM alert_monitors)")
    plan = world.plan(manifests)
    (found,) = plan.sets
    assert (found.address, found.size, len(found.members), len(plan.changes)) == ("AlertMonitor/failed", 4, 4, 1)


def test_a_shared_group_does_not_tie_customers_into_one_shard(world: World) -> None:
    """Each shard changes its own monitors, and refers to a group of another shard once that exists."""
    group = document("AlertGroup", "on-call", {"name": "On call"})
    numbers = range(1, 7)
    instances = [each for number in numbers for each in instance(number, deploy="never")]
    handles = [f"i{number}" for number in numbers]
    manifests = text(instances, group, monitor(instances={"handles": handles}, notify={"groups": ["on-call"]}))
    with pytest.raises(PlanRefused, match="depends on AlertGroup/on-call, which does not exist yet and is in another"):
        [world.plan(manifests, shard=Shard(index, 2)) for index in (1, 2)]
    assert all(result.ok for result in world.apply(manifests, targets=("AlertGroup/on-call",)))
    parts = [world.apply(manifests, shard=Shard(index, 2)) for index in (1, 2)]
    assert all(result.ok for part in parts for result in part)
    assert all(any(result.change.kind.name == "AlertMonitor" for result in part) for part in parts)
    assert world.plan(manifests).empty


def test_an_editor_offers_triggers_and_log_levels(world: World, tmp_path: Path) -> None:
    """An editor completes the triggers and the log levels that exist, and takes null for a level."""
    schemas = written(world, tmp_path)
    definition = json.loads(schemas.texts["manifest.schema.json"])["$defs"]["AlertMonitor"]
    fields = definition["properties"]["spec"]["properties"]
    assert "Execution Failed" in fields["triggers"]["items"]["anyOf"][0]["enum"]
    assert "error" in fields["logLevel"]["anyOf"][0]["enum"]
    assert schemas.wrong(text(monitor(instance="i1", logLevel=None, flows="all"))) == []
    assert schemas.wrong(text(monitor(instance="i1", flows="some"))) != []


def test_an_export_of_sets_refers_to_their_members(world: World, tmp_path: Path) -> None:
    """A monitor of an instance that becomes a member of a set names it by its handle there."""
    version = world.seed.version("Acme Inventory")["id"]
    for number in range(6):
        name = f"Customer {number}"
        customer = world.seed.customer(name, externalId=f"e{number}")["id"]
        world.seed.instance("Inventory", customer=customer, integration=version)
        named = {"name": "Inventory", "customer": name}
        world.seed.add("alertMonitors", name="Failed", instance=named, flows="all", triggers=["Execution Failed"])
    export(world, tmp_path, sets=True)
    assert (tmp_path / "sets").is_dir()
    plan = world.plan(tmp_path)
    assert {change.kind.name for change in plan if change.kind.name == "AlertMonitor"} == set()
    assert sum(1 for row in world.sandbox.store.rows("SELECT id FROM alert_monitors")) == 12


@pytest.mark.parametrize("lists", ["replaced", "added"])
def test_a_monitor_with_more_recipients_than_a_page_is_updated_in_place(lists: str) -> None:
    """The answer to an update shows the first page; the recipients on the others are no reason to create it anew."""
    with World(Variants.parse([f"alert_lists={lists}"])) as world:
        world.environ["ACME_PASSWORD"] = "swordfish"
        users = [{"email": world.seed.user(f"u{number}@x.example")["email"]} for number in range(130)]
        applied(world, text(instance(), monitor(notify={"users": users[1:]})))
        world.forget()
        applied(world, text(instance(), monitor(notify={"users": users}, duration="10s")))
        assert world.mutation_names() == ["updateAlertMonitor"]
        applied(world, text(instance(), monitor(notify={"users": users[:115]})))
        assert len(world.sandbox.store.rows("SELECT * FROM alert_monitor_users")) == 115


def test_a_customer_that_is_created_has_no_instance_elsewhere(world: World) -> None:
    """A monitor cannot name an instance in no manifest of a customer that does not exist yet."""
    named = {"name": "Inventory", "customer": "c1"}
    for flow in ({}, {"flow": "Sync Inventory"}, {"flows": "all"}):
        with pytest.raises(PlanRefused, match="the customer 'c1' does not exist yet") as refused:
            world.plan(text(instance(), monitor(instance=named, **flow)))
        assert len(refused.value.problems) == 1


@pytest.mark.parametrize("denied", ["Customer.allowAddAlertMonitor", "AlertMonitor.allowRemove"])
@pytest.mark.parametrize("variant", ["monitor_numbers=kept", "alert_lists=added"])
def test_a_monitor_that_may_not_be_created_anew_is_not_deleted(variant: str, denied: str) -> None:
    """It would be lost. What the update left as it was is reported."""
    with World(Variants.parse([variant])) as world:
        world.environ["ACME_PASSWORD"] = "swordfish"
        kim, lee = ({"email": world.seed.user(f"{name}@x.example")["email"]} for name in ("kim", "lee"))
        applied(world, text(instance(), monitor(duration="10s", notify={"users": [kim]})))
        deny(world.sandbox.store, [denied])
        world.forget()
        (result,) = world.apply(text(instance(), monitor(duration=None, notify={"users": [lee]})))
        assert world.mutation_names() == ["updateAlertMonitor"]
        assert (result.status, len(live(world))) == ("not converged", 1)
        assert f"its field {denied.removeprefix('AlertMonitor.')} is false), so it stays" in result.notes[0]


def test_a_monitor_that_may_not_be_deleted_is_not_pruned(world: World, tmp_path: Path) -> None:
    """The plan says so, before anything is sent."""
    project = document(
        "Project", "p", {"manifests": ["all.yaml"], "prune": {"enabled": True, "children": ["AlertMonitor"]}}
    )
    (tmp_path / "reconciler.yaml").write_text(text(project), encoding="utf-8")
    (tmp_path / "all.yaml").write_text(text(instance(), monitor()), encoding="utf-8")
    world.apply(tmp_path)
    deny(world.sandbox.store, ["AlertMonitor.allowRemove"])
    (tmp_path / "all.yaml").write_text(text(instance()), encoding="utf-8")
    plan = world.plan(tmp_path)
    (warning,) = [each.message for each in plan.warnings if "'Failed'" in each.message]
    assert plan.empty
    assert warning.startswith("'Failed' is in no manifest and is not pruned: the API does not allow deleting it")
