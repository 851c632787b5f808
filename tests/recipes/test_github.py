"""The recipes for GitHub Actions, run: their effect on the tenant and on the forge."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest
from recipes.bench import MANIFESTS, PROJECT, SECRET, Bench
from recipes.github import alone, run_action, run_workflow
from support.receiver import receiving
from support.serving import served
from support.world import ROOT, World

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from recipes.github import Job

PULL_REQUEST = {"event": {"pull_request": {"number": "5", "head": {"repo": {"full_name": "acme/manifests"}}}}}
FORK = {"event": {"pull_request": {"number": "6", "head": {"repo": {"full_name": "somebody/manifests"}}}}}

GITHUB = {"event_name": "push", "run_id": "1", "repository": "acme/manifests", "token": "forge-token"}


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    with World() as world, served(world.sandbox) as url:
        made = Bench(world, url, tmp_path)
        yield made
        everything = "".join(made.told) + made.store.read_text(encoding="utf-8")
        for secret in (SECRET, "forge-token", made.secrets["PRISM_REFRESH_TOKEN"]):
            assert secret not in everything


def outcome(jobs: list[Job]) -> dict[str, str]:
    """Return how each job ended, by its name without the run's."""
    return {job.name.partition("-")[2]: "failed" if job.failed else "passed" for job in jobs}


def comments(bench: Bench) -> list[str]:
    return [each["body"] for each in bench.forge["comments"].values()]


def test_a_pull_request_has_one_comment_for_each_environment(bench: Bench) -> None:
    """The first push writes the comments, the next ones edit them; nothing is changed on the tenant."""
    bench.store.write_text(
        bench.store.read_text(encoding="utf-8").replace(
            '"comments": {}',
            '"comments": {"1": {"on": "5", "user": {"type": "User"}, "body": "See <!-- reconciler:plan project=acme '
            'environment=staging --> and <!-- reconciler:plan project=acme environment=production -->"}}',
        ),
        encoding="utf-8",
    )
    jobs = run_workflow(bench, "plan.yml", "pull_request", PULL_REQUEST, "1")
    jobs_of_environments = [f"{job}-{name}" for job in ("validate", "plan") for name in ("staging", "production")]
    assert outcome(jobs) == dict.fromkeys([*jobs_of_environments, "paths", "planned"], "passed")
    person, staging, production = comments(bench)
    assert person.startswith("See ")
    assert "environment=staging" in staging.splitlines()[-1]
    assert "environment=production" in production.splitlines()[-1]
    assert "2 to create" in staging.splitlines()[2]
    bench.write("all.yaml", MANIFESTS + "---\n" + MANIFESTS.split("---")[0].replace("ftl", "b").replace("FTL", "B"))
    run_workflow(bench, "plan.yml", "pull_request", PULL_REQUEST, "2")
    assert len(comments(bench)) == 3
    assert "3 to create" in comments(bench)[1].splitlines()[2]
    assert bench.world.mutations == []
    packages, product, *_ = bench.forge["installed"]
    files = [f"{ROOT}/requirements/{name}.txt" for name in ("run", "build")]
    assert packages[-5:] == ["--require-hashes", "-r", files[0], "-r", files[1]]
    assert product[-3:] == ["--no-deps", "--no-build-isolation", str(ROOT)]


@pytest.mark.full
def test_a_mistake_fails_the_pull_request(bench: Bench) -> None:
    """Manifests with a mistake are told before anything else is tried."""
    bench.write("all.yaml", MANIFESTS.replace("description", "descripton"))
    jobs = run_workflow(bench, "plan.yml", "pull_request", PULL_REQUEST, "1")
    failed = {"validate-staging": "failed", "validate-production": "failed", "planned": "failed"}
    assert outcome(jobs) == {**failed, "paths": "passed"}
    assert "did you mean 'description'" in "".join(bench.told)


@pytest.mark.full
def test_a_refused_plan_is_reported_in_the_comment(bench: Bench) -> None:
    """What only the tenant can tell to be wrong fails the job, and the comment says why."""
    bench.write("all.yaml", MANIFESTS.replace("Every Data Type", "Every Data Tape"))
    jobs = run_workflow(bench, "plan.yml", "pull_request", PULL_REQUEST, "1")
    assert (outcome(jobs)["plan-production"], outcome(jobs)["planned"]) == ("failed", "failed")
    assert ["Every Data Tape" in comment for comment in comments(bench)] == [True, True]


