"""Runs jobs of GitLab's pipeline: their lines in one shell, what comes after in another."""

from __future__ import annotations

from typing import TYPE_CHECKING

import yaml
from recipes.bench import RECIPES
from recipes.github import PRISMATIC

if TYPE_CHECKING:
    from collections.abc import Mapping
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


def gitlab(bench: Bench, name: str, file: Path = RECIPES / "gitlab" / ".gitlab-ci.yml", **more: str) -> int:
    """Run a job of the pipeline as GitLab's runner does; return the exit code of its script.

    ``more`` is set beside the variables of a runner and the secrets, as GitLab sets what its own project has.
    """
    pipeline = yaml.safe_load(file.read_text(encoding="utf-8"))
    stated = {key: value for key, value in pipeline.get("variables", {}).items() if not PRISMATIC.fullmatch(value)}
    job, environ = pipeline[name], {**GITLAB, **stated, **bench.secrets, **more}
    before = job.get("before_script", pipeline["default"]["before_script"])
    ran = _lines(bench, [*before, *job["script"]], environ)
    after = job.get("after_script", [])
    if after:
        assert _lines(bench, after, environ).code == 0, bench.told[-1]
    for kind, report in job.get("artifacts", {}).get("reports", {}).items():
        assert (bench.repository / report).is_file(), kind
    return ran.code


def _lines(bench: Bench, lines: list[str], environ: Mapping[str, str]) -> Ran:
    return bench.run(["bash", "-eo", "pipefail", "-c", "\n".join(lines)], environ, bench.repository)
