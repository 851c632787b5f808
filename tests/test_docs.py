"""The documentation agrees with the product."""

from __future__ import annotations

import re
import shutil
from typing import TYPE_CHECKING, Any

import click
import pytest
import yaml
from jsonschema import Draft202012Validator
from support.world import ROOT

from reconciler.cli.main import COMMANDS, cli
from reconciler.demo.examples import made_up_secrets
from reconciler.demo.script import INSTANCE, MANIFEST
from reconciler.errors import PlanRefused
from reconciler.manifests.schema.schemas import load_schema
from reconciler.model.health import Health
from reconciler.model.tenant import Identity
from reconciler.planning.plan import Plan
from reconciler.prismatic.http.stats import Stats
from reconciler.receipts.compare import Cause
from reconciler.reports.ci.metrics import metrics_of, registry
from reconciler.reports.shared.outcome import Outcome
from reconciler.reports.shared.style import Style
from reconciler.reports.text.plan import plan_text

if TYPE_CHECKING:
    from pathlib import Path

    from support.world import World

PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("**/*.md")])
README = (ROOT / "README.md").read_text(encoding="utf-8")
COMMAND_PAGE = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
DRIFT_PAGE = (ROOT / "docs" / "drift.md").read_text(encoding="utf-8")
LEFT_OUT = "…"
EDITS = {"Batch Size: 100": "Batch Size: 250", "usd: Price": "eur: Price", "version: 1}": "version: 2}"}
RENAMED = {"Warehouse: west": "Warehouse Region: west"}


def _blocks(text: str, language: str) -> list[str]:
    """Return the fenced code blocks of a language."""
    return re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)


def _commands() -> dict[str, click.Command]:
    context = click.Context(cli)
    found = {name: cli.get_command(context, name) for name in COMMANDS}
    return {name: command for name, command in found.items() if command}


@pytest.fixture
def manifests(tmp_path: Path) -> Path:
    folder = tmp_path / "manifests"
    shutil.copytree(ROOT / "examples" / "manifests", folder)
    return folder


@pytest.fixture
def world(world: World, manifests: Path) -> World:
    """A tenant in which the example repository was applied."""
    world.environ |= made_up_secrets()
    world.apply(manifests, **_here(manifests))
    return world


def _here(manifests: Path) -> dict[str, Any]:
    return {"cwd": manifests, "environment": "production"}


def _edited_plan(world: World, manifests: Path, edits: dict[str, str]) -> Plan:
    """Return the plan after the edits that the README tells of."""
    path = manifests / MANIFEST
    text = path.read_text(encoding="utf-8")
    for before, after in edits.items():
        assert before in text
        text = text.replace(before, after)
    path.write_text(text, encoding="utf-8")
    return world.plan(manifests, **_here(manifests))


def test_the_plan_in_the_readme_is_a_real_one(world: World, manifests: Path) -> None:
    """The plan in the README is what the product prints for the edit that it tells of, line by line."""
    printed = iter(plan_text(_edited_plan(world, manifests, EDITS | RENAMED), Style()).splitlines())
    shown = next(block for block in _blocks(README, "text") if "Plan:" in block)
    missing = [line for line in shown.splitlines() if line != LEFT_OUT and line not in printed]
    assert not missing


def test_the_error_in_the_readme_is_a_real_one(world: World, manifests: Path) -> None:
    """The message in the README is what the product says of a variable that was renamed."""
    shown = next(block for block in _blocks(README, "text") if "this version" in block)
    with pytest.raises(PlanRefused) as caught:
        _edited_plan(world, manifests, EDITS)
    (problem,) = caught.value.problems
    assert str(problem).startswith(shown.strip().removesuffix(LEFT_OUT).strip())


def test_the_manifest_in_the_readme_is_valid() -> None:
    """The manifest in the README passes the schema, and is the one that the plan is about."""
    (shown,) = [yaml.safe_load(block) for block in _blocks(README, "yaml") if "apiVersion" in block]
    assert list(Draft202012Validator(load_schema("manifest")).iter_errors(shown)) == []
    assert f"{shown['kind']}/{shown['metadata']['name']}" == INSTANCE


def test_the_readme_is_for_two_minutes() -> None:
    """The README stays short."""
    assert len(README.splitlines()) <= 120


