"""An export beside manifests whose objects are unmanaged or absent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from exporting.exported import documents, export

if TYPE_CHECKING:
    from pathlib import Path

    from support.world import World

GIVEN_UP = """\
apiVersion: reconciler/v1
kind: {kind}
metadata: {{name: {handle}}}
spec: {{{spec}}}
lifecycle: {{state: unmanaged}}  # kept by the other team
"""
PROJECT = "apiVersion: reconciler/v1\nkind: Project\nmetadata: {name: acme}\nspec: {}\n"


def test_an_unmanaged_object_is_not_exported_as_managed(world: World, tmp_path: Path) -> None:
    """Its manifest stays as it is, no other one of the same object is written, and what belongs to it names it."""
    customer = GIVEN_UP.format(kind="Customer", handle="ftl", spec="name: FTL Rockets, description: Old")
    missing = GIVEN_UP.format(kind="Customer", handle="gone", spec="name: Gone")
    (tmp_path / "reconciler.yaml").write_text(PROJECT, encoding="utf-8")
    (tmp_path / "given-up.yaml").write_text(f"{customer}---\n{missing}", encoding="utf-8")
    owner = world.seed.customer("FTL Rockets", description="Live")
    version = world.seed.version("Acme Inventory")["id"]
    world.seed.instance("Inventory", customer=owner["id"], integration=version)
    exported = export(world, tmp_path)
    assert exported.gone == []
    assert (tmp_path / "given-up.yaml").read_text(encoding="utf-8") == f"{customer}---\n{missing}"
    found = documents(tmp_path)
    assert [address for address in found if address.startswith("Customer/")] == ["Customer/ftl", "Customer/gone"]
    (instance,) = [each for address, each in found.items() if address.startswith("Instance/")]
    assert instance["spec"]["customer"] == "ftl"
    assert "forget" not in {action for change in world.plan(tmp_path, cwd=tmp_path) for action in change.actions}


def test_children_of_an_absent_customer_are_not_exported(world: World, tmp_path: Path) -> None:
    """What belongs to a customer that is to be deleted is left out as the customer is."""
    absent = GIVEN_UP.format(kind="Customer", handle="ftl", spec="name: FTL Rockets").replace("unmanaged", "absent")
    (tmp_path / "all.yaml").write_text(absent, encoding="utf-8")
    owner = world.seed.customer("FTL Rockets")
    version = world.seed.version("Acme Inventory")["id"]
    world.seed.instance("Inventory", customer=owner["id"], integration=version)
    export(world, tmp_path)
    assert [address for address in documents(tmp_path) if "User" not in address] == ["Customer/ftl"]
