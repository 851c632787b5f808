"""Runs GitHub's workflows, as far as the recipes use them: jobs, matrices, conditions, composite actions.

Steps that only a runner can take (checkout, artifacts, caches, a Python) are acted out on folders; all else is run.
"""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass, field
from itertools import product
from typing import TYPE_CHECKING, Any

import yaml
from recipes.bench import RECIPES
from recipes.expressions import filled, holds
from support.world import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from recipes.bench import Bench

SHELLS = {"bash": ["bash", "--noprofile", "--norc", "-eo", "pipefail"]}
OURS = "YOUR-ORG/reconciler@"
PRISMATIC = re.compile(r"https://app\.(\S+\.)?prismatic\.io")
OF_THE_REPOSITORY = ("CUSTOMERS_TOKEN", "RECONCILER_BOT_TOKEN")
"""Secrets that belong to no tenant: each tenant's are in environments."""


@dataclass(slots=True)
class Job:
    """One job on its own runner: a workspace, and the contexts of its expressions."""

    bench: Bench
    name: str
    contexts: dict[str, Any]
    environ: dict[str, str]
    stack: str = ""
    """The address of the tenant that stands in for the stack that the recipe names."""
    path: list[str] = field(default_factory=list)
    failed: bool = False
    exit_code: str = ""
    outputs: dict[str, str] = field(default_factory=dict)

    @property
    def workspace(self) -> Path:
        return self.bench.folder / "workspaces" / self.name

    @property
    def scratch(self) -> Path:
        return self.bench.folder / "scratch" / self.name


def run_workflow(
    bench: Bench,
    name: str,
    event: str,
    github: Mapping[str, Any],
    run_id: str,
    *,
    folder: Path = RECIPES / "github",
    only: str = "",
) -> list[Job]:
    """Run a workflow of ``examples/ci/github``, or of another folder; return its jobs that were not skipped.

    With ``only``, run that one job, which needs no other.
    """
    workflow = yaml.safe_load((folder / name).read_text(encoding="utf-8"))
    # YAML 1.1 reads the key "on" as true.
    assert event in workflow[True]
    event_context = {"event_name": event, "run_id": run_id, "run_attempt": "1", "token": "forge-token", "ref": "refs/x"}
    contexts: dict[str, Any] = {"github": {**event_context, "repository": "acme/manifests", **github}}
    done: dict[str, list[Job]] = {}
    results: dict[str, str] = {}
    for key, job in [each for each in workflow["jobs"].items() if only in {"", each[0]}]:
        needs = [job["needs"]] if isinstance(job.get("needs"), str) else job.get("needs", [])
        known = {
            **contexts,
            "needs": {need: {"outputs": _outputs(done, need), "result": results[need]} for need in needs},
        }
        succeeded = all(results[need] == "success" for need in needs)
        if not holds(job.get("if", "success()"), known, succeeded=succeeded):
            results[key] = "skipped"
        elif job.get("environment") in bench.rejecting:
            results[key] = "failure"
        else:
            done[key] = [
                _run_job(bench, key, job, {**known, "matrix": chosen}, workflow.get("env", {}), run_id)
                for chosen in _matrix(job)
            ]
            results[key] = "failure" if any(each.failed for each in done[key]) else "success"
    return [each for jobs in done.values() for each in jobs]


def _outputs(done: Mapping[str, list[Job]], key: str) -> dict[str, str]:
    return done[key][-1].outputs if key in done else {}


def _matrix(job: Mapping[str, Any]) -> Iterator[dict[str, str]]:
    matrix = job.get("strategy", {}).get("matrix", {})
    for values in product(*matrix.values()):
        yield dict(zip(matrix, values, strict=True))


def _run_job(
    bench: Bench, key: str, job: Mapping[str, Any], contexts: dict[str, Any], environ: Mapping[str, str], run_id: str
) -> Job:
    name = "-".join([run_id, key, *contexts["matrix"].values()])
    found = Job(bench, name, {**contexts, "steps": {}}, {})
    found.contexts["runner"] = {"temp": str(found.scratch), "os": "Linux", "arch": "X64"}
    chosen = filled(job.get("environment", ""), contexts)
    found.contexts["secrets"] = _secrets_of(bench, chosen)
    found.environ = {key: filled(value, found.contexts) for key, value in {**environ, **job.get("env", {})}.items()}
    found.stack = bench.environments.get(chosen, {}).get("PRISMATIC_URL", bench.url)
    for folder in (found.workspace, found.scratch):
        folder.mkdir(parents=True)
    _run_steps(found, job["steps"], found.contexts)
    found.outputs = {key: filled(value, found.contexts) for key, value in job.get("outputs", {}).items()}
    return found


def _secrets_of(bench: Bench, environment: str) -> dict[str, str]:
    """Return the secrets of a job: those of its environment, and without one those of the repository alone."""
    if environment:
        return {**bench.secrets, **bench.environments.get(environment, {})}
    return {key: bench.secrets[key] for key in OF_THE_REPOSITORY if key in bench.secrets}


def _run_steps(job: Job, steps: list[Mapping[str, Any]], contexts: dict[str, Any]) -> None:
    for number, step in enumerate(steps):
        if not holds(step.get("if", "success()"), contexts, succeeded=not job.failed):
            continue
        if "uses" in step:
            inputs = {key: filled(value, contexts) for key, value in step.get("with", {}).items()}
            before = job.environ
            job.environ = {**before, **{key: filled(value, contexts) for key, value in step.get("env", {}).items()}}
            contexts["steps"][step.get("id", number)] = {"outputs": _use(job, step["uses"], inputs)}
            job.environ = before
        else:
            _run_script(job, step, contexts, number)


