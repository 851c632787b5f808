"""``--take-over``: a plan names the projects that objects leave."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from support.world import World

PROJECT = "apiVersion: reconciler/v1\nkind: Project\nmetadata: {name: acme}\nspec: {}\n"
CUSTOMER = "apiVersion: reconciler/v1\nkind: Customer\nmetadata: {{name: c{0}}}\nspec: {{name: C{0}}}\n"


@pytest.mark.parametrize(
    ("labels", "reason"),
    [
        (["gitops:sandbox", "gitops:protected"], "it leaves the project sandbox and becomes part of this one"),
        (["gitops:sandbox", "gitops:acme"], "it leaves the project sandbox and stays part of this one"),
        (["gitops:sandbox", "gitops:b"], "it leaves the project b and sandbox and becomes part of this one"),
        (["west"], "it exists and becomes part of this project"),
    ],
)
def test_the_project_that_an_object_leaves_is_named(
    world: World, tmp_path: Path, labels: list[str], reason: str
) -> None:
    """Each reason names it, and one warning counts the objects: nobody takes a fleet by mistake for an adoption."""
    for number in (1, 2):
        world.seed.customer(f"C{number}", labels=labels)
    (tmp_path / "reconciler.yaml").write_text(PROJECT, encoding="utf-8")
    (tmp_path / "all.yaml").write_text("---\n".join(map(CUSTOMER.format, (1, 2))), encoding="utf-8")
    plan = world.plan(tmp_path, take_over=True)
    assert {change.reason.partition(";")[0] for change in plan} == {reason}
    projects = sorted(each.removeprefix("gitops:") for each in labels if each in {"gitops:sandbox", "gitops:b"})
    expected = [f"2 objects leave the project {each} for this one (--take-over)" for each in projects]
    assert [each.message for each in plan.warnings] == expected
