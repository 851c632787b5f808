"""Sets that an export writes and keeps: their plans are empty, and nothing of a person's own text is lost."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from exporting.exported import export
from exporting.test_names import NAMES
from support.world import ROOT, World

from reconciler.exporting.summary import export_text
from reconciler.model.tenant import Identity
from reconciler.reports.shared.style import Style

PLACEHOLDERS = ["${customer.name}", "$${customer.handle}", "${ Values.x", "${var.x}", "=1+1", "$", "customer", "file"]
SET = "sets/acme-inventory.yaml"


def fleet(world: World, size: int, name: str = "Acme Inventory", first: int = 0) -> list[str]:
    """Put in so many customers with an instance each, of which four differ; return the IDs of the instances."""
    version = world.seed.version("Acme Inventory", 1)["id"]
    made = []
    for number in range(first, first + size):
        owner = world.seed.customer(f"Customer {number}", externalId=f"ext-{number}")["id"]
        inputs = [
            {"name": "username", "type": "value", "value": f"canary-user-{number}"},
            {"name": "password", "type": "value", "value": f"canary-password-{number}"},
        ]
        row = world.seed.instance(
            name, customer=owner, integration=version, deployed=number != 3, enabled=number != 2,
            configVariables=[
                {"key": "My String", "value": f"https://ext-{number}.acme.example"},
                {"key": "Batch Size", "value": "200" if number == 1 else "60"},
                {"key": "Acme Inventory User/Pass", "values": json.dumps(inputs)},
            ],
        )  # fmt: skip
        made.append(str(row["id"]))
    return made


def written(folder: Path, path: str = SET) -> dict[str, Any]:
    made: dict[str, Any] = yaml.safe_load((folder / path).read_text(encoding="utf-8"))
    return made


@pytest.mark.parametrize("secrets", ["unmanaged", "reference"])
@pytest.mark.parametrize("size", [5, 40])
def test_a_plan_of_exported_sets_is_empty(world: World, size: int, secrets: str, tmp_path: Path) -> None:
    """All instances are members, a plan finds nothing to do, and a second export writes nothing."""
    fleet(world, size)
    exported = export(world, tmp_path, secrets=secrets, sets=True)
    assert (exported.left_out, exported.apart) == ([], [])
    assert [len(each.draft.members) for each in exported.sets] == [size]
    assert not list((tmp_path / "customers").rglob("acme-inventory.yaml"))
    assert set(written(tmp_path)["spec"]["overrides"]) == {"customer-1", "customer-2", "customer-3"}
    assert world.plan(tmp_path, keep_secrets=True).empty
    again = export(world, tmp_path, secrets=secrets, sets=True)
    assert (again.files, again.new, again.changed, again.kept, again.gone) == ([], {}, {}, [], [])
    assert again.apart == []
    assert again.unchanged == 2 * size + 1
    assert not world.mutations


def test_no_secret_is_in_a_set(world: World, tmp_path: Path) -> None:
    """One reference serves all members; the list has the variable of each, with which a plan is empty too."""
    fleet(world, 6)
    exported = export(world, tmp_path, secrets="reference", sets=True)
    assert not any("canary" in file.read_text("utf-8") for file in tmp_path.rglob("*") if file.is_file())
    inputs = written(tmp_path)["spec"]["template"]["configVariables"]["Acme Inventory User/Pass"]["inputs"]
    assert inputs["password"] == {"valueFrom": {"env": "ACME_INVENTORY_USER_PASS_PASSWORD_${customer.env}"}}
    assert exported.secrets == 12
    names = {
        f"ACME_INVENTORY_USER_PASS_{field.upper()}_CUSTOMER_{number}": f"canary-{short}-{number}"
        for number in range(6)
        for field, short in (("username", "user"), ("password", "password"))
    }
    listed = (tmp_path / ".env.example").read_text(encoding="utf-8").splitlines()
    assert {f"{name}=" for name in names} <= set(listed)
    assert world.plan(tmp_path, environ={**world.environ, **names}).empty


def test_300_instances_cost_the_pages_of_their_lists(tmp_path: Path) -> None:
    """A set costs no request: the lists are read page by page, and an export with sets asks what one without does."""
    with World() as world:
        fleet(world, 300)
        for sets in (False, True):
            world.forget()
            exported = export(world, tmp_path / str(sets), sets=sets)
            assert world.sandbox.log.requests == 8
        assert [len(each.draft.members) for each in exported.sets] == [300]
        assert world.plan(tmp_path / "True").empty


def test_without_sets_they_are_only_proposed(world: World, tmp_path: Path) -> None:
    """Each instance gets its manifest, and the outcome has the set that would be possible."""
    fleet(world, 5)
    exported = export(world, tmp_path)
    assert [each.draft.address for each in exported.sets] == ["InstanceSet/acme-inventory"]
    assert not (tmp_path / "sets").exists()
    assert world.plan(tmp_path, keep_secrets=True).empty


def test_instances_with_manifests_stay_as_they_are(world: World, tmp_path: Path) -> None:
    """Sets are made of new objects only: what a person has written is not moved."""
    fleet(world, 5)
    export(world, tmp_path)
    exported = export(world, tmp_path, sets=True)
    assert (exported.files, exported.sets) == ([], [])
    assert {reason.partition(";")[0] for _, reason in exported.apart} == {"it has a manifest already"}


def test_changed_members_become_overrides(world: World, tmp_path: Path) -> None:
    """What differs for a member goes into its override, comments stay, and the plan is empty again."""
    made = fleet(world, 6)
    export(world, tmp_path, sets=True)
    file = tmp_path / SET
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("Batch Size: 60\n", "Batch Size: 60  # usual\n"), encoding="utf-8")
    execute = world.sandbox.store.execute
    execute("UPDATE instances SET description = 'changed' WHERE id = ?", (made[0],))
    value = "UPDATE config_variables SET value = ? WHERE instance = ? AND value = ?"
    execute(value, ("77", made[1], "200"))
    execute(value, ("50", made[4], "60"))  # the default, which the template does not have
    execute(value, ("${customer.name}", made[5], "https://ext-5.acme.example"))
    exported = export(world, tmp_path)
    assert (exported.new, exported.kept, len(exported.changed[SET])) == ({}, [], 4)
    assert "Batch Size: 60  # usual\n" in file.read_text(encoding="utf-8")
    overrides = written(tmp_path)["spec"]["overrides"]
    assert overrides["customer-0"] == {"description": "changed"}
    assert overrides["customer-1"] == {"configVariables": {"Batch Size": 77}}
    assert overrides["customer-5"] == {"configVariables": {"My String": "$${customer.name}"}}
    assert world.plan(tmp_path).empty
    assert export(world, tmp_path).files == []


def test_many_changed_members_are_reported(tmp_path: Path) -> None:
    """If more differs than a person would put into overrides, the file stays, and the members are named."""
    with World() as world:
        made = fleet(world, 60)
        export(world, tmp_path, sets=True)
        for identifier in made:
            world.sandbox.store.execute("UPDATE instances SET description = 'x' WHERE id = ?", (identifier,))
        exported = export(world, tmp_path)
        assert exported.files == []
        (kept,) = exported.kept
        assert kept[0] == "InstanceSet/acme-inventory"
        assert kept[1].startswith("60 members differ from it (customer-0, customer-1, customer-2 and 57 more)")


def test_a_new_customer_does_not_join_a_set(world: World, tmp_path: Path) -> None:
    """A set that has all customers excludes the new ones, so that no plan creates an instance."""
    fleet(world, 5)
    export(world, tmp_path, sets=True)
    fleet(world, 1, first=7)
    world.seed.customer("No Instance", externalId="none")
    exported = export(world, tmp_path)
    assert written(tmp_path)["spec"]["customers"]["exclude"] == ["customer-7", "no-instance"]
    assert exported.new["customers/customer-7/acme-inventory.yaml"] == ["Instance/customer-7-acme-inventory"]
    assert world.plan(tmp_path).empty


def test_a_customer_that_loses_the_label_stays_a_member(world: World, tmp_path: Path) -> None:
    """A set that chooses by label names whoever has the label no longer, and excludes whoever has it now."""
    fleet(world, 5)
    execute = world.sandbox.store.execute
    execute("UPDATE customers SET labels = '[\"shop\"]'")
    world.seed.customer("Other", externalId="other")
    export(world, tmp_path, sets=True)
    assert written(tmp_path)["spec"]["customers"] == {"from": "manifests", "labels": ["shop"]}
    execute("UPDATE customers SET labels = '[]' WHERE externalId = 'ext-2'")
    execute("UPDATE customers SET labels = '[\"shop\"]' WHERE externalId = 'other'")
    export(world, tmp_path)
    customers = written(tmp_path)["spec"]["customers"]
    assert customers == {"from": "manifests", "labels": ["shop"], "names": ["customer-2"], "exclude": ["other"]}
    assert world.plan(tmp_path).empty


def test_a_set_that_cannot_exclude_keeps_new_customers_out(world: World, tmp_path: Path) -> None:
    """If the list of excluded customers holds a comment, the file stays, and the new customer is left out."""
    fleet(world, 5)
    world.seed.customer("Other", externalId="other")
    export(world, tmp_path, sets=True)
    file = tmp_path / SET
    text = file.read_text(encoding="utf-8").replace("[other]", "[\n    other,  # why\n  ]")
    file.write_text(text, encoding="utf-8")
    fleet(world, 1, first=7)
    exported = export(world, tmp_path)
    assert file.read_text(encoding="utf-8") == text
    assert {address for address, _ in exported.left_out} == {
        "Customer/customer-7",
        "Instance/customer-7-acme-inventory",
    }
    assert world.plan(tmp_path).empty


@pytest.mark.parametrize("name", [*NAMES, *PLACEHOLDERS], ids=ascii)
def test_odd_names_become_members(world: World, name: str, tmp_path: Path) -> None:
    """Customers and instances of any name are members, and their plan is empty."""
    fleet(world, 4, name)
    version = world.seed.version("Acme Inventory", 1)["id"]
    owner = world.seed.customer(name)["id"]
    variables = [{"key": "My String", "value": name}, {"key": "Batch Size", "value": "60"}]
    world.seed.instance(name, customer=owner, integration=version, deployed=True, configVariables=variables)
    exported = export(world, tmp_path, sets=True)
    assert [len(each.draft.members) for each in exported.sets] == [5]
    assert world.plan(tmp_path).empty


def test_the_documentation_shows_an_export_with_sets(world: World, tmp_path: Path) -> None:
    """The output and the set in docs/export.md are those of a tenant with five instances."""
    version = world.seed.version("Acme Inventory", 1)["id"]
    for number, name in enumerate(("FTL Rockets", "Blue Harbor", "Nordlys", "Smith Rockets", "Tern Freight")):
        owner = world.seed.customer(name, externalId=f"x{number}")["id"]
        values = {"My String": f"v{number * 7}z", "Acme Inventory Endpoint": f"https://x{number}.acme.example"}
        values |= {} if number else {"Batch Size": "200"}
        variables = [{"key": key, "value": value} for key, value in values.items()]
        world.seed.instance(
            "Acme Inventory", customer=owner, integration=version, deployed=True, configVariables=variables
        )
    world.seed.customer("Umbra", externalId="u")
    exported = export(world, tmp_path, sets=True)
    page = (ROOT / "docs" / "export.md").read_text(encoding="utf-8")
    identity = Identity("https://app.prismatic.io", "o", "Acme", "u")
    assert export_text(exported, identity, Path("integrations"), Style(colour=False)) in page
    assert f"# {SET}\n{(tmp_path / SET).read_text(encoding='utf-8')}" in page
    assert world.plan(tmp_path).empty


def test_fewer_than_five_are_no_set(world: World, tmp_path: Path) -> None:
    """Four instances get manifests of their own, and nothing is said of sets."""
    fleet(world, 4)
    exported = export(world, tmp_path, sets=True)
    assert (exported.sets, exported.apart) == ([], [])
    assert world.plan(tmp_path).empty


def test_a_part_of_the_tenant_makes_sets_of_its_customers(world: World, tmp_path: Path) -> None:
    """Of an integration alone the customers are in no manifest, so its instances stay apart, with the reason."""
    fleet(world, 6)
    exported = export(world, tmp_path, sets=True, integration=["Acme Inventory"])
    assert {reason for _, reason in exported.apart} == {"its customer is in no manifest"}
    assert world.plan(tmp_path, keep_secrets=True).empty


TENANT = """apiVersion: reconciler/v1
kind: InstanceSet
metadata: {name: inventory}
spec:
  customers: {from: tenant}  # all of them
  template:
    name: Acme Inventory
    integration: {name: Acme Inventory, version: 1}
    configVariables: {My String: "https://${customer.externalId}.acme.example", Batch Size: 60}
