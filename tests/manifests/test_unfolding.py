"""Manifests that mean several resources."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from manifests.set_cases import CUSTOMERS
from support.alarms import alarms

from reconciler.errors import ManifestErrors, UsageError
from reconciler.manifests.graph import dependencies, select
from reconciler.manifests.pipeline import read_manifests
from reconciler.manifests.result import ManifestOptions
from reconciler.model.resource import SetCustomer

if TYPE_CHECKING:
    from pathlib import Path

    from reconciler.manifests.result import Manifests
    from reconciler.model.resource import Resource

SETS = """apiVersion: reconciler/v1
kind: InstanceSet
metadata: {name: inventory}
spec:
  customers: {labels: [inventory]}
  template: {name: Inventory, integration: {name: Acme Inventory}}
---
apiVersion: reconciler/v1
kind: InstanceSet
metadata: {name: billing}
spec:
  customers: {names: [ftl]}
  template: {name: Billing, integration: {name: Acme Inventory}}
---
apiVersion: reconciler/v1
kind: Instance
metadata: {name: solo}
spec: {customer: blue-harbor, name: Solo, integration: {name: Acme Inventory}}
"""
ALARM = "apiVersion: reconciler/v1\nkind: Alarm\nmetadata: {name: failed}\n"


def read(folder: Path, alarm: str, **more: Any) -> Manifests:
    """Return the manifests of two sets, an instance, and an alarm with this spec (its first line is the fourth)."""
    (folder / "customers.yaml").write_text(CUSTOMERS, encoding="utf-8")
    (folder / "sets.yaml").write_text(SETS, encoding="utf-8")
    (folder / "alarm.yaml").write_text(f"{ALARM}{alarm}", encoding="utf-8")
    return read_manifests(ManifestOptions(files=(".",), environ={}, cwd=folder, **more), alarms())


def alarms_of(manifests: Manifests) -> dict[str, Any]:
    """Return the specs of the alarms by handle, without what all have."""
    found = (each for each in manifests.resources if each.kind == "Alarm")
    return {each.handle: {key: item for key, item in each.spec.items() if key != "name"} for each in found}


def problems(folder: Path, alarm: str) -> list[str]:
    with pytest.raises(ManifestErrors) as raised:
        read(folder, alarm)
    return [str(each) for each in raised.value.problems]


def chosen(manifests: Manifests, *targets: str) -> list[Resource]:
    return select(manifests.resources, targets, dependencies(manifests.resources, alarms()))


CASES = {
    "one instance": ("{name: Failed, instance: solo}", {"failed": {"instance": "solo"}}),
    "a set": (
        "{name: Failed, instances: {sets: [inventory]}}",
        {"failed.ftl": {"instance": "inventory.ftl"}, "failed.nordlys": {"instance": "inventory.nordlys"}},
    ),
    "handles": ("{name: Failed, instances: {handles: [solo]}}", {"failed.solo": {"instance": "solo"}}),
    "two sets with one customer": (
        "{name: Failed, instances: {sets: [billing, inventory]}}",
        {
            "failed.billing.ftl": {"instance": "billing.ftl"},
            "failed.inventory.ftl": {"instance": "inventory.ftl"},
            "failed.nordlys": {"instance": "inventory.nordlys"},
        },
    ),
    "a member named twice": (
        "{name: Failed, instances: {sets: [billing], handles: [billing.ftl]}}",
        {"failed.ftl": {"instance": "billing.ftl"}},
    ),
    "two flows of an instance": (
        "{name: Failed, instance: solo, flows: [Sync Orders, Report]}",
        {
            "failed.report": {"instance": "solo", "flow": "Report"},
            "failed.sync-orders": {"instance": "solo", "flow": "Sync Orders"},
        },
    ),
    "flows of a set": (
        "{name: Failed, instances: {sets: [billing]}, flows: [B, A]}",
        {
            "failed.ftl.a": {"instance": "billing.ftl", "flow": "A"},
            "failed.ftl.b": {"instance": "billing.ftl", "flow": "B"},
        },
    ),
    "flows that have one handle": (
        "{name: Failed, instance: solo, flows: [Sync!, Sync?, 日本]}",
        {
            "failed.part-cf2abf": {"instance": "solo", "flow": "日本"},
            "failed.sync-2a7a34": {"instance": "solo", "flow": "Sync?"},
            "failed.sync-4634ca": {"instance": "solo", "flow": "Sync!"},
        },
    ),
    "all flows, which only the tenant knows": (
        "{name: Failed, instances: {sets: [billing]}, flows: all}",
        {"failed.ftl": {"instance": "billing.ftl", "flows": "all"}},
    ),
}


@pytest.mark.parametrize(("alarm", "expected"), CASES.values(), ids=list(CASES))
def test_a_manifest_means_exactly_these_resources(alarm: str, expected: dict[str, Any], tmp_path: Path) -> None:
    """One resource for each selected object, and each listed part; parts that the tenant knows are left open."""
    assert alarms_of(read(tmp_path, f"spec: {alarm}\n")) == expected


def test_what_lists_all_parts_is_open(tmp_path: Path) -> None:
    """A plan finds out which parts there are; everything else is as it will be."""
    manifests = read(tmp_path, "spec: {name: Failed, instances: {sets: [inventory]}, flows: all}\n")
    assert {each.address for each in manifests.resources if each.open} == {"Alarm/failed.ftl", "Alarm/failed.nordlys"}


def test_a_resource_of_several_knows_its_manifest_and_customer(tmp_path: Path) -> None:
    """Reports show them by their manifest, as they show the members of a set."""
    manifests = read(tmp_path, "spec: {name: Failed, instances: {sets: [inventory]}, flows: [A]}\n")
    members = {each.address: each.membership for each in manifests.resources if each.kind == "Alarm"}
    assert {
        address: (each.set_address, each.customer.name) for address, each in members.items() if each
    } == {
        "Alarm/failed.ftl.a": ("Alarm/failed", "FTL Rockets"),
        "Alarm/failed.nordlys.a": ("Alarm/failed", "Nordlys"),
    }  # fmt: skip


def test_unknown_sets_and_handles_have_suggestions(tmp_path: Path) -> None:
    """Each one is reported at its place, with what it is near to."""
    found = problems(tmp_path, "spec:\n  name: Failed\n  instances:\n    sets: [inventry]\n    handles: [sol]\n")
    assert [each.partition(" declared:")[0] for each in found] == [
        "alarm.yaml:7:12: no manifest declares the InstanceSet 'inventry'; did you mean 'inventory'?",
        "alarm.yaml:8:15: no manifest declares the Instance 'sol'; did you mean 'solo'?",
    ]


def test_a_mistake_of_many_is_one_message(tmp_path: Path) -> None:
    """What is wrong with each of the resources is reported once, at its place in the manifest."""
    (message,) = problems(tmp_path, "spec:\n  name: x\n  instances: {sets: [inventory]}\n  flows: [A]\n")
    shared = "(2 members of Alarm/failed: ftl.a, nordlys.a)"
    assert message == f"alarm.yaml:5:9: the name of an alarm has two letters or more {shared}"


def test_targets_select_all_some_or_one(tmp_path: Path) -> None:
    """A target is the manifest, one of its objects, or one part of one of these, each with what it depends on."""
    manifests = read(tmp_path, "spec: {name: Failed, instances: {sets: [inventory]}, flows: [A, B]}\n")

    def found(target: str) -> list[str]:
        return [each.address for each in chosen(manifests, target) if each.kind == "Alarm"]

    assert len(found("Alarm/failed")) == 4
    assert found("Alarm/failed.ftl") == ["Alarm/failed.ftl.a", "Alarm/failed.ftl.b"]
    assert found("Alarm/failed.ftl.b") == ["Alarm/failed.ftl.b"]
    assert found("InstanceSet/inventory") == []
    assert {each.address for each in chosen(manifests, "Alarm/failed.ftl.b")} == {
        "Alarm/failed.ftl.b",
        "Customer/ftl",
        "Instance/inventory.ftl",
    }
    with pytest.raises(UsageError, match=r"--target Alarm/failed\.ftl\.c: no manifest has this address"):
        chosen(manifests, "Alarm/failed.ftl.c")


def test_a_target_may_be_a_part_that_only_the_tenant_knows(tmp_path: Path) -> None:
    """The resource that may have it is selected; whether it has it, a plan finds out."""
    spec = "spec: {name: Failed, instances: {sets: [inventory]}, flows: all}\n"
    manifests = read(tmp_path, spec, targets=("Alarm/failed.ftl.sync",))
    assert [each.address for each in chosen(manifests, "Alarm/failed.ftl.sync") if each.open] == ["Alarm/failed.ftl"]


@pytest.mark.parametrize(
    ("flows", "target", "expected"),
    [
        ("[A, B]", "Alarm/failed", ("Alarm/failed.ftl.a", "Alarm/failed.ftl.b")),
        ("[A, B]", "Alarm/failed.ftl", ("Alarm/failed.ftl.a", "Alarm/failed.ftl.b")),
        ("[A, B]", "Alarm/failed.ftl.b", ("Alarm/failed.ftl.b",)),
        ("all", "Alarm/failed", ("Alarm/failed.ftl",)),
        ("all", "Alarm/failed.ftl.sync", ("Alarm/failed.ftl.sync",)),
    ],
)
def test_a_customer_narrows_each_target(flows: str, target: str, expected: tuple[str, ...], tmp_path: Path) -> None:
    """With ``--customer`` a target means the same as without, of this customer; one part never becomes all parts."""
    spec = f"spec: {{name: Failed, instances: {{sets: [inventory]}}, flows: {flows}}}\n"
    assert read(tmp_path, spec, targets=(target,), only_customers=("FTL Rockets",)).targets == expected
    if target != "Alarm/failed":
        with pytest.raises(UsageError, match="no manifest meets --customer and --target together"):
            read(tmp_path, spec, targets=(target,), only_customers=("Nordlys",))


def test_an_unknown_target_is_refused_before_anything_else(tmp_path: Path) -> None:
    """A misspelt manifest is no part of another one."""
    with pytest.raises(UsageError, match="--target Alarm/fald: no manifest has this address"):
        read(tmp_path, "spec: {name: Failed, instance: solo}\n", targets=("Alarm/fald",))


def test_members_that_stand_for_unread_customers_have_no_resources(tmp_path: Path) -> None:
    """A set of the tenant's customers is checked with one of them, and so is what is about its members."""
    (tmp_path / "tenant.yaml").write_text(
        "apiVersion: reconciler/v1\nkind: InstanceSet\nmetadata: {name: live}\n"
        "spec: {customers: {from: tenant}, template: {name: Live, integration: {name: Acme Inventory}}}\n",
        encoding="utf-8",
    )
    spec = "spec: {name: Failed, instances: {sets: [live]}, flows: [A]}\n"
    assert alarms_of(read(tmp_path, spec)) == {}
    live = read(tmp_path, spec, live_customers=lambda *_: [SetCustomer("acme", "Acme", "acme")])
    assert list(alarms_of(live)) == ["failed.acme.a"]
