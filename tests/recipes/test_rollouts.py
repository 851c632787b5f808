"""The recipes that move rollouts on, run against a tenant whose clock moves."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from recipes.bench import RECIPES, Bench
from recipes.github import run_workflow
from recipes.gitlab import IDENTITY, ON_MAIN, PIPELINE, chosen_rule, gitlab, gitlab_pipeline
from recipes.test_others import container_of, run_container
from rollouts.fleet import CANARY, REST, Fleet
from support.needs import needs_git
from support.serving import served
from support.world import INTEGRATIONS, World

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from recipes.github import Job

WAVES = [
    {**CANARY, "soak": "24h"},
    {"name": "early", "customers": {"names": ["c2"]}, "soak": "2h", "approval": "required"},
    REST,
]
REFUSED = "The trigger could not be set up."
IDLE = ["advance passed", "nothing-waits passed"]
TITLE = "A rollout is stopped (production)"
ROLLOUT = RECIPES / "gitlab" / "rollout.yml"
PUSH = {**ON_MAIN, "CI_PIPELINE_SOURCE": "push"}
SCHEDULE = {**ON_MAIN, "CI_PIPELINE_SOURCE": "schedule", "ROLLOUT": "1"}


@dataclass(slots=True)
class Course:
    """A fleet whose manifests are in a repository with pipelines."""

    fleet: Fleet
    bench: Bench
    runs: int = 0

    def merge(self) -> None:
        """Write the manifests as they are now."""
        self.bench.write("all.yaml", self.fleet.text.replace("env: ACME_PASSWORD", "env: FTL_ACME_PASSWORD"))
        if (self.bench.repository / ".git").is_dir():
            self.publish()

    def publish(self) -> None:
        """Commit the manifests, and push them to where the jobs of GitLab fetch them."""
        if not (origin := self.bench.folder / "origin.git").exists():
            subprocess.run(["git", "init", "-q", "--bare", "-b", "main", str(origin)], check=True)
            self.git("init", "-q", "-b", "main")
            self.git("remote", "add", "origin", f"file://{origin}")
        self.git("add", "all.yaml", "reconciler.yaml")
        self.git("commit", "-q", "-m", "next")
        self.git("push", "-q", "origin", "HEAD:main")

    def git(self, *arguments: str) -> None:
        subprocess.run(["git", *IDENTITY, *arguments], cwd=self.bench.repository, check=True, capture_output=True)

    def gitlab(self, variables: Mapping[str, str] = SCHEDULE, *started: str) -> list[str]:
        """Run the pipeline once; a person starts some of its manual jobs."""
        return gitlab_pipeline(self.bench, ROLLOUT, variables, started)

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


def test_github_opens_an_issue_about_a_refused_deploy(course: Course) -> None:
    """A deploy that the API refuses in each run has one issue with the API's message, until a version is accepted."""
    course.fleet.world.sandbox.outcomes.add(version=2, deploy=REFUSED)
    for event in ("push", "schedule"):
        assert outcome(course.github(event)) == {"advance": "failed"}
    (issue,) = course.issues
    assert (issue["title"], issue["state"]) == (TITLE, "open")
    assert REFUSED in issue["body"]
    course.fleet.world.sandbox.faults.add("error", field="deployInstance", status=404, times=None)
    assert outcome(course.github()) == {"advance": "failed"}
    assert [each["state"] for each in course.issues] == ["open"]
    course.fleet.world.sandbox.faults.clear()
    course.fleet.version = 1
    course.merge()
    assert outcome(course.github("push")) == {"advance": "passed"}
    assert [each["state"] for each in course.issues] == ["closed"]


@needs_git
def test_gitlab_opens_an_issue_about_a_refused_deploy(course: Course) -> None:
    """A deploy that the API refuses in each run has one issue with the API's message, until a version is accepted."""
    course.publish()
    course.fleet.world.sandbox.outcomes.add(version=2, deploy=REFUSED)
    for variables in (PUSH, SCHEDULE):
        assert course.gitlab(variables) == ["advance failed"]
    (issue,) = course.issues
    assert (issue["title"], issue["state"]) == (TITLE, "opened")
    assert REFUSED in issue["description"]
    course.fleet.world.sandbox.faults.add("error", field="deployInstance", status=404, times=None)
    assert course.gitlab() == ["advance failed"]
    assert [each["state"] for each in course.issues] == ["opened"]
    course.fleet.world.sandbox.faults.clear()
    course.fleet.version = 1
    course.merge()
    assert course.gitlab(PUSH) == IDLE
    assert [each["state"] for each in course.issues] == ["closed"]