def _use(job: Job, name: str, inputs: Mapping[str, str]) -> dict[str, str]:
    """Act a step out; return its outputs."""
    kept = job.bench.folder / "kept"
    if name.startswith(OURS):
        return run_action(job, inputs)
    if name.startswith("actions/checkout@"):
        source = job.bench.folder / inputs["repository"] if "repository" in inputs else job.bench.repository
        shutil.copytree(source, job.workspace / inputs.get("path", "."), symlinks=True, dirs_exist_ok=True)
        return {"commit": job.bench.commit()}
    if name.startswith("actions/upload-artifact@"):
        target = kept / "artifacts" / job.name.partition("-")[0] / inputs["name"]
        target.mkdir(parents=True)
        shutil.copy2(job.workspace / inputs["path"], target)
    elif name.startswith("actions/download-artifact@"):
        source = kept / "artifacts" / job.name.partition("-")[0] / inputs["name"]
        shutil.copytree(source, job.workspace / inputs.get("path", "."), symlinks=True, dirs_exist_ok=True)
    elif name.startswith("actions/cache/restore@"):
        caches = sorted((kept / "caches").glob(f"{inputs['restore-keys']}*"), key=lambda path: path.stat().st_mtime_ns)
        if caches:
            shutil.copy2(caches[-1], job.workspace / inputs["path"])
    elif name.startswith("actions/cache@"):
        # Packages alone: nothing of the repository, and nothing that a run wrote.
        assert inputs["path"] == str(job.scratch / "reconciler-packages" / "http-v2")
        assert re.fullmatch(r"reconciler-packages-Linux-X64-3\.12-[0-9a-f]{64}", inputs["key"])
    elif name.startswith("actions/cache/save@"):
        (kept / "caches").mkdir(parents=True, exist_ok=True)
        if (job.workspace / inputs["path"]).exists():
            shutil.copy2(job.workspace / inputs["path"], kept / "caches" / inputs["key"])
    else:
        assert name.startswith("actions/setup-python@"), name
    return {}


def alone(bench: Bench, name: str, github: Mapping[str, Any]) -> Job:
    """Return a job with the repository checked out, and with the secrets of the bench in its environment."""
    job = Job(bench, name, {"github": dict(github), "secrets": {}, "steps": {}}, dict(bench.secrets))
    job.contexts["runner"] = {"temp": str(job.scratch), "os": "Linux", "arch": "X64"}
    job.scratch.mkdir(parents=True)
    _use(job, "actions/checkout@", {})
    return job


def run_action(job: Job, inputs: Mapping[str, str]) -> dict[str, str]:
    """Run this repository's own action; return its outputs."""
    action = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
    unknown = set(inputs) - set(action["inputs"])
    assert not unknown, unknown
    contexts = {**job.contexts, "steps": {}}
    contexts["github"] = {**contexts["github"], "action_path": str(ROOT)}
    defaults = {key: filled(each.get("default", ""), contexts) for key, each in action["inputs"].items()}
    contexts["inputs"] = {**defaults, **inputs}
    # In a composite action, success() is about the steps of the action alone (github.action_status).
    failed, job.failed = job.failed, False
    _run_steps(job, action["runs"]["steps"], contexts)
    job.failed = job.failed or failed
    outputs = {key: filled(each["value"], contexts) for key, each in action["outputs"].items()}
    job.exit_code = outputs["exit-code"]
    return outputs


def _run_script(job: Job, step: Mapping[str, Any], contexts: dict[str, Any], number: int) -> None:
    # What is put into a script would be run by the shell, whoever wrote it.
    assert "${{" not in step["run"]
    files = {key: job.scratch / f"{key}-{number}" for key in ("GITHUB_OUTPUT", "GITHUB_PATH", "GITHUB_STEP_SUMMARY")}
    for file in files.values():
        file.write_text("", encoding="utf-8")
    script = job.scratch / f"script-{number}.sh"
    script.write_text(step["run"], encoding="utf-8")
    own = {key: filled(value, contexts) for key, value in step.get("env", {}).items()}
    github = contexts["github"]
    environ = {
        "CI": "true",
        "GITHUB_ACTIONS": "true",
        "GITHUB_REPOSITORY": github["repository"],
        "GITHUB_REPOSITORY_OWNER": github["repository"].partition("/")[0],
        "GITHUB_REF": github.get("ref", "refs/x"),
        "GITHUB_REF_NAME": "main",
        "GITHUB_SERVER_URL": "https://github.com",
        "GITHUB_RUN_ID": github["run_id"],
        "GITHUB_SHA": "1a2b3c4d5e6f",
        "GITHUB_WORKSPACE": str(job.workspace),
        "RUNNER_TEMP": str(job.scratch),
        **{key: str(file) for key, file in files.items()},
        **job.environ,
        **own,
        "PATH": ":".join(reversed(job.path)),
    }
    if PRISMATIC.fullmatch(environ.get("PRISMATIC_URL", "")):
        environ["PRISMATIC_URL"] = job.stack
    folder = job.workspace / filled(step.get("working-directory", "."), contexts)
    ran = job.bench.run([*SHELLS[step["shell"]], str(script)], environ, folder)
    job.failed = job.failed or ran.code != 0
    job.path += files["GITHUB_PATH"].read_text(encoding="utf-8").split()
    if "id" in step:
        lines = files["GITHUB_OUTPUT"].read_text(encoding="utf-8").splitlines()
        contexts["steps"][step["id"]] = {"outputs": dict(line.split("=", 1) for line in lines)}
