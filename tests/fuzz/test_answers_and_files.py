"""Mutated API answers, saved plans, project files and profiles end in our own errors."""

from __future__ import annotations

import json
import sys
from collections import Counter
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

import httpx
import pytest
import yaml
from fuzz.mutation import CANARY, mangled, mutated
from fuzz.running import check_said, check_shown, in_time
from planning.stale import FILES, SECRETS, Scene, furnish
from support.world import World

from reconciler.errors import ReconcilerError
from reconciler.planning.plan_file import load_plan, save_plan
from reconciler.prismatic.http.retry import RetryPolicy
from reconciler.prismatic.settings.endpoint import find_endpoint
from reconciler.reports.shared.style import Style
from reconciler.reports.text.results import results_text
from reconciler.sandbox.in_process import InProcess
from reconciler.workflow import saved_plans
from reconciler.workflow.applying import apply_plan
from reconciler.workflow.planning import make_plan
from reconciler.workflow.session import connect
from reconciler.workflow.validating import validate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from reconciler.sandbox.app import Sandbox

HASTY = RetryPolicy(tries=2, first_pause=0.0, longest_pause=0.0)
SOME, MANY = 40, 1_000
CORPUS = Path(__file__).parent / "corpus"


class Mutating(InProcess):
    """An API whose answers are right but for a few places, of one request in ``of``."""

    def __init__(self, sandbox: Sandbox, random: Random, of: int = 2) -> None:
        super().__init__(sandbox)
        self._random, self._of = random, of

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        response = await super().handle_async_request(request)
        content = await response.aread()
        if self._random.randrange(self._of):
            return httpx.Response(response.status_code, content=content)
        changed = mutated(json.loads(content), self._random, most=2)
        return httpx.Response(response.status_code, content=json.dumps(changed).encode())


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    """A project in a folder, and a tenant that is not as it says."""
    folder = tmp_path_factory.mktemp("scene")
    # Some of the projects name a whole disk, of which a small part is enough here.
    monkeypatch = pytest.MonkeyPatch()
    monkeypatch.setattr("reconciler.manifests.files.finder.MAX_ENTRIES", 500)
    with World(seed=1) as world:
        world.environ |= {**SECRETS, "PASSWORD": CANARY, "RECONCILER_FINGERPRINT_KEY": "the key of the case"}
        for name, text in FILES.items():
            (folder / name).parent.mkdir(exist_ok=True)
            (folder / name).write_text(text, encoding="utf-8")
        yield Scene(world, folder)
    monkeypatch.undo()


def renew(scene: Scene) -> None:
    scene.world.sandbox.reset()
    furnish(scene.world)


def run_with_wrong_answers(scene: Scene, drawn: int) -> str:
    """Plan and apply against an API whose answers are mutated; return what came of it."""
    renew(scene)
    random = Random(drawn)  # noqa: S311 - nothing secret is drawn
    transport = Mutating(scene.world.sandbox, random, of=random.choice((1, 2, 3, 6)))
    options = scene.world.options(
        scene.folder, files=(), cwd=scene.folder, environment="production", transport=transport, retry=HASTY
    )
    with in_time():
        try:
            manifests = validate(options)
            with connect(options, manifests) as session:
                plan = make_plan(session)
                check_shown(plan)
                results = apply_plan(session, plan)
        except ReconcilerError as error:
            check_said(error)
            return "refused"
    assert CANARY not in results_text(results, Style())
    assert len(results) == len(plan.changes)
    return "applied" if all(result.ok for result in results) else "told"


def run_a_wrong_plan(scene: Scene, drawn: int) -> str:
    """Check a saved plan with something wrong in it; return what came of it."""
    random = Random(drawn)  # noqa: S311 - nothing secret is drawn
    original = scene.saved.read_text(encoding="utf-8")
    text = json.dumps(mutated(json.loads(original), random)) if random.random() < 0.8 else mangled(original, random)
    return check_plan(scene, text)


def check_plan(scene: Scene, text: str) -> str:
    path = scene.folder / "wrong.json"
    path.write_text(text, encoding="utf-8", errors="surrogatepass")
    with in_time():
        try:
            document = load_plan(path)
            options = saved_plans.options_of_saved(scene.world.options(Path(), files=(), cwd=scene.folder), document)
            manifests = validate(options)
            with connect(options, manifests) as session:
                saved_plans.check_plan(session, document)
        except ReconcilerError as error:
            check_said(error)
            return "refused"
    return "the same"


def run_a_wrong_project(scene: Scene, drawn: int) -> str:
    """Read manifests under a project file with something wrong in it; return what came of it."""
    random = Random(drawn)  # noqa: S311 - nothing secret is drawn
    text = FILES["reconciler.yaml"]
    if random.random() < 0.8:
        text = yaml.safe_dump(mutated(yaml.safe_load(text), random), allow_unicode=random.random() < 0.5)
    return read_project(scene, mangled(text, random) if random.random() < 0.3 else text)


