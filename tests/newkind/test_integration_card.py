"""Adding a kind touches its file, its schema, its example and its test: these four, and nothing of the product."""

from __future__ import annotations

from dataclasses import replace
from importlib import util
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from receipts.three_way import Keeper

from reconciler.errors import ManifestErrors, PlanRefused
from reconciler.kinds.registry import default_registry
from reconciler.model.kind import Registry

if TYPE_CHECKING:
    from support.world import World

HERE = Path(__file__).parent
EXAMPLE = (HERE / "integration_card.yaml").read_text(encoding="utf-8")


def _kind() -> Any:
    spec = util.spec_from_file_location("integration_card", HERE / "integration_card.py")
    assert spec
    assert spec.loader
    module = util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.KIND


REGISTRY = Registry({**default_registry().kinds, "IntegrationCard": _kind()})


def test_a_new_kind_is_planned_applied_and_read_back(world: World) -> None:
    """The pipeline plans, applies and reads back a kind that it has never heard of."""
    plan, results = world.apply_with_plan(EXAMPLE, registry=REGISTRY)

    assert [(change.address, change.actions) for change in plan] == [("IntegrationCard/acme-inventory", ("update",))]
    assert [result.status for result in results] == ["applied"]
    assert world.mutation_names() == ["updateIntegration"]
    assert world.plan(EXAMPLE, registry=REGISTRY).empty


def test_a_new_kind_is_checked_against_its_own_schema(world: World) -> None:
    """A mistake in a manifest of a new kind is told like that of any other, with its place and a suggestion."""
    with pytest.raises(ManifestErrors) as caught:
        world.plan(EXAMPLE.replace("category:", "categry:"), registry=REGISTRY)
    (problem,) = caught.value.problems
    assert str(problem).startswith("<stdin>:7:3: unknown key")
    assert "'category'" in problem.message


def test_a_new_kind_takes_part_in_the_guardrails(world: World) -> None:
    """Deleting an object of a guarded kind needs --allow-delete with the name of the kind."""
    absent = f"{EXAMPLE}lifecycle: {{state: absent}}\n"
    with pytest.raises(PlanRefused, match="--allow-delete IntegrationCard"):
        world.plan(absent, registry=REGISTRY)
    allowed = ("IntegrationCard",)
    assert world.plan(absent, registry=REGISTRY, allow_delete=allowed).summary["delete"] == 1


def test_the_product_knows_nothing_of_it(world: World) -> None:
    """Without being registered the kind is unknown, with the known ones suggested."""
    options = replace(world.options(EXAMPLE), registry=default_registry())
    with pytest.raises(ManifestErrors, match="unknown kind"):
        world.plan(EXAMPLE, registry=options.registry)


def test_its_drift_is_explained_by_a_receipt(world: World) -> None:
    """A receipt remembers the fields of any kind, and tells what was changed outside."""
    keeper = Keeper(world)
    keeper.apply(EXAMPLE, registry=REGISTRY)
    (row, *_) = world.rows("integrations", name="Acme Inventory")
    world.sandbox.store.update("integrations", row["id"], description="Meddled")
    plan, explanation, told = keeper.drift(EXAMPLE, registry=REGISTRY)
    assert plan.addresses == ["IntegrationCard/acme-inventory"]
    assert told.origins == {"IntegrationCard/acme-inventory": "changed outside"}
    assert [str(each.cause) for each in explanation.changes[plan.addresses[0]].fields.values()] == ["changed outside"]
