"""Pipelines of a new repository equal the recipes, with names escaped."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import pytest
import yaml
from support.world import ROOT

from reconciler.model.tenant import Identity
from reconciler.scaffold.files import Repository
from reconciler.scaffold.forge import Forge
from reconciler.scaffold.origin import UNKNOWN, PackageOrigin, parse_origin
from reconciler.scaffold.pipelines import ENVIRONMENT, RECIPES, STAND_IN, pipeline

RECIPE_FOLDER = ROOT / "examples" / "ci"
URL = "https://app.eu-west-1.prismatic.io"
ACME = Identity(URL, "o", "Acme", "u")
OURS = Repository(ACME, "acme", ENVIRONMENT, Forge.GITHUB, "main", UNKNOWN, [])
LIVE = Repository(ACME, "acme", "live", Forge.GITHUB, "trunk", UNKNOWN, ["A", "B"])
PLANS = "${{ matrix.environment }}-plan"
STATED = "PRISMATIC_URL: https://app.prismatic.io"
GITHUB = [*RECIPES[Forge.GITHUB]]


@pytest.mark.parametrize("forge", [Forge.GITHUB, Forge.GITLAB])
def test_a_pipeline_is_the_recipe(forge: Forge) -> None:
    """With the recipes' own environment, origin and secret, the pipeline equals the recipe."""
    written = {file.path: file.text for file in pipeline(replace(OURS, forge=forge, secrets=[STAND_IN]))}
    assert list(written) == list(RECIPES[forge].values())
    for source, target in RECIPES[forge].items():
        recipe = (RECIPE_FOLDER / source).read_text(encoding="utf-8")
        same = re.sub(rf"({STAND_IN}: \S+ \S+ \S+) #.*", r"\1", recipe).replace("[staging, production]", "[production]")
        assert written[target] == same.replace(STATED, f"PRISMATIC_URL: {URL}")


@pytest.mark.parametrize("forge", [Forge.GITHUB, Forge.GITLAB])
def test_a_pipeline_names_the_stack_of_its_token(forge: Forge) -> None:
    """Wherever a job of a new repository has the token, it has the tenant's address, written out."""
    for file in pipeline(replace(OURS, forge=forge)):
        data = yaml.safe_load(file.text)
        jobs = [job for job in data.get("jobs", {}).values() if "PRISM_REFRESH_TOKEN" in job.get("env", {})]
        stated = [job["env"]["PRISMATIC_URL"] for job in jobs] or [data["variables"]["PRISMATIC_URL"]]
        assert set(stated) == {URL}
        assert {job["environment"] for job in jobs} <= {ENVIRONMENT, f"{ENVIRONMENT}-plan", PLANS}


@pytest.mark.parametrize("source", GITHUB)
def test_the_recipes_hold_every_text_that_init_replaces(source: str) -> None:
    """Each recipe for GitHub names the secret that stands for others, the environment and the origin."""
    recipe = (RECIPE_FOLDER / source).read_text(encoding="utf-8")
    assert re.findall(rf"^ *{STAND_IN}: \$\{{\{{ secrets\.{STAND_IN} \}}\}}", recipe, re.MULTILINE)
    assert f"uses: {UNKNOWN.use}\n" in recipe
    assert ENVIRONMENT in recipe


def test_another_environment_branch_and_origin() -> None:
    """The recipes' own environment, branch, origin and secret are all replaced."""
    origin = PackageOrigin("https://github.com/acme/tools.git", "v9")
    files = pipeline(replace(LIVE, origin=origin))
    for file in files:
        data = yaml.safe_load(file.text)
        assert "YOUR-ORG" not in file.text
        assert "production" not in file.text
        assert "staging" not in file.text
        assert "uses: acme/tools@v9\n" in file.text.replace(".git@", "@")
        environments = [data.get("env", {}), *(job.get("env", {}) for job in data["jobs"].values())]
        assert {"A": "${{ secrets.A }}", "B": "${{ secrets.B }}"}.items() <= max(environments, key=len).items()
    (apply,) = [yaml.safe_load(file.text) for file in files if file.path.endswith("apply.yml")]
    assert apply[True] == {"push": {"branches": ["trunk"]}}
    assert not [file.path for file in files if "branch main" in file.text]
    elsewhere = PackageOrigin("https://git.acme.example/t/r", "v9")
    (gitlab,) = pipeline(replace(LIVE, forge=Forge.GITLAB, origin=elsewhere))
    assert "fetch --quiet --depth 1 https://git.acme.example/t/r v9\n" in gitlab.text
    assert "YOUR-ORG" not in gitlab.text
    assert pipeline(replace(LIVE, forge=Forge.NONE)) == []


def test_a_pipeline_pins_the_commit_that_was_installed() -> None:
    """A workflow pins the commit, with the tag in a comment, since a tag can be moved."""
    commit = "1a2b3c4d5e" * 4
    told = {"url": "https://github.com/acme/r", "vcs_info": {"requested_revision": "v1", "commit_id": commit}}
    origin = parse_origin(json.dumps(told))
    for file in pipeline(replace(OURS, origin=origin)):
        assert f"uses: acme/r@{commit} # v1\n" in file.text
    (gitlab,) = pipeline(replace(OURS, forge=Forge.GITLAB, origin=origin))
    assert f"fetch --quiet --depth 1 https://github.com/acme/r {commit} # v1\n" in gitlab.text
    assert origin.requirement.endswith(f"@{commit}")
    assert UNKNOWN.requirement.endswith("@v0.1.0")


def test_without_secrets_there_is_no_line_for_any() -> None:
    """A tenant without secrets has pipelines that name the two of reconciler's own, and are YAML."""
    for file in pipeline(OURS):
        assert STAND_IN not in file.text
        assert yaml.safe_load(file.text)["jobs"]


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ({"url": "https://github.com/acme/r", "vcs_info": {"requested_revision": "v1", "commit_id": "c"}}, "v1"),
        ({"url": "https://github.com/acme/r", "vcs_info": {"vcs": "git", "commit_id": "0a1b"}}, "0a1b"),
        ({"url": "https://user:word@github.com/acme/r", "vcs_info": {"commit_id": "0a1b"}}, None),
        ({"url": "ssh://git@github.com/acme/r", "vcs_info": {"commit_id": "0a1b"}}, None),
        ({"url": "https://github.com/acme/r", "vcs_info": {"commit_id": "x }} ${{ y"}}, None),
        ({"url": "https://github.com/a\nb/r", "vcs_info": {"commit_id": "0a1b"}}, None),
        ({"url": "file:///home/me/reconciler", "dir_info": {"editable": True}}, None),
        ({"url": 7, "vcs_info": {"commit_id": 7}}, None),
        ({}, None),
        ([], None),
    ],
)
def test_only_an_origin_that_others_can_install_from_is_one(told: object, expected: str | None) -> None:
    """The record of pip is used if it is an https address without a password; else there is a placeholder."""
    found = parse_origin(json.dumps(told))
    assert (found.revision, found.known) == ((expected, True) if expected else (UNKNOWN.revision, False))
    assert not expected or found.on_github == "acme/r"
