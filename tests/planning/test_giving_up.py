"""``lifecycle: {state: unmanaged}``: labels come off safely, also after a crash or a concurrent change."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from reconciler.errors import StalePlan
from reconciler.planning.plan_file import save_plan

if TYPE_CHECKING:
    from pathlib import Path

    from support.world import World

PROJECT = "apiVersion: reconciler/v1\nkind: Project\nmetadata: {name: acme}\nspec: {}\n---\n"
TREE = (
    PROJECT
    + """
apiVersion: reconciler/v1
kind: Customer
metadata: {name: ftl}
spec: {name: FTL Rockets}
lifecycle: {state: unmanaged}
---
apiVersion: reconciler/v1
kind: Instance
metadata: {name: inventory}
spec: {customer: ftl, name: Inventory, integration: {name: Acme Inventory}}
lifecycle: {state: unmanaged}
"""
)


@pytest.fixture
def world(world: World) -> World:
    owner = world.seed.customer("FTL Rockets", labels=["gitops:acme", "west"])
    version = world.seed.version("Acme Inventory")["id"]
    labels = ["gitops:acme", "gitops:protected", "blue"]
    world.seed.instance("Inventory", customer=owner["id"], integration=version, labels=labels)
    return world


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    project, _, rest = TREE.partition("---\n")
    (tmp_path / "reconciler.yaml").write_text(project, encoding="utf-8")
    (tmp_path / "all.yaml").write_text(rest, encoding="utf-8")
    return tmp_path


NAMES = {"customers": "FTL Rockets", "instances": "Inventory"}
MOVES: dict[str, Any] = {
    "a label was added": ("instances", {"labels": ["gitops:acme", "gitops:protected", "blue", "new"]}),
    "a label was taken off": ("instances", {"labels": ["gitops:acme", "gitops:protected"]}),
    "ours was taken off": ("customers", {"labels": ["west"]}),
    "another project took it": ("customers", {"labels": ["gitops:other"]}),
    "it was renamed": ("customers", {"name": "FTL Missiles"}),
}


@pytest.mark.parametrize("move", MOVES)
def test_a_saved_plan_is_refused_when_labels_moved(move: str, world: World, folder: Path, tmp_path: Path) -> None:
    """The whole set of labels is written, so any label that moved since the plan refuses it, and nothing is sent."""
    path = tmp_path / "saved.json"
    save_plan(world.plan(folder, cwd=folder), path, "")
    table, columns = MOVES[move]
    (row,) = world.rows(table, name=NAMES[table])
    world.sandbox.store.update(table, row["id"], **columns)
    world.forget()
    with pytest.raises(StalePlan):
        world.apply_saved(path, cwd=folder)
    assert world.mutations == []


@pytest.mark.parametrize("fault", ["drop", "drop-after"])
@pytest.mark.parametrize("field", ["updateCustomer", "updateInstance"])
def test_a_lost_answer_loses_no_label(field: str, fault: str, world: World, folder: Path) -> None:
    """A label write whose answer is lost is sent once more; one more run finds nothing to do."""
    world.sandbox.faults.add(fault, field=field)
    assert all(result.ok for result in world.apply(folder, cwd=folder))
    assert world.plan(folder, cwd=folder).empty
    (customer,), (instance,) = (world.rows(table, name=name) for table, name in NAMES.items())
    assert ("west" in customer["labels"], "blue" in instance["labels"]) == (True, True)
    assert "gitops" not in f"{customer['labels']}{instance['labels']}"
