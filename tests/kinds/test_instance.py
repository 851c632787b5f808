"""Instances: what identifies one, when it is deployed, how it is deleted, and its export."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from exporting.exported import documents, export

from reconciler.kinds.registry import default_registry

if TYPE_CHECKING:
    from pathlib import Path

    from support.world import World

INSTANCE = default_registry().kinds["Instance"]
SPEC = {"customer": "ftl", "name": "Inventory", "integration": {"name": "Acme Inventory"}}


def manifest(**spec: Any) -> str:
    """Return an instance of a live customer; its lifecycle is that of the spec's key of that name."""
    lifecycle = spec.pop("lifecycle", {})
    declared = {**SPEC, "customer": {"name": "FTL"}, **spec}
    head = {"apiVersion": "reconciler/v1", "kind": "Instance", "metadata": {"name": "inventory"}}
    return json.dumps({**head, "spec": declared, "lifecycle": lifecycle})


@pytest.fixture
def world(world: World) -> World:
    """A tenant with the customer, and a deployed instance of the first version."""
    owner = world.seed.customer("FTL")["id"]
    version = world.seed.version("Acme Inventory", 1)["id"]
    world.seed.instance("Inventory", customer=owner, integration=version, deployed=True)
    return world


def test_a_name_identifies_an_instance_within_its_customer() -> None:
    """The same name of another customer is another instance; the integration does not count."""
    assert INSTANCE.spec.identity(SPEC) == INSTANCE.spec.identity({**SPEC, "integration": {"name": "Other"}})
    assert INSTANCE.spec.identity(SPEC) != INSTANCE.spec.identity({**SPEC, "customer": "acme"})
    assert INSTANCE.spec.identity(SPEC) != INSTANCE.spec.identity({**SPEC, "name": "Other"})


@pytest.mark.parametrize(("customer", "expected"), [("ftl", ["Customer/ftl"]), ({"externalId": "f"}, [])])
def test_an_instance_refers_to_a_declared_customer(customer: Any, expected: list[str]) -> None:
    """A handle refers to a manifest; what names a live customer refers to nothing."""
    references = INSTANCE.spec.references({**SPEC, "customer": customer})
    assert [reference.address for reference in references] == expected


def test_undeclared_fields_are_left_alone(world: World) -> None:
    """A manifest with the name and the integration alone is no difference, and keeps the live version."""
    assert world.plan(manifest()).empty


@pytest.mark.parametrize(
    ("spec", "mutations"),
    [
        ({"description": "New"}, ["updateInstance"]),
        ({"labels": ["west"]}, ["updateInstance"]),
        ({"configVariables": {"Batch Size": 7}}, ["updateInstanceConfigVariables", "deployInstance"]),
        ({"configVariables": {"Batch Size": 7}, "deploy": "never"}, ["updateInstanceConfigVariables"]),
    ],
    ids=json.dumps,
)
def test_only_changes_that_take_effect_by_a_deploy_are_deployed(
    world: World, spec: dict[str, Any], mutations: list[str]
) -> None:
    """Configuration takes effect with a deploy, a description and labels without; ``deploy: never`` deploys nothing."""
    assert all(result.ok for result in world.apply(manifest(**spec)))
    assert world.mutation_names() == mutations
    assert world.plan(manifest(**spec)).empty


def test_an_absent_instance_is_deleted(world: World) -> None:
    """A deletion takes one mutation, and afterwards there is nothing to do."""
    gone = manifest(lifecycle={"state": "absent"})
    assert all(result.ok for result in world.apply(gone))
    assert world.mutation_names() == ["deleteInstance"]
    assert world.plan(gone).empty


def test_an_export_declares_what_differs_from_the_defaults(world: World, tmp_path: Path) -> None:
    """Customer, name, integration and version are always written; variables only where they are not the default."""
    (row,) = world.rows("instances", name="Inventory")
    world.sandbox.store.execute(
        "UPDATE config_variables SET value = '7' WHERE instance = ? AND requiredConfigVariable IN"
        " (SELECT id FROM required_config_variables WHERE key = 'Batch Size')",
        (row["id"],),
    )
    export(world, tmp_path)
    (exported,) = (each for address, each in documents(tmp_path).items() if address.startswith("Instance/"))
    spec = exported["spec"]
    assert (spec["name"], spec["integration"]) == ("Inventory", {"name": "Acme Inventory", "version": 1})
    assert spec["configVariables"] == {"Batch Size": 7}
