"""An attacker who opens a pull request: files of the repository run nothing and overwrite nothing in the pipeline."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from recipes.bench import SECRET, Bench
from recipes.github import run_workflow
from recipes.gitlab import PIPELINE, PUSH, gitlab, gitlab_pipeline, publish
from recipes.test_github import PULL_REQUEST
from support.matrix import matrix
from support.serving import served
from support.world import World

from reconciler.cli.run.forge import surroundings
from reconciler.reports.markdown.report import marker_of
from reconciler.reports.shared.outcome import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MODULES = (
    "venv", "pip", "ensurepip", "json", "sys", "os", "re", "subprocess", "click", "yaml", "sitecustomize",
    "usercustomize", "reconciler", "typing", "encodings", "site",
)  # fmt: skip
"""Names that Python would take from the current folder before its own."""
RUNS = """
import os, pathlib
pathlib.Path({mark!r}).write_text(str(dict(os.environ)))
"""


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    with World() as world, served(world.sandbox) as url:
        made = Bench(world, url, tmp_path)
        yield made
        everything = "".join(made.told) + made.store.read_text(encoding="utf-8")
        for secret in (SECRET, "forge-token", "bot-token", made.secrets["PRISM_REFRESH_TOKEN"]):
            assert secret not in everything


def _plant_modules(bench: Bench) -> Path:
    mark = bench.folder / "executed"
    for name in MODULES:
        bench.write(f"{name}.py", RUNS.format(mark=str(mark)))
        (bench.repository / f"{name}_package").mkdir()
        (bench.repository / f"{name}_package" / "__init__.py").write_text(RUNS.format(mark=str(mark)))
    (bench.repository / "gh").write_text(f"#!/bin/sh\nenv > {mark}\n", encoding="utf-8")
    (bench.repository / "gh").chmod(0o755)
    return mark


def test_no_module_of_the_repository_runs_in_githubs_action(bench: Bench) -> None:
    """A venv.py, pip.py or json.py in the repository's root is not taken for Python's own by GitHub's action."""
    mark = _plant_modules(bench)
    jobs = run_workflow(bench, "plan.yml", "pull_request", PULL_REQUEST, "1")
    assert [job.failed for job in jobs] == [False] * 6
    assert not mark.exists()


def test_no_module_of_the_repository_runs_in_gitlabs_pipeline(bench: Bench) -> None:
    """The same holds for each job of GitLab's pipeline, what comes after a job included."""
    mark = _plant_modules(bench)
    publish(bench)
    done = gitlab_pipeline(bench, PIPELINE, {**PUSH, "RECONCILER_BOT_TOKEN": "bot-token"}, ["apply"])
    assert done == ["validate passed", "plan passed", "apply passed"], bench.told
    assert gitlab(bench, "plan") == gitlab(bench, "drift") == 0, bench.told[-1]
    assert not mark.exists()


LINKED = (
    "plan.md", "plan.json", "plan.xml", ".curl", "notes.json", "receipt.json", "report.md", ".reconciler",
    "codequality.json",
)  # fmt: skip


@pytest.mark.parametrize(
    ("forge", "to"), matrix(["github", "gitlab"], ["/proc/self/environ", "{folder}/outside", "{folder}/outside-folder"])
)
def test_no_link_of_the_repository_is_read_or_written_through(bench: Bench, forge: str, to: str) -> None:
    """Links in the place of what a job writes lead nowhere: nothing is read from them, and nothing written."""
    outside = bench.folder / "outside-folder"
    outside.mkdir()
    (bench.folder / "outside").write_text("as it was", encoding="utf-8")
    for name in LINKED:
        (bench.repository / name).symlink_to(to.format(folder=bench.folder))
    if forge == "gitlab":
        gitlab(bench, "plan")
    else:
        run_workflow(bench, "plan.yml", "pull_request", PULL_REQUEST, "1")
    assert (bench.folder / "outside").read_text(encoding="utf-8") == "as it was"
    assert list(outside.iterdir()) == []
    bodies = [each["body"] for each in bench.forge["comments"].values()]
    # A link to a folder might lead to manifests, so it is refused, which validation says before anything is planned.
    expected = "link out of the manifest tree" if to.endswith("folder") else "2 to create"
    assert [expected in body for body in bodies] == [True] * len(bodies)
    assert bodies or (forge == "github" and to.endswith("folder"))


def _put(bench: Bench, **comments: dict[str, Any]) -> None:
    store = bench.forge
    store["comments"] |= comments
    bench.store.write_text(json.dumps(store), encoding="utf-8")


