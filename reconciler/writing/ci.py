"""Detecting CI, and the folders of its checkout."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

SERVICES: Mapping[str, tuple[str, ...]] = {
    "any": ("CI",),
    "AppVeyor": ("APPVEYOR",),
    "Azure Pipelines": ("TF_BUILD",),
    "Bamboo": ("bamboo_planKey",),
    "Bitbucket Pipelines": ("BITBUCKET_BUILD_NUMBER",),
    "Bitrise": ("BITRISE_IO",),
    "Buddy": ("BUDDY_WORKSPACE_ID",),
    "Buildkite": ("BUILDKITE",),
    "CircleCI": ("CIRCLECI",),
    "Cirrus CI": ("CIRRUS_CI",),
    "CodeBuild": ("CODEBUILD_BUILD_ID",),
    "CodeBuild, by its ARN": ("CODEBUILD_BUILD_ARN",),
    "Codefresh": ("CF_BUILD_ID",),
    "Codemagic": ("CM_BUILD_ID",),
    "Drone": ("DRONE",),
    "Gitea Actions": ("GITEA_ACTIONS",),
    "GitHub Actions": ("GITHUB_ACTIONS",),
    "GitLab": ("GITLAB_CI",),
    "GoCD": ("GO_PIPELINE_NAME",),
    "Google Cloud Build": ("BUILDER_OUTPUT",),
    "Harness": ("HARNESS_BUILD_ID",),
    "Heroku CI": ("HEROKU_TEST_RUN_ID",),
    "Jenkins": ("JENKINS_URL", "BUILD_ID"),
    "Hudson": ("HUDSON_URL", "BUILD_ID"),
    "JetBrains Space": ("JB_SPACE_EXECUTION_NUMBER",),
    "Netlify": ("NETLIFY",),
    "Prow": ("PROW_JOB_ID",),
    "Screwdriver": ("SCREWDRIVER",),
    "Semaphore": ("SEMAPHORE",),
    "TeamCity": ("TEAMCITY_VERSION",),
    "Travis": ("TRAVIS",),
    "Woodpecker": ("CI_SYSTEM_NAME",),
}
"""Variables that each service sets in every job; a run is in CI if all variables of one service are set."""
ROOTS = (
    *("APPVEYOR_BUILD_FOLDER", "BUILD_SOURCESDIRECTORY", "BUILD_REPOSITORY_LOCALPATH", "BITBUCKET_CLONE_DIR"),
    *("bamboo_build_working_directory", "BITRISE_SOURCE_DIR", "BUILDKITE_BUILD_CHECKOUT_PATH"),
    *("CIRCLE_WORKING_DIRECTORY", "CIRRUS_WORKING_DIR", "CODEBUILD_SRC_DIR", "CM_BUILD_DIR", "DRONE_WORKSPACE"),
    *("GITHUB_WORKSPACE", "CI_PROJECT_DIR", "CI_WORKSPACE", "CI_PRIMARY_REPOSITORY_PATH", "WORKSPACE"),
    *("SEMAPHORE_GIT_DIR", "TRAVIS_BUILD_DIR", "SYSTEM_DEFAULTWORKINGDIRECTORY"),
)
"""Variables that name the folder of the checkout. TeamCity, Google Cloud Build and some others have none: their jobs
run in that folder."""
_NO = frozenset({"", "0", "false"})


def in_ci(environ: Mapping[str, str]) -> bool:
    """Return whether the run is in CI, by ``CI`` or by a service's own variable, even if ``CI`` is ``false``."""
    return any(all(_is_set(environ, name) for name in names) for names in SERVICES.values())


def checkouts(environ: Mapping[str, str]) -> list[Path]:
    """Return the folders that the service names as its checkout, with ``~`` expanded."""
    return [_expanded(environ[name]) for name in ROOTS if environ.get(name)]


def _is_set(environ: Mapping[str, str], name: str) -> bool:
    return environ.get(name, "").strip().lower() not in _NO


def _expanded(text: str) -> Path:
    try:
        return Path(text).expanduser()
    except RuntimeError:  # an unknown user after ~
        return Path(text)