def test_the_pipeline_in_the_readme_uses_existing_commands() -> None:
    """The workflow in the README is YAML, and the action takes what it is given."""
    (workflow,) = [yaml.safe_load(block) for block in _blocks(README, "yaml") if "jobs:" in block]
    action = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
    (given,) = [
        step["with"]
        for job in workflow["jobs"].values()
        for step in job["steps"]
        if step["uses"].startswith("YOUR-ORG/reconciler@")
    ]
    assert set(given) <= set(action["inputs"])
    assert given["command"] in COMMANDS


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_have_targets(page: Path) -> None:
    """Every link to a file of the repository finds it."""
    links = re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text(encoding="utf-8"))
    assert [link for link in links if not (page.parent / link).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_to_a_heading(page: Path) -> None:
    """Every link to a section of a page finds its heading."""
    for file, anchor in re.findall(r"\]\((?!https?:)([^)#]*)#([^)]+)\)", page.read_text(encoding="utf-8")):
        target = (page.parent / file if file else page).read_text(encoding="utf-8")
        headings = re.findall(r"^#+ (.*)$", target, re.MULTILINE)
        assert anchor in {re.sub(r"[^\w -]", "", each).lower().replace(" ", "-") for each in headings}


def test_the_index_lists_every_page() -> None:
    """docs/index.md links every page of the documentation."""
    index = (ROOT / "docs" / "index.md").read_text(encoding="utf-8")
    linked = {(ROOT / "docs" / link).resolve() for link in re.findall(r"\]\(([^):#]+)", index)}
    pages = {path for path in PAGES if path.parent.name != "decisions" or path.name == "README.md"}
    assert pages - linked == {ROOT / "docs" / "index.md"}


def test_the_glossary_is_in_order() -> None:
    """The glossary has each word once, in alphabetical order."""
    table = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
    words = re.findall(r"^\| \*\*([^*]+)\*\* \|", table, re.MULTILINE)
    assert words == sorted(set(words), key=str.lower)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_and_option_is_documented(name: str) -> None:
    """Each command and each of its options stand in docs/commands.md."""
    assert f"`reconciler {name}" in COMMAND_PAGE
    options = [option for each in _commands()[name].params if isinstance(each, click.Option) for option in each.opts]
    assert [option for option in options if f"`{option}" not in COMMAND_PAGE] == []


@pytest.mark.parametrize("page", [page for page in PAGES if page.name != "CHANGELOG.md"], ids=lambda page: page.name)
def test_every_documented_option_exists(page: Path) -> None:
    """Every option that a page writes beside a command of ours, or by itself as code, exists."""
    known = {option for command in _commands().values() for each in command.params for option in each.opts}
    text = page.read_text(encoding="utf-8")
    ours = "\n".join(re.findall(r"reconciler [a-z]+[^`\n]*", text))
    named = set(re.findall(r" (--[a-z][a-z-]*)", ours)) | set(re.findall(r"`(--[a-z][a-z-]*)", text))
    assert named - known - {"--help", "--version"} == set()


def test_the_documented_layers_are_those_that_lint_checks() -> None:
    """The order that docs/architecture.md tells is the one that `make lint` checks."""
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    layers = re.findall(r'"reconciler\.(\w+)",', project.split("layers = [")[1].split("]")[0])
    told = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8").split("The order, top first:")[1]
    assert re.findall(r"`(\w+)`", told.split(". ")[0]) == layers


def test_the_documented_causes_of_drift_are_those_that_are_printed() -> None:
    """docs/drift.md explains each word that a drift is told in, and no other."""
    table = DRIFT_PAGE.split("| Words |")[1].split("\n\n")[0]
    assert re.findall(r"^\| `([^`]+)`", table, re.MULTILINE) == [str(cause) for cause in Cause]


def test_the_documented_metrics_are_those_that_are_written() -> None:
    """docs/drift.md lists each metric that a run can have, and no other."""
    plan = Plan((), 0, Identity("https://x.example", "o", "O", "u"), lambda: "sha256:0", "2026-01-01T00:00:00+00:00")
    outcome = Outcome("apply", plan, stats=Stats(), healths=[Health("Instance/acme", ())])
    run = metrics_of(outcome, ("Customer",), ended=0.0, seconds=0.0, success=True)
    written = {family.name for family in registry(run).collect()}
    table = DRIFT_PAGE.split("| Metric |")[1].split("\n\n")[0]
    cells = [re.findall(r"`([a-z_…]+)", row.split("|")[1]) for row in table.splitlines()[2:]]
    told = {
        name.replace("…", "reconciler_last_run_api") if name.startswith("…") else name
        for cell in cells
        for name in cell
    }
    assert told == written
