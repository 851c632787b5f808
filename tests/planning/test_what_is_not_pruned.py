"""Limits of pruning: parts of a project, one's own user, unreadable objects."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from prismatic.restricted import Restricted

from reconciler.errors import PlanRefused
from reconciler.workflow.saved_plans import check_plan, options_of_saved
from reconciler.workflow.session import connect
from reconciler.workflow.validating import validate

if TYPE_CHECKING:
    from pathlib import Path

    from support.world import World

    from reconciler.planning.plan import Plan

PROJECT = """
apiVersion: reconciler/v1
kind: Project
metadata: {name: acme}
spec:
  manifests: [manifests]
  prune: {enabled: true, users: true}
  guardrails: {allowDeleteCustomers: true, maxDeletePercent: 100}
"""
OURS = ["gitops:acme"]


def customer(name: str) -> str:
    return f"apiVersion: reconciler/v1\nkind: Customer\nmetadata: {{name: {name.lower()}}}\nspec: {{name: {name}}}\n"


@pytest.fixture
def world(world: World) -> World:
    for name in ("A", "B", "Stray"):
        world.seed.customer(name, labels=OURS)
    return world


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A project of two manifests in two files, of three customers that carry its label."""
    (tmp_path / "manifests").mkdir()
    (tmp_path / "reconciler.yaml").write_text(PROJECT)
    for name in ("A", "B"):
        (tmp_path / "manifests" / f"{name.lower()}.yaml").write_text(customer(name))
    return tmp_path


def plan(world: World, tree: Path, *files: str, **options: Any) -> Plan:
    return world.plan(tree, files=files, cwd=tree, **options)


WHOLE: dict[str, tuple[str, ...]] = {
    "the current folder": (),
    "its folder": (".",),
    "its file": ("reconciler.yaml",),
    "its file and the folder": ("reconciler.yaml", "manifests"),
    "its file and each manifest": ("reconciler.yaml", "manifests/b.yaml", "manifests/a.yaml"),
}


@pytest.mark.parametrize("files", WHOLE.values(), ids=WHOLE)
def test_a_whole_project_is_pruned_however_it_is_named(files: tuple[str, ...], world: World, tree: Path) -> None:
    """What is in none of all the manifests that a project lists is deleted."""
    found = plan(world, tree, *files)
    assert [(change.name, change.actions) for change in found] == [("Stray", ("delete",))]


@pytest.mark.parametrize("files", [("reconciler.yaml", "manifests/a.yaml"), ("reconciler.yaml", "-")])
def test_a_part_of_a_project_prunes_nothing(files: tuple[str, ...], world: World, tree: Path) -> None:
    """With some of its manifests nobody knows what is in none: nothing is deleted or told of, and that is said."""
    from io import StringIO

    found = plan(world, tree, *files, stdin=StringIO(customer("A")))
    assert (found.addresses, found.orphans, found.unchanged) == ([], (), 1)
    assert [notice.message for notice in found.warnings] == [
        "these are not all the manifests that the project lists: undeclared objects are neither reported nor pruned"
    ]


def test_a_part_of_a_project_is_applied_as_it_is(world: World, tree: Path) -> None:
    """The manifests at hand are applied and read back, and what only the others name stays."""
    (tree / "manifests" / "a.yaml").write_text(customer("A").replace("{name: A}", "{name: A, description: New}"))
    world.forget()
    results = world.apply(tree, files=("reconciler.yaml", "manifests/a.yaml"), cwd=tree)
    assert [result.status for result in results] == ["applied"]
    assert world.mutation_names() == ["updateCustomer"]


def test_overlays_do_not_count_as_missing_parts(world: World, tree: Path) -> None:
    """A project whose overlays lie among its manifests is whole without them."""
    (tree / "manifests" / "staging").mkdir()
    overlay = customer("A").replace("{name: A}", "{description: Here}")
    (tree / "manifests" / "staging" / "a.yaml").write_text(overlay)
    environments = "  environments: {staging: {overlays: [manifests/staging]}, bare: {}}\n"
    (tree / "reconciler.yaml").write_text(PROJECT + environments)
    for environment, expected in (("staging", ["Customer/a", "Stray"]), ("bare", ["Stray"])):
        found = plan(world, tree, environment=environment)
        assert [change.name if change.deletes else change.address for change in found] == expected


def test_the_signed_in_user_is_not_pruned(world: World, tree: Path) -> None:
    """Also as a user of an owned customer, the one whose token is in use stays, and the others go."""
    (owner,) = world.rows("customers", name="A")
    gone = world.seed.user(email="gone@a.example", customer=owner["id"])
    (me,) = world.rows("users", email="admin@example.com")
    world.sandbox.store.update("users", me["id"], customer=owner["id"])
    world.forget()
    assert all(result.ok for result in world.apply(tree, files=(), cwd=tree))
    assert [(entry.field, entry.arguments["input"]["id"]) for entry in world.mutations] == [
        ("deleteUser", gone["id"]),
        ("deleteCustomer", world.mutations[-1].arguments["input"]["id"]),
    ]
    assert world.rows("users", id=me["id"])


UNSEEN = {
    "customers": lambda field, given: field == "customers" and "labels_Contains" in given,
    "instances": lambda field, given: field == "instances" and "labels_Contains" in given,
    "users": lambda field, _: field == "users",
    "what is in a customer": lambda field, _: field == "customer",
}


@pytest.mark.parametrize("refuses", UNSEEN.values(), ids=UNSEEN)
def test_nothing_is_pruned_where_a_part_is_unreadable(refuses: Any, world: World, tree: Path) -> None:
    """Where a list or the contents of what would go cannot be read, there is no plan at all."""
    world.forget()
    with pytest.raises(PlanRefused, match="the objects that this project owns cannot be read"):
        world.apply(tree, files=(), cwd=tree, transport=Restricted(world.sandbox, refuses))
    assert world.mutations == []


def test_empty_manifests_prune_nothing(world: World, tree: Path) -> None:
    """A project whose manifests are gone is an error, not the wish to delete everything."""
    for path in (tree / "manifests").iterdir():
        path.write_text("")
    from reconciler.errors import ManifestErrors

    with pytest.raises(ManifestErrors, match="the manifests are empty: nothing is declared in them"):
        plan(world, tree)


def test_a_saved_plan_that_prunes_is_stale_if_it_would_delete_more(world: World, tree: Path) -> None:
    """What a customer gets after its deletion was reviewed would go unseen: the plan is refused, naming it."""
    from reconciler.errors import StalePlan
    from reconciler.planning.plan_file import load_plan, save_plan

    path = tree / "saved.json"
    save_plan(plan(world, tree), path, "")
    (stray,) = world.rows("customers", name="Stray")
    world.seed.user(email="late@stray.example", customer=stray["id"])
    options = options_of_saved(world.options(tree, files=(), cwd=tree), load_plan(path))
    manifests = validate(options)
    with connect(options, manifests) as session, pytest.raises(StalePlan) as caught:
        check_plan(session, load_plan(path))
    said = [problem.message for problem in caught.value.problems]
    changed = "the live object, or something that the deletion takes along, was changed since the plan was made"
    assert f"Customer/{stray['id']}: {changed}" in said[0]
