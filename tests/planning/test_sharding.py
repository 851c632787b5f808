"""Shards: for any number of them, their plans together are the whole plan."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.crowd import documents
from support.world import World

from reconciler.errors import PlanRefused, UsageError
from reconciler.planning.plan_file import load_plan, save_plan
from reconciler.planning.shards import Shard, shard_keys
from reconciler.workflow.saved_plans import check_plan, options_of_saved
from reconciler.workflow.session import connect
from reconciler.workflow.validating import validate

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from reconciler.planning.plan import Plan

LABEL = "gitops:sharded"
STATES = st.sampled_from(["same", "changed", "new", "absent", "stray", "gone"])
CUSTOMERS = st.lists(st.tuples(STATES, st.lists(STATES, max_size=3), st.booleans()), max_size=6)
"""Customers: how they stand, how their instances stand, and whether they have a user; gone is nowhere."""


def manifest(kind: str, handle: str, spec: dict[str, Any], *, absent: bool = False) -> dict[str, Any]:
    lifecycle = {"lifecycle": {"state": "absent"}} if absent else {}
    return {"apiVersion": "reconciler/v1", "kind": kind, "metadata": {"name": handle}, "spec": spec, **lifecycle}


class Scene:
    """A tenant, and manifests that differ from it in every way there is."""

    def __init__(self, world: World, customers: Sequence[tuple[str, list[str], bool]], *, owned: bool) -> None:
        self.world = world
        self.owned = owned
        self.manifests: list[dict[str, Any]] = [
            manifest("User", "team", {"email": "team@example.com", "role": "Admin"}),
            manifest("Customer", "always", {"name": "Always"}),
        ]
        self.version = world.seed.version("Acme Inventory")["id"]
        for number, (state, instances, has_user) in enumerate(customers):
            self._customer(number, state, instances, has_user=has_user)

    def _customer(self, number: int, state: str, instances: list[str], *, has_user: bool) -> None:
        labels = [LABEL] if self.owned else []
        live = None
        if state not in {"new", "gone"}:
            live = self.world.seed.customer(f"C{number}", externalId=f"e{number}", labels=labels)["id"]
        declared = state in {"same", "changed", "new", "absent"}
        if declared:
            spec = {"name": f"C{number}", "externalId": f"e{number}"}
            spec |= {"description": "changed"} if state == "changed" else {}
            self.manifests.append(manifest("Customer", f"c{number}", spec, absent=state == "absent"))
        if declared and state != "absent" and has_user:
            spec = {"customer": f"c{number}", "email": f"u{number}@example.com", "role": "Admin"}
            self.manifests.append(manifest("User", f"u{number}", spec))
        for index, each in enumerate(instances):
            self._instance(f"{number}-{index}", live, f"c{number}" if declared and state != "absent" else "", each)

    def _instance(self, name: str, owner: str | None, handle: str, state: str) -> None:
        labels = [LABEL] if self.owned else []
        if owner and state not in {"new", "gone"}:
            self.world.seed.instance(name, customer=owner, integration=self.version, deployed=True, labels=labels)
        if handle and state in {"same", "changed", "new", "absent"}:
            spec: dict[str, Any] = {"customer": handle, "name": name, "integration": {"name": "Acme Inventory"}}
            spec |= {"description": "changed"} if state == "changed" else {}
            self.manifests.append(manifest("Instance", f"i{name}", spec, absent=state == "absent"))

    def folder(self, path: Path) -> Path:
        """Write the manifests, with the Project when they belong to one, and return where."""
        path.mkdir(exist_ok=True)
        (path / "all.yaml").write_text(documents(self.manifests), encoding="utf-8")
        if self.owned:
            project = manifest("Project", "sharded", {"manifests": ["all.yaml"], "prune": True})
            (path / "reconciler.yaml").write_text(json.dumps(project), encoding="utf-8")
        return path

    def plan(self, folder: Path, shard: Shard | None = None) -> Plan:
        return self.world.plan(folder, shard=shard, **ALLOWED)


ALLOWED: dict[str, Any] = {"allow_delete": ("Customer",), "allow_deletes": 100}


def told(plan: Plan) -> dict[str, Any]:
    return {
        change.address: (change.actions, change.fields, change.reason, change.depends_on, change.group)
        for change in plan
    }


def agree(customers: Any, count: int, folder: Path, *, owned: bool) -> None:
    """Check that so many shards' plans are the whole plan, each change in one of them."""
    with World() as world:
        scene = Scene(world, customers, owned=owned)
        scene.folder(folder)
        whole = scene.plan(folder)
        parts = [scene.plan(folder, Shard(index, count)) for index in range(1, count + 1)]
    assert sorted(address for part in parts for address in part.addresses) == sorted(whole.addresses)
    assert {key: value for part in parts for key, value in told(part).items()} == told(whole)
    assert sum(part.unchanged for part in parts) == whole.unchanged
    assert sorted(each.id for part in parts for each in part.orphans) == sorted(each.id for each in whole.orphans)
    warned = [each for part in parts for each in part.warnings if each.address]
    assert sorted(map(repr, warned)) == sorted(repr(each) for each in whole.warnings if each.address)
    for part in parts:
        order = [address for address in whole.addresses if address in part.addresses]
        assert part.addresses == order
        needed = {each for change in part for each in change.depends_on if each in whole.addresses}
        assert needed <= set(part.addresses)