def _marker(bench: Bench, environment: str, environ: dict[str, str]) -> str:
    known = {"RECONCILER_FINGERPRINT_KEY": bench.secrets["RECONCILER_FINGERPRINT_KEY"], **environ}
    return marker_of(Outcome("plan", project="acme", environment=environment, surroundings=surroundings((), known)))


HERE = {"GITHUB_SERVER_URL": "https://github.com", "GITHUB_REPOSITORY": "acme/manifests", "GITHUB_REF": "refs/x"}


BOT = {"login": "github-actions[bot]", "type": "Bot"}
FORGED = {
    "a person": ({"login": "somebody", "type": "User"}, HERE),
    "another app": ({"login": "another-app[bot]", "type": "Bot"}, HERE),
    "a person of the bot's name": ({"login": "github-actions", "type": "User"}, HERE),
    "made nowhere": (BOT, {}),
    "of another pull request": (BOT, {**HERE, "GITHUB_REF": "refs/pull/4/merge"}),
    "a guessed key": (BOT, {**HERE, "RECONCILER_FINGERPRINT_KEY": "a guess of the key"}),
    "no tag": (BOT, {"RECONCILER_FINGERPRINT_KEY": ""}),
}
"""Comments that are not ours: who wrote them, and what made their marker."""


def test_a_forged_comment_is_not_edited(bench: Bench) -> None:
    """A comment with a copied, guessed or missing tag, or by another author, stays, and the plan gets its own.

    The plan's own has the marker that this test makes, so each of the forged ones differs in one thing alone.
    """
    forged = {
        f"{10 * number + place}": {
            "on": "5", "user": author, "body": f"All is well.\n\n{_marker(bench, environment, environ)}",
        }
        for number, (author, environ) in enumerate(FORGED.values(), 1)
        for place, environment in enumerate(("staging", "production"))
    }  # fmt: skip
    _put(bench, **forged)
    for run in ("1", "2"):
        run_workflow(bench, "plan.yml", "pull_request", PULL_REQUEST, run)
        found = bench.forge["comments"]
        # Copies by others are folded, and their text stays.
        assert {key: {**found[key], "folded": False} for key in forged} == {
            key: {**each, "folded": False} for key, each in forged.items()
        }
        ours = [each["body"] for key, each in found.items() if key not in forged]
        assert ["2 to create" in body for body in ours] == [True, True]
        markers = [_marker(bench, environment, HERE) for environment in ("staging", "production")]
        assert [body.rstrip().splitlines()[-1] for body in ours] == markers


@pytest.mark.parametrize("forge", ["github", "gitlab"])
def test_a_new_comment_is_posted_where_the_last_one_cannot_be_edited(bench: Bench, forge: str) -> None:
    """Where editing is refused, a new comment is posted, and the job does not fail."""

    def run(number: str) -> None:
        if forge == "gitlab":
            assert gitlab(bench, "plan") == 0, bench.told[-1]
        else:
            assert not any(job.failed for job in run_workflow(bench, "plan.yml", "pull_request", PULL_REQUEST, number))

    run("1")
    before = bench.forge["comments"]
    bench.store.write_text(json.dumps(bench.forge | {"locked": list(before)}), encoding="utf-8")
    run("2")
    after = bench.forge["comments"]
    assert {key: after[key] for key in before} == before
    assert len(after) == 2 * len(before)


@pytest.mark.parametrize("known", [pytest.param(3, marks=pytest.mark.full), 250])
def test_a_forged_note_is_not_edited(bench: Bench, known: int) -> None:
    """On GitLab too: notes that copy the marker stay as they are, and ours is found behind hundreds of others."""
    assert gitlab(bench, "plan") == 0
    (ours,) = bench.forge["comments"].values()
    marker = ours["body"].rstrip().splitlines()[-1]
    assert "tag=" in marker
    forged = {
        str(number): {"body": f"All is well.\n\n{marker}", "system": number % 2 == 0, "author": {"id": 5 + number % 2}}
        for number in range(1000, 1000 + known)
    }
    unsigned = {"body": "All is well.\n\n<!-- reconciler:plan project=acme environment=production -->"}
    forged["2000"] = {**unsigned, "system": False, "author": {"id": 77}}
    store = bench.forge
    store["comments"] = forged | {"3000": ours}
    bench.store.write_text(json.dumps(store), encoding="utf-8")
    assert gitlab(bench, "plan") == 0
    found = bench.forge["comments"]
    assert {key: found[key] for key in forged} == forged
    assert len(found) == len(forged) + 1
