"""The recipes that move rollouts on, run against a tenant whose clock moves."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from recipes.bench import Bench
from recipes.github import run_workflow
from recipes.test_others import IDENTITY, container_of, run_container
from rollouts.fleet import CANARY, REST, Fleet
from support.needs import needs_git
from support.serving import served
from support.world import INTEGRATIONS, World

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from recipes.github import Job

WAVES = [
    {**CANARY, "soak": "24h"},
    {"name": "early", "customers": {"names": ["c2"]}, "soak": "2h", "approval": "required"},
    REST,
]
TITLE = "A rollout is stopped (production)"


@dataclass(slots=True)
class Course:
    """A fleet whose manifests are in a repository with pipelines."""

    fleet: Fleet
    bench: Bench
    runs: int = 0

    def merge(self) -> None:
        """Write the manifests as they are now."""
        self.bench.write("all.yaml", self.fleet.text.replace("env: ACME_PASSWORD", "env: FTL_ACME_PASSWORD"))

    def github(self, event: str = "schedule") -> list[Job]:
        """Run the workflow once."""
        self.runs += 1
        return run_workflow(self.bench, "rollout.yml", event, {}, str(self.runs))

    def make_version_2_fail(self) -> None:
        """Let each run of version 2 fail, and verify each instance by one run."""
        self.fleet.world.sandbox.outcomes.add(version=2, result="fail")
        verify = {"flows": {"Sync Inventory": {"expect": {"status": "success"}}}}
        self.fleet.overrides = {number: {"verify": verify} for number in range(1, self.fleet.size + 1)}
        self.merge()

    @property
    def versions(self) -> list[int]:
        return self.fleet.versions()

    @property
    def issues(self) -> list[dict[str, Any]]:
        return list(self.bench.forge["issues"].values())


@pytest.fixture
def course(tmp_path: Path) -> Iterator[Course]:
    with World(integrations=(INTEGRATIONS,)) as world, served(world.sandbox) as url:
        fleet = Fleet(world, size=3, waves=WAVES)
        bench = Bench(world, url, tmp_path)
        bench.secrets["FTL_ACME_PASSWORD"] = world.environ["ACME_PASSWORD"]
        made = Course(fleet, bench)
        made.merge()
        yield made
        everything = "".join(bench.told) + bench.store.read_text(encoding="utf-8")
        for secret in ("swordfish", "forge-token", "bot-token", bench.secrets["PRISM_REFRESH_TOKEN"]):
            assert secret not in everything


def outcome(jobs: list[Job]) -> dict[str, str]:
    """Return how each job ended, by its name without the run's."""
    return {job.name.partition("-")[2]: "failed" if job.failed else "passed" for job in jobs}


def test_github_moves_a_rollout_on(course: Course) -> None:
    """A merge goes to the canary; after the soak a person is asked, early follows, and a schedule does the rest."""
    assert outcome(course.github("push")) == {"advance": "passed"}
    assert course.versions == [2, 1, 1]
    course.fleet.advance(timedelta(hours=23))
    assert outcome(course.github()) == {"advance": "passed"}
    course.fleet.advance(timedelta(hours=2))
    course.bench.rejecting = {"production-early"}
    (advance,) = course.github()
    assert advance.outputs["awaits-approval"] == '["inventory/early"]'
    assert course.versions == [2, 1, 1]
    course.bench.rejecting.clear()
    assert outcome(course.github()) == {"advance": "passed", "approval": "passed", "early": "passed"}
    assert course.versions == [2, 2, 1]
    assert outcome(course.github()) == {"advance": "passed"}
    assert course.versions == [2, 2, 1]
    course.fleet.advance(timedelta(hours=3))
    assert outcome(course.github()) == {"advance": "passed"}
    assert course.versions == [2, 2, 2]
    assert course.issues == []


def test_github_applies_nothing_that_was_not_approved(course: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    """If somebody merges between the question and the approval, the approved wave is not changed."""
    course.github("push")
    course.fleet.advance(timedelta(hours=25))
    commits = iter(["asked", "merged since"])
    monkeypatch.setattr(Bench, "commit", lambda _: next(commits))
    assert outcome(course.github()) == {"advance": "passed", "approval": "passed", "early": "failed"}
    assert "The branch main moved on after this wave was approved" in "".join(course.bench.told)
    assert course.versions == [2, 1, 1]


def test_github_keeps_one_issue_about_a_stopped_rollout(course: Course) -> None:
    """A version that fails opens one issue, later runs edit it, an error leaves it, and a revert closes it."""
    course.make_version_2_fail()
    for event in ("push", "schedule"):
        assert outcome(course.github(event)) == {"advance": "failed"}
    assert course.versions == [2, 1, 1]
    (issue,) = course.issues
    assert (issue["title"], issue["labels"], issue["state"]) == (TITLE, ["prismatic-rollout"], "open")
    assert "1 of 1 customer failed: c1" in issue["body"]
    course.fleet.world.sandbox.faults.add("error", status=404, times=None)
    assert outcome(course.github()) == {"advance": "failed"}
    assert course.issues == [issue]
    course.fleet.world.sandbox.faults.clear()
    course.fleet.version = 1
    course.merge()
    assert outcome(course.github("push")) == {"advance": "passed"}
    (issue,) = course.issues
    assert issue["state"] == "closed"
    assert [each["body"] for each in course.bench.forge["comments"].values()] == ["No rollout is stopped any more."]


@needs_git
def test_the_cron_job_of_kubernetes_moves_a_rollout_on(course: Course) -> None:
    """Each run clones the manifests and applies what is open; what waits is no failure, and a stop fails the job."""
    course.fleet.policy["waves"] = [WAVES[0], REST]
    course.merge()

    def run() -> int:
        container = container_of("rollout.yaml", "CronJob")
        shutil.rmtree(course.bench.folder / "mounts", ignore_errors=True)
        own = {**course.bench.secrets, "MANIFESTS": f"file://{course.bench.repository}"}
        return run_container(course.bench, container, own).code

    def commit() -> None:
        for command in ("init -q -b main", "add .", "commit -q -m next"):
            git = ["git", *IDENTITY, *command.split()]
            subprocess.run(git, cwd=course.bench.repository, check=True, capture_output=True)

    commit()
    assert run() == 0
    assert course.versions == [2, 1, 1]
    course.fleet.advance(timedelta(hours=25))
    assert run() == 0
    assert course.versions == [2, 2, 2]
    course.fleet.version = 1
    course.fleet.world.sandbox.outcomes.add(version=1, deploy="The trigger could not be set up.")
    course.merge()
    commit()
    assert run() == 1
    assert course.versions == [1, 2, 2]