def read_project(scene: Scene, text: str) -> str:
    path = scene.folder / "reconciler.yaml"
    path.write_text(text, encoding="utf-8", errors="surrogatepass")
    options = scene.world.options(scene.folder, files=(), cwd=scene.folder, environment="production")
    with in_time():
        try:
            manifests = validate(options)
            with connect(options, manifests) as session:
                check_shown(make_plan(session))
        except ReconcilerError as error:
            check_said(error)
            return "refused"
        finally:
            path.write_text(FILES["reconciler.yaml"], encoding="utf-8")
    return "planned"


PROFILES = {
    "version": 1,
    "defaultProfile": "work",
    "profiles": {
        "work": {"accessToken": CANARY, "refreshToken": CANARY, "expiresIn": 60, "prismaticUrl": "https://a.example"},
        "home": {"accessToken": CANARY, "tenantId": "x"},
    },
}


def run_a_wrong_profile(scene: Scene, drawn: int) -> str:
    """Look for an endpoint in a profile file with something wrong in it; return what came of it."""
    random = Random(drawn)  # noqa: S311 - nothing secret is drawn
    data = PROFILES if random.random() < 0.7 else PROFILES["profiles"]["work"]  # type: ignore[index] # a constant above
    moved = random.random() < 0.6
    text = yaml.safe_dump(mutated(data, random) if moved else data)
    text = mangled(text, random) if random.random() < 0.3 else text
    named = {"PRISM_PROFILE": "home"} if random.random() < 0.3 else {}
    return read_profiles(scene, text, named, secret=not moved)


def read_profiles(scene: Scene, text: str, named: dict[str, str], *, secret: bool) -> str:
    path = scene.folder / "profiles.yml"
    path.write_text(text, encoding="utf-8", errors="surrogatepass")
    environ = {"PRISM_CONFIG_FILE": str(path), **named}
    with in_time():
        try:
            find_endpoint(environ, home=scene.folder)
        except ReconcilerError as error:
            check_said(error, secret=secret)
            return "refused"
    return "found"


RUNS: dict[str, tuple[Callable[[Scene, int], str], int]] = {
    "answers of the API": (run_with_wrong_answers, 3),
    "saved plans": (run_a_wrong_plan, 4),
    "project files": (run_a_wrong_project, 2),
    "profiles": (run_a_wrong_profile, 1),
}
"""What is made wrong, with how much longer one of it takes than the quickest."""


def prepare(scene: Scene) -> None:
    """Put the tenant in anew, and save a plan of it."""
    renew(scene)
    plan = scene.world.plan(scene.folder, files=(), cwd=scene.folder, environment="production")
    save_plan(plan, scene.saved, "the key of the case")


def fuzz(scene: Scene, name: str, numbers: range) -> Counter[str]:
    run, _ = RUNS[name]
    prepare(scene)
    came: Counter[str] = Counter()
    for drawn in numbers:
        try:
            came[run(scene, drawn)] += 1
        except BaseException:
            sys.stdout.write(f"--- {name}: {drawn}\n")
            raise
    return came


@pytest.mark.parametrize("name", RUNS)
def test_mutated_answers_and_files_end_in_our_errors(name: str, scene: Scene) -> None:
    """Some of each: it is used, or refused with our own errors, in time and without a secret in what is said."""
    came = fuzz(scene, name, range(SOME // RUNS[name][1]))
    assert came["refused"]


@pytest.mark.full
@pytest.mark.parametrize("name", RUNS)
def test_many_mutated_answers_and_files_end_in_our_errors(name: str, scene: Scene) -> None:
    """Hundreds of each."""
    numbers = range(1_000, 1_000 + MANY // RUNS[name][1])
    came = fuzz(scene, name, numbers)
    sys.stdout.write(f"{name} fuzzed: {len(numbers)}: {dict(came)}\n")
    assert len(came) > 1


def once_failed(path: Path, scene: Scene) -> str:
    text = path.read_text(encoding="utf-8")
    kind = path.name.partition("-")[0]
    if kind == "project":
        return read_project(scene, text)
    if kind == "profile":
        return read_profiles(scene, text, {}, secret=True)
    wrong = json.loads(text)
    document = parent = json.loads(scene.saved.read_text(encoding="utf-8"))
    for step in wrong["path"][:-1]:
        parent = parent[step]
    parent[wrong["path"][-1]] = wrong["value"]
    return check_plan(scene, json.dumps(document))


@pytest.mark.parametrize("path", sorted(CORPUS.glob("p*")), ids=lambda path: path.stem)
def test_former_failures_end_in_our_errors(path: Path, scene: Scene) -> None:
    """Files that once ended in a traceback, or not at all, end in words; of a plan one value is put in."""
    prepare(scene)
    assert once_failed(path, scene) == "refused"


ANSWERS = (1243, 5016, 5052, 5073, 5149, 5231)


@pytest.mark.parametrize("drawn", ANSWERS)
def test_answers_that_failed_before_end_in_our_errors(drawn: int, scene: Scene) -> None:
    """Labels that are a number, a version that is a list and the like once ended in a traceback."""
    run_with_wrong_answers(scene, drawn)
