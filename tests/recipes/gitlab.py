"""Runs jobs of GitLab's pipeline: their lines in one shell, what comes after in another."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import yaml
from recipes.bench import RECIPES
from recipes.github import PRISMATIC

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
    "CI_MERGE_REQUEST_IID": "3",
    "CI_COMMIT_SHA": "1a2b3c4d5e6f",
    "RECONCILER_BOT_TOKEN": "bot-token",
}
PIPELINE = RECIPES / "gitlab" / ".gitlab-ci.yml"


def gitlab(bench: Bench, name: str, file: Path = PIPELINE, **more: str) -> int:
    """Run a job of the pipeline as GitLab's runner does; return the exit code of its script.

    ``more`` is set beside the variables of a runner and the secrets, as GitLab sets what its own project has.
    """
    pipeline = yaml.safe_load(file.read_text(encoding="utf-8"))
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


def gitlab_pipeline(bench: Bench, file: Path, variables: Mapping[str, str], started: Iterable[str] = ()) -> list[str]:
    """Run the jobs of a file, as far as their rules and needs let them; return each with how it ended.

    ``started`` are the manual jobs that a person starts.
    """
    pipeline = yaml.safe_load(file.read_text(encoding="utf-8"))
    codes: dict[str, int] = {}
    for name, job in pipeline.items():
        if not isinstance(job, dict) or "script" not in job or name.startswith("."):
            continue
        rule = chosen_rule(job, variables)
        needs = [each for each in job.get("needs", []) if isinstance(each, str) or not each.get("optional")]
        if rule is None or any(codes.get(need) != 0 for need in needs):
            continue
        if rule.get("when") != "manual" or name in started:
            codes[name] = gitlab(bench, name, file, **variables)
    return [f"{name} {'passed' if code == 0 else 'failed'}" for name, code in codes.items()]


def chosen_rule(job: Mapping[str, Any], variables: Mapping[str, str]) -> Mapping[str, Any] | None:
    """Return the first rule of a job that holds; each is a chain of ``&&``."""
    for rule in job["rules"]:
        if all(_holds(part, variables) for part in rule["if"].split("&&")):
            return dict(rule)
    return None


def _holds(condition: str, variables: Mapping[str, str]) -> bool:
    left, sign, right = (part.strip() for part in condition.partition("=="))
    values = [variables.get(side.removeprefix("$")) if side.startswith("$") else side for side in (left, right)]
    if not sign:
        return values[0] is not None
    return values[0] == (None if right == "null" else right.strip('"') if right.startswith('"') else values[1])


def _lines(bench: Bench, lines: list[str], environ: Mapping[str, str]) -> Ran:
    return bench.run(["bash", "-eo", "pipefail", "-c", "\n".join(lines)], environ, bench.repository)
