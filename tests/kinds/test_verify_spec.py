"""``verify`` in a manifest: part of its content, and no field of the instance."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from support.manifests import INVENTORY

from reconciler.errors import PlanRefused
from reconciler.kinds.registry import default_registry
from reconciler.manifests.pipeline import read_manifests
from reconciler.manifests.result import ManifestOptions
from reconciler.planning.plan_file import plan_document
from reconciler.reports.registry import render
from reconciler.reports.shared.outcome import Outcome
from reconciler.workflow.planning import explain_change

if TYPE_CHECKING:
    from pathlib import Path

    from support.world import World

VERIFY = "  verify: {flows: {Sync Inventory: {payload: {ping: 1}}}}\n"


def test_adding_it_changes_nothing_in_the_tenant(world: World) -> None:
    """A manifest that gets a ``verify`` and differs in nothing else makes an empty plan."""
    world.apply(INVENTORY)
    assert world.plan(INVENTORY + VERIFY).empty


def test_an_unknown_flow_is_an_error_at_its_place(world: World) -> None:
    """A flow that the declared version does not have is refused when the plan is made, with a suggestion."""
    world.apply(INVENTORY)
    with pytest.raises(PlanRefused) as refused:
        world.plan(INVENTORY + VERIFY.replace("Sync Inventory", "Sync Inventry"))
    (problem,) = refused.value.problems
    assert "no flow is named 'Sync Inventry'; did you mean 'Sync Inventory'?" in str(problem)
    assert problem.place
    assert problem.place.line == 14


def test_the_text_of_a_payload_file_is_part_of_the_manifest(tmp_path: Path) -> None:
    """A payload from a file is in the spec, and in the digest by which a saved plan knows its manifests."""

    def read(text: str) -> tuple[str, str]:
        (tmp_path / "order.json").write_text(text, encoding="utf-8")
        (tmp_path / "it.yaml").write_text(
            INVENTORY + VERIFY.replace("{ping: 1}", "{file: order.json}"), encoding="utf-8"
        )
        manifests = read_manifests(ManifestOptions(files=("it.yaml",), cwd=tmp_path), default_registry())
        (instance,) = (each for each in manifests.resources if each.kind == "Instance")
        return instance.spec["verify"]["flows"]["Sync Inventory"]["payload"], manifests.digest()

    first, second = read('{"sku": 1}'), read('{"sku": 2}')
    assert first[0] == '{"sku": 1}'
    assert first[1] != second[1]


def test_the_plan_lists_the_flows_that_its_apply_would_run(world: World) -> None:
    """A flow is listed where a deploy is planned, and nowhere once that is done; without verify nothing is listed."""
    plan = world.plan(INVENTORY + VERIFY)
    assert plan_document(plan)["testRuns"] == [{"address": "Instance/inventory", "flows": ["Sync Inventory"]}]
    assert "  Sync Inventory: Instance/inventory\n" in render(Outcome("plan", plan), "text")
    for form in ("markdown", "html"):
        assert "Test runs after the deploys" in render(Outcome("plan", plan), form)
    assert "testRuns" not in plan_document(world.plan(INVENTORY))
    world.apply(INVENTORY)
    assert "testRuns" not in plan_document(world.plan(INVENTORY + VERIFY))


def test_explain_says_that_it_is_checked_and_not_compared(world: World) -> None:
    """--explain shows a declared verify with its place, and does not call a missing one a field to declare."""
    world.apply(INVENTORY)
    with world.session(INVENTORY + VERIFY) as session:
        reasons, _ = explain_change(session, "Instance/inventory")
    (row,) = (row for row in reasons.rows if row.path == ("verify",))
    assert (row.state, row.note) == ("not compared", "checked after a deploy, and by reconciler verify")
    with world.session(INVENTORY) as session:
        assert "verify" not in explain_change(session, "Instance/inventory")[0].undeclared