"""


def test_a_set_of_the_tenants_customers_covers_its_members(world: World, tmp_path: Path) -> None:
    """Its members are not written again, whether or not their customers get manifests; what differs is overridden."""
    fleet(world, 6)
    (tmp_path / "set.yaml").write_text(TENANT, encoding="utf-8")
    exported = export(world, tmp_path, sets=True)
    assert not [each for file in exported.new.values() for each in file if each.startswith("Instance")]
    text = (tmp_path / "set.yaml").read_text(encoding="utf-8")
    assert text.startswith(TENANT)
    overrides = written(tmp_path, "set.yaml")["spec"]["overrides"]
    assert overrides == {
        "ext-1": {"configVariables": {"Batch Size": 200}},
        "ext-2": {"enabled": False},
    }
    again = export(world, tmp_path, sets=True)
    assert (again.files, again.new, again.changed) == ([], {}, {})


@pytest.mark.parametrize("complete", [True, False])
def test_monitors_of_all_members_are_one_manifest(world: World, tmp_path: Path, *, complete: bool) -> None:
    """Where all members of a set are watched alike the set is named; where one is not watched, each instance is."""
    fleet(world, 5)
    for number in range(5 if complete else 4):
        watched = {"name": "Acme Inventory", "customer": {"name": f"Customer {number}"}}
        world.seed.add("alertMonitors", name="Failed", instance=watched, flows="all", triggers=["Execution Failed"])
    export(world, tmp_path, sets=True)
    found = [
        yaml.safe_load(text)["spec"] for file in tmp_path.rglob("alert-monitors.yaml") for text in _documents(file)
    ]
    if complete:
        assert [each.get("instances") for each in found] == [{"sets": ["acme-inventory"]}]
    else:
        assert {each["instance"] for each in found} == {f"acme-inventory.customer-{number}" for number in range(4)}
    assert {(each["name"], each["flow"]) for each in found} == {("Failed", "Sync Inventory")}
    assert world.plan(tmp_path).empty
    before = {path: path.read_text(encoding="utf-8") for path in tmp_path.rglob("*.yaml")}
    assert export(world, tmp_path, sets=True).new == {}
    assert {path: path.read_text(encoding="utf-8") for path in tmp_path.rglob("*.yaml")} == before


def _documents(file: Path) -> list[str]:
    return file.read_text(encoding="utf-8").split("\n---\n")