@pytest.mark.parametrize("owned", [False, True], ids=["no project", "project"])
@given(customers=CUSTOMERS, count=st.integers(1, 5))
@settings(max_examples=6)
def test_the_shards_add_up_to_the_whole_plan(
    owned: bool, customers: Any, count: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Every change, warning and unclaimed object is in one shard only, as it is in the whole plan; so is the count."""
    agree(customers, count, tmp_path_factory.mktemp("shards"), owned=owned)


@pytest.mark.full
@pytest.mark.parametrize("owned", [False, True], ids=["no project", "project"])
@given(customers=CUSTOMERS, count=st.integers(1, 11))
@settings(max_examples=60, derandomize=True)
def test_the_shards_of_many_cases_add_up_to_the_whole_plan(
    owned: bool, customers: Any, count: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """The same, for more tenants and more shards."""
    agree(customers, count, tmp_path_factory.mktemp("shards"), owned=owned)


@pytest.mark.parametrize("owned", [False, True], ids=["no project", "project"])
def test_shards_applied_one_by_one_leave_nothing_to_do(world: World, owned: bool, tmp_path: Path) -> None:
    """Each shard writes its own alone, prunes its own alone, and after all of them the whole plan is empty."""
    customers = [(state, ["same", "changed", "new", "stray"], True) for state in ("same", "changed", "new", "stray")]
    scene = Scene(world, customers, owned=owned)
    folder = scene.folder(tmp_path)
    expected = {str(shard): scene.plan(folder, shard).addresses for shard in map(Shard, (1, 2, 3), (3, 3, 3))}
    for index in (3, 1, 2):
        results = world.apply(folder, shard=Shard(index, 3), **ALLOWED)
        assert [result.change.address for result in results] == expected[f"{index}/3"]
        assert [result.messages for result in results if not result.ok] == []
    assert scene.plan(folder).empty


def test_children_of_a_customer_are_in_its_shard(world: World) -> None:
    """Users and instances are in their customer's shard, by whatever name they call it; team members in one."""
    spec = {"name": "I", "integration": {"name": "Acme Inventory"}}
    manifests = documents(
        [
            manifest("Customer", "c", {"name": "C", "externalId": "x"}),
            manifest("Instance", "by-handle", {"customer": "c", **spec}),
            manifest("Instance", "elsewhere", {"customer": {"externalId": "x"}, **spec}),
            manifest("User", "u", {"customer": "c", "email": "u@example.com", "role": "Admin"}),
            manifest("User", "t1", {"email": "t1@example.com", "role": "Admin"}),
            manifest("User", "t2", {"email": "t2@example.com", "role": "Admin"}),
        ]
    )
    options = world.options(manifests)
    resources = validate(options).resources
    keys = shard_keys(resources, options.registry)
    assert len({keys[f"{each}"] for each in ("Customer/c", "Instance/by-handle", "Instance/elsewhere", "User/u")}) == 1
    assert keys["User/t1"] == keys["User/t2"] != keys["Customer/c"]


def test_a_shard_reads_only_its_own_objects(world: World, tmp_path: Path) -> None:
    """Without a project, what other shards are about is not even asked for."""
    scene = Scene(world, [("same", ["same"], False)] * 1, owned=False)
    scene.plan(scene.folder(tmp_path))
    whole = len(world.sandbox.log.queries)
    for index in range(1, 41):
        world.forget()
        if scene.plan(tmp_path, Shard(index, 40)).unchanged == 0:
            break
    assert len(world.sandbox.log.queries) == 2 < whole


def test_the_guardrails_count_the_whole_plan(world: World, tmp_path: Path) -> None:
    """Deleting much in small parts is still deleting much: each shard is refused what the whole plan is refused."""
    scene = Scene(world, [("stray", [], False)] * 4 + [("same", [], False)] * 8, owned=True)
    folder = scene.folder(tmp_path)
    flags = ("Customer",)
    for index in range(1, 4):
        with pytest.raises(PlanRefused, match="deletes 4 of 12 owned resources"):
            world.plan(folder, shard=Shard(index, 3), allow_delete=flags)


def test_targets_are_sharded_as_well(world: World, tmp_path: Path) -> None:
    """With --target, a shard has those of the targets that are its own."""
    scene = Scene(world, [("new", ["new"], False)] * 4, owned=False)
    folder = scene.folder(tmp_path)
    targets = ("Instance/i0-0", "Instance/i2-0")
    parts = [world.plan(folder, shard=Shard(index, 2), targets=targets) for index in (1, 2)]
    found = sorted(address for part in parts for address in part.addresses)
    assert found == ["Customer/c0", "Customer/c2", "Instance/i0-0", "Instance/i2-0"]


def test_a_saved_plan_remembers_its_shard(world: World, tmp_path: Path) -> None:
    """Applying a saved plan of a shard does what was saved, and nothing of the other shards."""
    scene = Scene(world, [("new", ["new"], False)] * 4, owned=True)
    folder = scene.folder(tmp_path / "m")
    plan = scene.plan(folder, Shard(1, 2))
    save_plan(plan, tmp_path / "plan.json", "")
    saved = load_plan(tmp_path / "plan.json")
    assert saved["inputs"]["shard"] == "1/2"
    given = world.options(folder, **ALLOWED)
    with pytest.raises(UsageError, match="--shard belongs to the plan"):
        options_of_saved(world.options(folder, shard=Shard(1, 2)), saved)
    options = options_of_saved(given, saved)
    desired = validate(options)
    with connect(options, desired) as session:
        fresh = check_plan(session, saved)
    assert fresh.addresses == plan.addresses
    assert 0 < len(plan.addresses) < len(scene.plan(folder).addresses)


@pytest.mark.parametrize("text", ["", "0/3", "4/3", "1/0", "1", "a/b", "1/2/3", "-1/2", "1/99999"])
def test_an_invalid_shard_is_refused(text: str) -> None:
    """A shard is a number and how many there are; the message shows one."""
    with pytest.raises(UsageError, match="expected I/N, such as 2/5"):
        Shard.parse(text)


def test_shards_are_about_equal() -> None:
    """Thousands of customers are dealt out evenly."""
    sizes = [sum(Shard(index, 7).holds(f"('externalId', 'c{n}')") for n in range(7000)) for index in range(1, 8)]
    assert sum(sizes) == 7000
    assert min(sizes) > 850
