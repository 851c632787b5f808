"""Comparisons: every declared field is either equal or different."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from support.world import ROOT, World

from reconciler.demo.examples import made_up_secrets
from reconciler.kinds.registry import default_registry
from reconciler.secrets.secret import Unresolved

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from reconciler.model.place import Path
    from reconciler.planning.plan import Compared, Plan

REGISTRY = default_registry()
EXAMPLES = ROOT / "examples" / "manifests"
ENVIRONMENTS = ("production", "staging")


@pytest.fixture(params=ENVIRONMENTS)
def applied(request: pytest.FixtureRequest) -> Iterator[tuple[World, dict[str, Any]]]:
    """A tenant in which the examples were applied, and the options to compare it with."""
    with World() as world:
        world.environ |= made_up_secrets()
        options = {"environment": request.param, "include_unchanged": True}
        world.apply(EXAMPLES, **options)
        yield world, options


def paths(value: Any, path: Path = ()) -> Iterator[Path]:
    """Yield the path of each value that a spec declares: what has nothing below it."""
    if not isinstance(value, dict) or not value:
        yield path
    for key, item in value.items() if isinstance(value, dict) else ():
        yield from paths(item, (*path, key))


def told(compared: Compared) -> dict[str, set[Path]]:
    return {
        "differing": {each.path for each in compared.differing},
        "same": {each.path for each in compared.same},
    }


def unaccounted(plan: Plan) -> list[str]:
    """Return what is declared, could be ignored, and is told neither as right nor as different."""
    found = []
    for address, compared in plan.compared.items():
        kind = next(each for each in REGISTRY if each.name == compared.resource.kind)
        known = {path for group in told(compared).values() for path in group}
        for path in paths(compared.resource.spec):
            fixed = any(".".join(map(str, path)).startswith(name) for name in kind.spec.fixed)
            if not fixed and not any(path[: len(each)] == each for each in known):
                found.append(f"{address}: {path}")
    return found


def test_applied_fields_compare_as_equal(applied: tuple[World, Mapping[str, Any]]) -> None:
    """After an apply nothing differs, and each declared field of each kind is told as right."""
    world, options = applied
    plan = world.plan(EXAMPLES, **options)
    assert len(plan.compared) == 21
    assert all(each.settled and not each.differing for each in plan.compared.values())
    assert unaccounted(plan) == []


def test_a_changed_field_compares_as_different(applied: tuple[World, Mapping[str, Any]]) -> None:
    """Whatever is changed outside differs from then on; together both are as many fields as before."""
    world, options = applied
    before = world.plan(EXAMPLES, **options).compared
    world.sandbox.store.execute("UPDATE customers SET name = name || ' X', labels = '[\"meddled\"]'")
    world.sandbox.store.execute("UPDATE users SET name = 'Meddled', phone = '1'")
    world.sandbox.store.execute("UPDATE instances SET description = 'Meddled', enabled = 1 - enabled")
    world.sandbox.store.execute("UPDATE config_variables SET value = '77' WHERE value != ''")
    plan = world.plan(EXAMPLES, **options, take_over=True, enforce_guardrails=False)
    moved = 0
    for address, compared in plan.compared.items():
        now, was = told(compared), told(before[address])
        assert now["differing"].isdisjoint(now["same"])
        if compared.live and before[address].live and compared.live.id == before[address].live.id:
            assert now["differing"] | now["same"] == was["same"]
            moved += len(now["differing"])
    assert moved > 20


def test_an_unresolved_secret_is_listed_as_not_compared(applied: tuple[World, Mapping[str, Any]]) -> None:
    """With --without-secrets the secrets are among the fields, and say that they were not compared."""
    world, options = applied
    plan = world.plan(EXAMPLES, **options, without_secrets=True)
    assert unaccounted(plan) == []
    unresolved = [each for found in plan.compared.values() for each in found.same if isinstance(each.after, Unresolved)]
    assert len(unresolved) >= 5


def test_unchanged_fields_are_kept_only_on_request(applied: tuple[World, Mapping[str, Any]]) -> None:
    """A plan that is only planned holds no comparison in full."""
    world, options = applied
    assert world.plan(EXAMPLES, **{**options, "include_unchanged": False}).compared == {}