@needs_git
def test_gitlab_moves_a_rollout_on(course: Course) -> None:
    """A merge goes to the canary; after the soak there is a job to start, early follows, a schedule does the rest."""
    course.publish()
    assert course.gitlab(PUSH, "approve") == IDLE
    assert course.versions == [2, 1, 1]
    course.fleet.advance(timedelta(hours=25))
    assert course.gitlab() == ["advance passed"]
    assert "waits for approval: apply --approve inventory/early" in "".join(course.bench.told[-2:])
    assert course.versions == [2, 1, 1]
    assert course.gitlab(SCHEDULE, "approve") == ["advance passed", "approve passed", "early passed"]
    assert course.versions == [2, 2, 1]
    course.fleet.advance(timedelta(hours=3))
    assert course.gitlab(SCHEDULE, "approve") == IDLE
    assert course.versions == [2, 2, 2]
    assert course.issues == []


@needs_git
def test_gitlab_applies_nothing_that_was_not_approved(course: Course) -> None:
    """If somebody merges between the status and the approval, the approved wave is not changed."""
    course.publish()
    course.gitlab(PUSH)
    course.fleet.advance(timedelta(hours=25))
    assert course.gitlab() == ["advance passed"]
    written = (course.bench.repository / ".reconciler" / "next.yml").read_text(encoding="utf-8")
    course.fleet.overrides = {3: {"enabled": False}}
    course.merge()
    assert gitlab(course.bench, "early", ROLLOUT, **SCHEDULE, **yaml.safe_load(written)["variables"]) == 1
    assert "The default branch moved on after the status was made" in "".join(course.bench.told[-2:])
    assert course.versions == [2, 1, 1]


@needs_git
def test_a_job_that_had_to_wait_applies_the_newest_commit(course: Course) -> None:
    """A pipeline of an older commit does not take back what a newer one brought."""
    course.publish()
    course.git("tag", "older")
    course.fleet.version = 1
    course.merge()
    course.git("checkout", "-q", "older")
    assert course.gitlab(PUSH) == IDLE
    assert course.versions == [1, 1, 1]


@needs_git
def test_gitlab_keeps_one_issue_about_a_stopped_rollout(course: Course) -> None:
    """A version that fails opens one issue, later runs edit it, an error leaves it, and a revert closes it."""
    course.publish()
    course.make_version_2_fail()
    for variables in (PUSH, SCHEDULE):
        assert course.gitlab(variables, "approve") == ["advance failed"]
    assert course.versions == [2, 1, 1]
    (issue,) = course.issues
    assert (issue["title"], issue["labels"], issue["state"]) == (TITLE, ["prismatic-rollout"], "opened")
    assert "1 of 1 customer failed: c1" in issue["description"]
    course.fleet.world.sandbox.faults.add("error", status=404, times=None)
    assert course.gitlab() == ["advance failed"]
    assert course.issues == [issue]
    course.fleet.world.sandbox.faults.clear()
    course.fleet.version = 1
    course.merge()
    assert course.gitlab(PUSH) == IDLE
    (issue,) = course.issues
    assert issue["state"] == "closed"
    assert [each["body"] for each in course.bench.forge["comments"].values()] == ["No rollout is stopped any more."]


def test_each_schedule_of_gitlab_has_its_own_jobs() -> None:
    """The schedule of rollouts runs no other job of the pipeline, and the other schedules run no job of rollouts."""
    jobs = {
        name: job
        for file in (PIPELINE, ROLLOUT)
        for name, job in yaml.safe_load(file.read_text(encoding="utf-8")).items()
        if isinstance(job, dict) and "rules" in job
    }

    def run(**more: str) -> set[str]:
        variables = {**ON_MAIN, "CI_PIPELINE_SOURCE": "schedule", **more}
        return {name for name, job in jobs.items() if chosen_rule(job, variables)}

    assert run() == {"drift"}
    assert run(UPGRADE="1") == {"upgrade"}
    assert run(ROLLOUT="1") == {"advance", "approval"}
    child = {"CI_PIPELINE_SOURCE": "parent_pipeline", "ROLLOUT": "1"}
    assert run(**child, PLAN_PIPELINE="11", PLAN_CHANGES="some") == {"apply"}
    assert run(**child, APPROVED_WAVE="inventory/early") == {"approve", "early"}


@needs_git
def test_the_cron_job_of_kubernetes_moves_a_rollout_on(course: Course) -> None:
    """Each run clones the manifests and applies what is open; what waits is no failure, and a stop fails the job."""
    course.fleet.policy["waves"] = [WAVES[0], REST]
    course.merge()
    course.publish()

    def run() -> int:
        container = container_of("rollout.yaml", "CronJob")
        shutil.rmtree(course.bench.folder / "mounts", ignore_errors=True)
        own = {**course.bench.secrets, "MANIFESTS": f"file://{course.bench.repository}"}
        return run_container(course.bench, container, own).code

    assert run() == 0
    assert course.versions == [2, 1, 1]
    course.fleet.advance(timedelta(hours=25))
    assert run() == 0
    assert course.versions == [2, 2, 2]
    course.fleet.version = 1
    course.fleet.world.sandbox.outcomes.add(version=1, deploy=REFUSED)
    course.merge()
    assert run() == 1
    assert REFUSED in course.bench.told[-1]
    assert course.versions == [1, 2, 2]