def test_a_pull_request_from_a_fork_is_checked_offline(bench: Bench) -> None:
    """Without secrets there is no plan, and no comment."""
    bench.secrets.clear()
    bench.secrets["PRISM_REFRESH_TOKEN"] = ""
    jobs = run_workflow(bench, "plan.yml", "pull_request", FORK, "1")
    checks = ("validate-staging", "validate-production", "paths", "planned")
    assert outcome(jobs) == dict.fromkeys(checks, "passed")
    assert {method for method, _ in bench.forge["calls"]} == {"GET"}
    bench.secrets["PRISM_REFRESH_TOKEN"] = "unused"


def test_a_merge_applies_the_plan_that_was_saved(bench: Bench) -> None:
    """The plan goes from one job to the next as a file, is applied, and leaves a receipt."""
    jobs = run_workflow(bench, "apply.yml", "push", {}, "1")
    assert outcome(jobs) == {"plan": "passed", "approval": "passed", "apply": "passed"}
    assert bench.world.mutation_names() == ["createCustomer", "createInstance", "deployInstance"]
    plan, _, apply = jobs
    assert SECRET not in (plan.scratch / "plan.json").read_text(encoding="utf-8")
    assert '"revision": "1a2b3c4d5e6f"' in (apply.scratch / "receipt.json").read_text(encoding="utf-8")


def test_only_a_plan_with_changes_waits_for_an_approval(bench: Bench) -> None:
    """Without the approval nothing is changed; a plan without changes needs none, and still writes the receipt."""
    bench.rejecting = {"production-approval"}
    assert outcome(run_workflow(bench, "apply.yml", "push", {}, "1")) == {"plan": "passed"}
    assert bench.world.mutations == []
    bench.rejecting.clear()
    run_workflow(bench, "apply.yml", "push", {}, "2")
    bench.world.forget()
    bench.rejecting = {"production-approval"}
    jobs = run_workflow(bench, "apply.yml", "push", {}, "3")
    assert outcome(jobs) == {"plan": "passed", "apply": "passed"}
    assert jobs[0].outputs["changes"] == "0"
    assert bench.world.mutations == []
    assert (jobs[1].scratch / "receipt.json").is_file()


def test_a_plan_that_failed_is_neither_approved_nor_applied(bench: Bench) -> None:
    """Without a plan there are no counts: nobody is asked, and nothing is applied as if there were no changes."""
    bench.write("all.yaml", MANIFESTS.replace("Every Data Type", "Every Data Tape"))
    jobs = run_workflow(bench, "apply.yml", "push", {}, "1")
    assert outcome(jobs) == {"plan": "failed"}
    assert jobs[0].outputs["changes"] == ""


