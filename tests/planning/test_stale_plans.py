"""Saved plans against a changed tenant: each change is named and nothing is sent."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml
from planning.live_tenant import learn, readable
from planning.stale import FILES, KEYED, LATER, MOVES, SECRETS, Scene, furnish
from support.world import World

from reconciler.errors import ReconcilerError, StalePlan
from reconciler.planning.plan_file import load_plan, save_plan
from reconciler.planning.seals import FIELD, document_seal
from reconciler.workflow.saved_plans import check_plan, options_of_saved
from reconciler.workflow.session import connect
from reconciler.workflow.validating import validate

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reconciler.applying.results import Result
    from reconciler.planning.plan import Plan


SAID = yaml.safe_load((Path(__file__).parent / "stale.yaml").read_text(encoding="utf-8"))


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    """A project in a folder, a tenant that is not as it says, and a saved plan."""
    with World() as world:
        world.environ |= SECRETS
        furnish(world)
        for name, text in FILES.items():
            path = tmp_path / name
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8")
        scene = Scene(world, tmp_path)
        save(scene)
        yield scene


def save(scene: Scene) -> Plan:
    plan = scene.world.plan(scene.folder, files=(), cwd=scene.folder, environment="production")
    save_plan(plan, scene.saved, scene.key)
    scene.world.forget()
    return plan


def apply(scene: Scene) -> tuple[Plan, Sequence[Result]]:
    """Apply the saved plan; return the plan that it was found to be, and the results."""
    return scene.world.apply_saved(scene.saved, cwd=scene.folder, **scene.options)


def test_each_change_in_between_has_an_expected_message() -> None:
    """What is expected to be said is of moves that there are, and there is something for each."""
    assert set(SAID["without a key"]) == set(MOVES)
    assert set(SAID["with a key"]) == set(KEYED)


def said_of(name: str, scene: Scene) -> list[str]:
    """Let something move, apply the saved plan, and return what is said of it."""
    names: dict[str, str] = {}
    learn(scene.world, names)
    MOVES[name](scene)
    learn(scene.world, names)
    with pytest.raises(ReconcilerError) as caught:
        apply(scene)
    assert scene.world.mutations == []
    assert "canary" not in str(caught.value)
    return [readable(line, names).replace(f"{scene.folder}/", "") for line in str(caught.value).splitlines()]


SAMPLE = [
    pytest.param(name, marks=[] if number % 3 == 0 else [pytest.mark.full], id=name)
    for number, name in enumerate(MOVES)
]


@pytest.mark.parametrize("name", SAMPLE)
def test_a_stale_plan_names_what_changed_and_sends_nothing(name: str, scene: Scene) -> None:
    """Each kind of change between plan and apply refuses the whole plan, and the message names just what moved."""
    assert said_of(name, scene) == SAID["without a key"][name]


@pytest.mark.parametrize("name", KEYED)
def test_with_a_key_a_stale_plan_names_whose_secret_changed(name: str, scene: Scene) -> None:
    """A plan saved with RECONCILER_FINGERPRINT_KEY tells at which resource a secret moved."""
    scene.set_key("the key of the case")
    save(scene)
    assert said_of(name, scene) == SAID["with a key"][name]


@pytest.mark.parametrize("key", ["", "the key of the case"], ids=["without a key", "with a key"])
def test_an_unchanged_plan_does_what_was_reviewed(key: str, scene: Scene) -> None:
    """What is sent is, operation for operation, what the reviewed plan holds; then nothing is left to do."""
    scene.set_key(key)
    reviewed = save(scene)
    world = scene.world
    names: dict[str, str] = {}
    learn(world, names)
    plan, results = apply(scene)
    assert [result.status for result in results] == ["applied"] * len(reviewed.changes)
    assert [change.steps for change in plan] == [change.steps for change in reviewed]
    sent = [(entry.field, readable(entry.arguments["input"], names)) for entry in world.mutations]
    learn(world, names)
    planned = [
        (step.operation.name.replace("upgradeInstance", "updateInstance"), step.phase)
        for change in reviewed
        for step in change.steps
    ]
    assert sorted(name for name, _ in sent) == sorted(name for name, _ in planned)
    phases: dict[str, set[int]] = {}
    for name, phase in planned:
        phases.setdefault(name, set()).add(phase)
    # An operation that stands in two phases, such as one that writes a label before and after, tells nothing here.
    order = [min(phases[name]) for name, _ in sent if len(phases[name]) == 1]
    assert order == sorted(order)
    assert world.plan(scene.folder, files=(), cwd=scene.folder, environment="production").empty


def test_unrelated_objects_may_change(scene: Scene) -> None:
    """Changes to what the plan neither touches nor rests on leave it as good as it was."""
    world = scene.world
    (calm,) = world.rows("customers", name="Calm")
    world.sandbox.store.update("customers", calm["id"], description="Changed", updatedAt=LATER)
    world.seed.customer("Somebody else")
    world.seed.integration(yaml.safe_dump({"name": "New", "definitionVersion": 7, "flows": []}))
    (scene.folder / "README").write_text("changed")
    assert all(result.ok for result in apply(scene)[1])


def test_every_change_in_between_is_named(scene: Scene) -> None:
    """Not the first alone is told."""
    for name in ("a field of a customer", "the manifests", "an object came"):
        MOVES[name](scene)
    with pytest.raises(StalePlan) as caught:
        apply(scene)
    assert {str(problem).partition(":")[0] for problem in caught.value.problems} == {
        "Customer/ftl",
        "Customer/new",
        "User/lisa",
        "the manifests are not those the plan was made from",
    }


def test_a_plan_that_was_changed_by_hand_is_refused(scene: Scene) -> None:
    """Anything that a hand changes in what would be done is refused, also where the counts agree and the seal holds."""
    original = json.loads(scene.saved.read_text(encoding="utf-8"))
    changes = original["changes"]
    for number, change in list(enumerate(changes))[::3]:
        for tampered in (
            {**change, "address": "Customer/made-up"},
            {**change, "actions": ["create"] if change["actions"] != ["create"] else ["update"]},
            {**change, "observed": None if change["observed"] else {"id": "x", "updatedAt": None, "digest": ""}},
            {**change, "dependsOn": ["Customer/made-up"]},
            {**change, "name": "Made up"},
            {**change, "kind": "User" if change["kind"] != "User" else "Customer"},
            {**change, "reason": "nothing to worry about"},
            {**change, "fields": [*change["fields"], {"path": ["x"], "before": 1, "after": 2, "sensitive": False}]},
        ):
            document = {**original, "changes": [*changes[:number], tampered, *changes[number + 1 :]]}
            counts = dict.fromkeys(original["summary"], 0)
            for each in document["changes"]:
                for action in each["actions"]:
                    counts[action] += 1
            document["summary"] = {**counts, "unchanged": original["summary"]["unchanged"]}
            for forged in (document, {**document, FIELD: document_seal(document, "")}):
                scene.saved.write_text(json.dumps(forged), encoding="utf-8")
                with pytest.raises(StalePlan):
                    apply(scene)
    assert scene.world.mutations == []


def document(kind: str, name: str, spec: str) -> str:
    return f"apiVersion: reconciler/v1\nkind: {kind}\nmetadata: {{name: {name}}}\nspec: {spec}\n"


def sized(world: World, folder: Path, count: int) -> None:
    """Declare so many customers, each with an instance, that are all there and all differ."""
    version = world.seed.version("Every Data Type")["id"]
    documents = []
    for number in range(count):
        owner = world.seed.customer(f"C{number}", externalId=f"x{number}")
        world.seed.instance("T", customer=owner["id"], integration=version)
        spec = f"{{name: C{number}, externalId: x{number}, description: New}}"
        documents.append(document("Customer", f"c{number}", spec))
        spec = f"{{customer: c{number}, name: T, description: New, integration: {{name: Every Data Type}}}}"
        documents.append(document("Instance", f"i{number}", spec))
    (folder / "all.yaml").write_text("---\n".join(documents), encoding="utf-8")


@pytest.mark.parametrize(
    ("count", "elsewhere", "most"),
    [(1, 0, 3), (50, 0, 5), (1, 400, 3), (50, 400, 7), pytest.param(300, 0, 9, marks=pytest.mark.full)],
)
def test_the_check_costs_a_request_for_each_hundred_objects(
    world: World, count: int, elsewhere: int, most: int, tmp_path: Path
) -> None:
    """Beside one request to sign in and one for each kind, a hundred objects cost one; few among many cost less."""
    for number in range(elsewhere):
        world.seed.customer(f"Else {number}")
    sized(world, tmp_path, count)
    plan = world.plan(tmp_path / "all.yaml")
    save_plan(plan, tmp_path / "saved.json", "")
    saved = load_plan(tmp_path / "saved.json")
    options = options_of_saved(world.options(tmp_path / "all.yaml"), saved)
    manifests = validate(options)
    world.forget()
    with connect(options, manifests) as session:
        assert len(check_plan(session, saved).changes) == 2 * count
    assert world.sandbox.log.requests <= most
