"""A changed shared connection reaches the members of a rollout wave by wave, each by a deploy of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from kinds.shared_connections import connection, customer, document, instance, publish, row, sent, several, stored
from support.world import World

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NAMES = ("FTL", "Nordlys", "Acme")
OLD, NEW = {"url": "https://old.example"}, {"url": "https://new.example"}


@pytest.fixture
def ships() -> Iterator[World]:
    """A tenant whose three customers have an instance that takes the connection."""
    with World() as world:
        publish(world)
        yield world


def fleet(url: dict[str, str], *others: str, approval: str | None = "required") -> str:
    """Return the connection, three customers with an instance each, and a rollout with one of them first."""
    handles = [name.lower() for name in NAMES]
    waves = [{"name": "canary", "customers": {"names": ["ftl"]}}, {"name": "rest", "approval": approval}]
    waves[1] = {key: value for key, value in waves[1].items() if value}
    rollout = document("Rollout", "ships", {"instances": {"integration": "Ships"}, "waves": waves})
    return several(
        connection(inputs=url),
        *(customer(handle, name) for handle, name in zip(handles, NAMES, strict=True)),
        *(instance(f"{handle}-ships", handle) for handle in handles),
        rollout,
        *others,
    )


def deployments(world: World) -> dict[str, int]:
    """Return how often the instance of each customer was deployed."""
    rows = world.sandbox.store.rows(
        "SELECT c.name, i.deployments FROM instances i JOIN customers c ON c.id = i.customer WHERE NOT i.isSystem"
    )
    return {each["name"]: each["deployments"] for each in rows}


def test_each_wave_is_deployed_by_itself(ships: World) -> None:
    """The connection is updated once and without a redeploy; members of a closed wave stay due in every later run."""
    ships.apply(fleet(OLD))
    before = deployments(ships)
    ships.forget()
    plan, results = ships.apply_with_plan(fleet(NEW))
    (update,) = (change for change in plan if change.kind.name == "Connection")
    assert "each instance is deployed by a change of its own: 3 instances of 3 customers" in update.reason
    assert {change.address: change.actions for change in plan if change is not update} == {
        f"Instance/{name.lower()}-ships": ("deploy",) for name in NAMES
    }
    assert ships.mutation_names() == ["updateScopedConfigVariable", "deployInstance"]
    assert "redeploy" not in dict(ships.mutations[0].arguments["input"])
    assert {result.change.address: result.status for result in results if result.status != "applied"} == {
        "Instance/nordlys-ships": "waiting",
        "Instance/acme-ships": "waiting",
    }
    assert {name: count - before[name] for name, count in deployments(ships).items()} == {
        "FTL": 1,
        "Nordlys": 0,
        "Acme": 0,
    }

    later = ships.plan(fleet(NEW))
    assert {change.address for change in later} == {"Instance/nordlys-ships", "Instance/acme-ships"}
    assert all("a deploy makes the changed connection 'Depot' take effect" in change.reason for change in later)
    ships.apply(fleet(NEW), approve=("ships/rest",))
    assert {name: count - before[name] for name, count in deployments(ships).items()} == dict.fromkeys(NAMES, 1)
    assert ships.plan(fleet(NEW)).empty


def test_a_run_that_ends_after_the_update_loses_no_deploy(ships: World) -> None:
    """A run that finds the connection changed deploys the members that were deployed before the change."""
    ships.apply(fleet(OLD, approval=None))
    ships.sandbox.faults.add("partial", field="deployInstance", message="not now", times="always")
    ships.apply(fleet(NEW, approval=None), verify=False)
    assert stored(row(ships)) == NEW
    ships.sandbox.faults.clear()
    ships.apply(fleet(NEW, approval=None))
    ships.apply(fleet(NEW, approval=None))
    assert ships.plan(fleet(NEW, approval=None)).empty
    assert min(deployments(ships).values()) >= 2


def test_an_update_that_fails_deploys_nobody(ships: World) -> None:
    """A member is not deployed before the connection that it waits for."""
    ships.apply(fleet(OLD))
    before = deployments(ships)
    ships.sandbox.faults.add("partial", field="updateScopedConfigVariable", message="not now", times="always")
    results = {result.change.address: result.status for result in ships.apply(fleet(NEW))}
    assert results["Connection/depot"] == "failed"
    assert results["Instance/ftl-ships"] == "skipped"
    assert deployments(ships) == before


def test_a_part_of_the_project_redeploys_no_member(ships: World) -> None:
    """With a target the members of rollouts are not in the plan: the update asks for no deploy of them."""
    ships.apply(fleet(OLD))
    before = deployments(ships)
    plan, _ = ships.apply_with_plan(fleet(NEW), targets=("Connection/depot",))
    assert "redeploy" not in sent(ships)
    assert deployments(ships) == before
    assert any("they keep the former inputs until they are deployed" in each.message for each in plan.warnings)
    assert {change.address for change in ships.plan(fleet(NEW))} == {f"Instance/{name.lower()}-ships" for name in NAMES}


def test_a_saved_plan_keeps_the_waves(ships: World, tmp_path: Path) -> None:
    """A saved plan of a rotation is applied as it was reviewed."""
    from reconciler.planning.plan_file import save_plan

    ships.apply(fleet(OLD))
    (tmp_path / "all.yaml").write_text(fleet(NEW), encoding="utf-8")
    plan = ships.plan(tmp_path / "all.yaml", cwd=tmp_path)
    save_plan(plan, tmp_path / "plan.json", "")
    ships.forget()
    ships.apply_saved(tmp_path / "plan.json", cwd=tmp_path)
    assert ships.mutation_names() == ["updateScopedConfigVariable", "deployInstance"]