@pytest.mark.parametrize("name", ["apply.yml", pytest.param("promote.yml", marks=pytest.mark.full)])
def test_a_plan_of_older_manifests_is_not_applied(bench: Bench, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """If somebody merges between the plan and its approval, the approved plan is refused."""
    commits = iter(
        ["applied to staging", "planned", "merged since"] if name == "promote.yml" else ["planned", "merged"]
    )
    monkeypatch.setattr(Bench, "commit", lambda _: next(commits))
    jobs = run_workflow(bench, name, "push", {}, "1")
    assert [name for name, how in outcome(jobs).items() if how == "failed"] == [jobs[-1].name.partition("-")[2]]
    assert "The branch moved on after this plan was made; nothing is applied." in bench.told[-1]


@pytest.mark.full
def test_a_merge_queue_is_planned_without_a_comment(bench: Bench) -> None:
    """The required check reports in the merge queue as well, with a plan of what would be merged."""
    jobs = run_workflow(bench, "plan.yml", "merge_group", {"event": {"merge_group": {"head_sha": "1a2b"}}}, "1")
    assert set(outcome(jobs)) == {
        *("validate-staging", "validate-production", "paths"),
        *("plan-staging", "plan-production", "planned"),
    }
    assert set(outcome(jobs).values()) == {"passed"}
    assert bench.forge["calls"] == []


@pytest.mark.parametrize(
    ("files", "changed"),
    [
        pytest.param([{"filename": "README.md"}, {"filename": "docs/a.md"}], "false", id="texts"),
        pytest.param([{"filename": "README.md"}, {"filename": "a.txt"}], "true", id="another"),
        pytest.param([{"filename": "a.md", "previous_filename": "a.yaml"}], "true", id="renamed"),
        pytest.param([{"filename": "a.md\n.yaml"}], "true", id="odd name"),
        pytest.param([{"filename": f"{n}.md"} for n in range(3000)], "true", id="too many"),
    ],
)
def test_only_texts_can_do_without_a_plan(bench: Bench, files: list[Any], changed: str) -> None:
    """A plan is left out only if every file that changed is a Markdown page."""
    bench.store.write_text(json.dumps({**bench.forge, "files": files}), encoding="utf-8")
    (paths,) = run_workflow(bench, "plan.yml", "pull_request", PULL_REQUEST, "1", only="paths")
    assert paths.outputs == {"changed": changed}


def test_a_pull_request_of_dependabot_is_checked_offline(bench: Bench) -> None:
    """GitHub gives it no secrets, so it has no plan, and the required check passes."""
    pull_request = {**PULL_REQUEST["event"]["pull_request"], "user": {"login": "dependabot[bot]"}}
    event = {"event": {"pull_request": pull_request}}
    jobs = run_workflow(bench, "plan.yml", "pull_request", event, "1")
    assert outcome(jobs) == dict.fromkeys(("validate-staging", "validate-production", "paths", "planned"), "passed")


def test_a_pull_request_of_texts_passes_the_required_check(bench: Bench) -> None:
    """Without a plan the check is reported as well."""
    bench.store.write_text(json.dumps({**bench.forge, "files": [{"filename": "README.md"}]}), encoding="utf-8")
    jobs = run_workflow(bench, "plan.yml", "pull_request", PULL_REQUEST, "1")
    assert outcome(jobs) == dict.fromkeys(("validate-staging", "validate-production", "paths", "planned"), "passed")


def test_a_merge_goes_to_staging_and_then_to_production(bench: Bench) -> None:
    """Each tenant is asked with its own token and secrets; what staging does not take never comes to production."""
    with World(refresh_token="token-of-staging") as staging, served(staging.sandbox) as url:
        environments = f"environments: {{staging: {{url: '{url}'}}, production: {{url: '{bench.url}'}}}}"
        bench.write("reconciler.yaml", re.sub("environments: .*", environments, PROJECT))
        bench.environments["staging"] = {
            "PRISMATIC_URL": url,
            "PRISM_REFRESH_TOKEN": "token-of-staging",
            "FTL_ACME_PASSWORD": "word-of-staging",
        }
        staging.sandbox.faults.add("error", status=404, times=None)
        assert outcome(run_workflow(bench, "promote.yml", "push", {}, "1")) == {"staging": "failed"}
        staging.sandbox.faults.clear()
        jobs = run_workflow(bench, "promote.yml", "push", {}, "2")
        assert list(outcome(jobs)) == ["staging", "plan", "approval", "production"]
        assert set(outcome(jobs).values()) == {"passed"}
        for world, word in ((staging, "word-of-staging"), (bench.world, SECRET)):
            assert world.mutation_names() == ["createCustomer", "createInstance", "deployInstance"]
            assert word in [row["value"] for row in world.sandbox.store.rows("SELECT value FROM config_variables")]
    assert "of-staging" not in "".join(bench.told)


def test_a_token_in_the_wrong_environment_reaches_no_tenant(bench: Bench) -> None:
    """Staging's environment with production's token: the plan of staging is refused, and production's is made."""
    with (
        World(organization="Acme Staging", refresh_token="token-of-staging") as staging,
        served(staging.sandbox) as url,
    ):
        environments = "environments: {staging: {organization: Acme Staging}, production: {organization: Sandbox}}"
        bench.write("reconciler.yaml", re.sub("environments: .*", environments, PROJECT))
        jobs = run_workflow(bench, "plan.yml", "pull_request", PULL_REQUEST, "1")
        assert (outcome(jobs)["plan-staging"], outcome(jobs)["plan-production"]) == ("failed", "passed")
        assert any("is for the organization 'Acme Staging'" in told for told in bench.told)
        bench.environments["staging-plan"] = {"PRISMATIC_URL": url, "PRISM_REFRESH_TOKEN": "token-of-staging"}
        assert set(outcome(run_workflow(bench, "plan.yml", "pull_request", PULL_REQUEST, "2")).values()) == {"passed"}


def test_a_pull_request_cannot_send_a_token_elsewhere(bench: Bench) -> None:
    """Whatever address a pull request writes into the project, the pipeline says which stack the token is for."""
    with World() as other, served(other.sandbox) as url:
        bench.write(
            "reconciler.yaml",
            re.sub("environments: .*", f"environments: {{production: {{url: '{url}'}}, staging: {{}}}}", PROJECT),
        )
        jobs = run_workflow(bench, "plan.yml", "pull_request", PULL_REQUEST, "1")
        assert (outcome(jobs)["plan-staging"], outcome(jobs)["plan-production"]) == ("passed", "failed")
        assert other.sandbox.log.requests == 0
    assert any("but PRISMATIC_URL is" in told for told in bench.told)


@pytest.mark.full
def test_a_plan_that_went_stale_is_not_applied(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """What somebody changed between the plan and its approval stops the apply."""
    run_workflow(bench, "apply.yml", "push", {}, "1")
    bench.world.forget()
    bench.write("all.yaml", MANIFESTS.replace("Declared", "New"))
    before = bench.run

    def meddling(command: list[str], environ: dict[str, str], cwd: Path) -> Any:
        if cwd.name == "2-apply" and environ.get("COMMAND") == "apply":
            bench.describe("Meddled")
        return before(command, environ, cwd)

    monkeypatch.setattr(Bench, "run", lambda _, *arguments: meddling(*arguments))
    jobs = run_workflow(bench, "apply.yml", "push", {}, "2")
    assert outcome(jobs) == {"plan": "passed", "approval": "passed", "apply": "failed"}
    assert "the live object was changed since the plan was made" in "".join(bench.told)
    assert bench.world.mutations == []


@pytest.mark.full
def test_drift_has_one_issue_as_long_as_it_lasts(bench: Bench) -> None:
    """A drift opens an issue, another one edits it, and its end closes it; a webhook is told what is news."""
    run_workflow(bench, "apply.yml", "push", {}, "1")
    with receiving("/services/token") as webhook:
        bench.secrets["RECONCILER_NOTIFY_URL"] = webhook.url
        assert outcome(run_workflow(bench, "drift.yml", "schedule", {}, "2")) == {"drift": "passed"}
        assert bench.forge["issues"] == {}
        bench.describe("Meddled")
        for run in ("3", "4"):
            (job,) = run_workflow(bench, "drift.yml", "schedule", {}, run)
            assert (job.failed, job.exit_code) == (True, "2")
        (issue,) = bench.forge["issues"].values()
        assert issue["title"] == "Prismatic drifted from the manifests (production)"
        assert issue["labels"] == ["prismatic-drift"]
        assert "changed outside" in issue["body"]
        assert [post["differences"] for post in webhook.posts] == [1]
        bench.describe("Meddled once more")
        run_workflow(bench, "drift.yml", "schedule", {}, "5")
        (issue,) = bench.forge["issues"].values()
        assert "Meddled once more" in issue["body"]
        assert issue["state"] == "open"
        bench.describe("Declared")
        assert outcome(run_workflow(bench, "drift.yml", "schedule", {}, "6")) == {"drift": "passed"}
        (issue,) = bench.forge["issues"].values()
        assert issue["state"] == "closed"
        assert comments(bench) == ["No drift any more."]
        assert [post["differences"] for post in webhook.posts] == [1, 1, 0]
        bench.describe("Meddled")
        run_workflow(bench, "drift.yml", "schedule", {}, "7")
        assert [each["state"] for each in bench.forge["issues"].values()] == ["closed", "open"]


@pytest.mark.full
def test_a_failed_drift_check_opens_and_closes_no_issue(bench: Bench) -> None:
    """An error fails the job, and the issue stays as it is."""
    run_workflow(bench, "drift.yml", "schedule", {}, "1")
    before = bench.forge["issues"]
    assert len(before) == 1
    bench.world.sandbox.faults.add("error", status=404, times=None)
    (job,) = run_workflow(bench, "drift.yml", "schedule", {}, "2")
    assert (job.failed, job.exit_code) == (True, "1")
    assert bench.forge["issues"] == before


@pytest.mark.full
def test_inputs_of_the_workflow_are_not_run_as_code(bench: Bench) -> None:
    """Whatever an input says is an argument of the command, never a command of its own."""
    value = "x'\"; touch hacked; $(touch hacked) `touch hacked` && touch hacked\n--no-option\nexit-code=0"
    for name in ("environment", "arguments", "plan-file", "receipt", "command"):
        job = alone(bench, f"1-{name}", GITHUB)
        run_action(job, {"command": "drift", name: value})
        assert job.failed
    assert list(bench.folder.rglob("hacked")) == []
