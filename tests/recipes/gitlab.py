"""Runs jobs of GitLab's pipeline: their lines in one shell, what comes after in another."""

from __future__ import annotations

import re
import shutil
import subprocess
from typing import TYPE_CHECKING, Any

import yaml
from recipes.bench import RECIPES
from recipes.github import PRISMATIC
from support.world import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from recipes.bench import Bench
    from support.serving import Ran

GITLAB = {
    "CI": "true",
    "GITLAB_CI": "true",
    "CI_API_V4_URL": "https://gitlab.example.com/api/v4",
    "CI_PROJECT_ID": "7",
    "CI_PIPELINE_ID": "11",
    "CI_MERGE_REQUEST_IID": "3",
    "CI_COMMIT_SHA": "1a2b3c4d5e6f",
    "RECONCILER_BOT_TOKEN": "bot-token",
}
ON_MAIN = {"CI_COMMIT_BRANCH": "main", "CI_DEFAULT_BRANCH": "main"}
PUSH = {**ON_MAIN, "CI_PIPELINE_SOURCE": "push", "RECONCILER_BOT_TOKEN": ""}
IDENTITY = ("-c", "user.name=a", "-c", "user.email=a@b.example")
NO_COMMIT = "0" * 40
"""The place of a release's commit in a recipe."""
PIPELINE = RECIPES / "gitlab" / ".gitlab-ci.yml"


def gitlab(bench: Bench, name: str, file: Path = PIPELINE, **more: str) -> int:
    """Run a job of the pipeline as GitLab's runner does; return the exit code of its script.

    ``more`` is set beside the variables of a runner and the secrets, as GitLab sets what its own project has.
    """
    text = file.read_text(encoding="utf-8")
    pipeline = yaml.safe_load(text.replace(NO_COMMIT, _released(bench)) if NO_COMMIT in text else text)
    stated = {key: value for key, value in pipeline.get("variables", {}).items() if not PRISMATIC.fullmatch(value)}
    job, environ = pipeline[name], {**GITLAB, **stated, **bench.secrets, **more}
    before = job["before_script"] if "before_script" in job else pipeline["default"]["before_script"]
    ran = _lines(bench, [*before, *job["script"]], environ)
    after = job.get("after_script", [])
    if after:
        assert _lines(bench, after, environ).code == 0, bench.told[-1]
    for kind, report in job.get("artifacts", {}).get("reports", {}).items():
        assert ran.code == 1 or (bench.repository / report).is_file(), kind
    return ran.code


def _released(bench: Bench) -> str:
    """Return the commit of a release, in a repository that git finds in the place of ours."""
    source = bench.folder / "YOUR-ORG" / "reconciler"
    if not source.exists():
        shutil.copytree(ROOT / "requirements", source / "requirements")
        for command in ("init -q", "add .", "commit -q -m release"):
            subprocess.run(["git", *IDENTITY, *command.split()], cwd=source, check=True)
    head = subprocess.run(["git", "rev-parse", "HEAD"], cwd=source, check=True, capture_output=True, text=True)
    return head.stdout.strip()


def publish(bench: Bench) -> None:
    """Commit the repository as it is, and push it to where the jobs of GitLab fetch it."""
    origin, folder = bench.folder / "origin.git", bench.repository

    def git(*arguments: str) -> None:
        subprocess.run(["git", *IDENTITY, *arguments], cwd=folder, check=True, capture_output=True)

    if not origin.exists():
        git("init", "-q", "--bare", "-b", "main", str(origin))
        git("init", "-q", "-b", "main")
        git("remote", "add", "origin", f"file://{origin}")
        (folder / ".git" / "info" / "exclude").write_text(".reconciler\n.receipt\n.packages\n", encoding="utf-8")
    git("add", "--all")
    git("commit", "-q", "--allow-empty", "-m", "next")
    git("push", "-q", "origin", "HEAD:main")


def gitlab_pipeline(bench: Bench, file: Path, variables: Mapping[str, str], started: Iterable[str] = ()) -> list[str]:
    """Run the jobs of a file, as far as their rules and needs let them; return each with how it ended.

    ``started`` are the manual jobs that a person starts. The jobs of a child pipeline follow the one that triggers it.
    """
    pipeline = yaml.safe_load(file.read_text(encoding="utf-8"))
    codes: dict[str, int] = {}
    ended = []
    for name, job in pipeline.items():
        if not isinstance(job, dict) or not {"script", "trigger"} & job.keys() or name.startswith("."):
            continue
        rule = chosen_rule(job, variables)
        needs = [each for each in job.get("needs", []) if isinstance(each, str)]
        if rule is None or any(codes.get(need) != 0 for need in needs):
            continue
        if "trigger" in job:
            ended += _child(bench, file, job["trigger"], variables, started)
        elif rule.get("when") != "manual" or name in started:
            codes[name] = gitlab(bench, name, file, **variables)
            ended.append(f"{name} {'passed' if codes[name] == 0 else 'failed'}")
    return ended


def _child(
    bench: Bench, file: Path, trigger: Mapping[str, Any], variables: Mapping[str, str], started: Iterable[str]
) -> list[str]:
    """Run the pipeline that a job wrote: jobs of its own, or those of the file again, with its variables."""
    (include,) = trigger["include"]
    child = yaml.safe_load((bench.repository / include["artifact"]).read_text(encoding="utf-8"))
    own = {**variables, **child.pop("variables", {}), "CI_PIPELINE_SOURCE": "parent_pipeline"}
    if child.pop("include", None) == [{"local": ".gitlab-ci.yml"}]:
        assert child == {}
        return gitlab_pipeline(bench, file, own, started)
    return [f"{name} passed" for name in child]


def chosen_rule(job: Mapping[str, Any], variables: Mapping[str, str]) -> Mapping[str, Any] | None:
    """Return the first rule of a job that holds; each is a chain of ``&&``. What changed is not looked at."""
    for rule in job["rules"]:
        if all(_holds(part, variables) for part in rule["if"].split("&&")):
            return dict(rule)
    return None


def _holds(condition: str, variables: Mapping[str, str]) -> bool:
    left, sign, right = (part.strip() for part in re.split("(==|!=|$)", condition, maxsplit=1))
    values = [variables.get(side.removeprefix("$")) if side.startswith("$") else side for side in (left, right)]
    if not sign:
        return values[0] is not None
    expected = None if right == "null" else right.strip('"') if right.startswith('"') else values[1]
    return (values[0] == expected) is (sign == "==")


def _lines(bench: Bench, lines: list[str], environ: Mapping[str, str]) -> Ran:
    environ = {
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": f"url.file://{bench.folder}/YOUR-ORG/.insteadOf",
        "GIT_CONFIG_VALUE_0": "https://github.com/YOUR-ORG/",
        **environ,
    }
    return bench.run(["bash", "-eo", "pipefail", "-c", "\n".join(lines)], environ, bench.repository)
