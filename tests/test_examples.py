"""The example repository: valid, complete, and the same in the documentation, the demo and an editor."""

from __future__ import annotations

import json
import re
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from jsonschema import Draft202012Validator
from support.world import INTEGRATIONS, ROOT

from reconciler.demo.examples import examples_folder, made_up_secrets
from reconciler.kinds.registry import default_registry
from reconciler.manifests.pipeline import read_manifests
from reconciler.manifests.result import ManifestOptions
from reconciler.manifests.schema.schemas import load_schema
from reconciler.manifests.sets.customers import env_of
from reconciler.sandbox.data.definition import parse_definition

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from support.world import World

    from reconciler.sandbox.data.definition import Variable

EXAMPLES = ROOT / "examples" / "manifests"
FILES = sorted(EXAMPLES.rglob("*.yaml"))
OVERLAYS = EXAMPLES / "environments"
ENVIRONMENTS = ["staging", "production"]


def _documents(path: Path) -> Iterator[dict[str, Any]]:
    yield from yaml.safe_load_all(path.read_text(encoding="utf-8"))


def _manifests() -> list[dict[str, Any]]:
    return [each for path in FILES if not path.is_relative_to(OVERLAYS) for each in _documents(path)]


def _declarations() -> dict[tuple[str, str], Variable]:
    """Return every config variable of the example integrations, by integration and key."""
    definitions = [parse_definition(path.read_text(encoding="utf-8")) for path in sorted(INTEGRATIONS.glob("*.yaml"))]
    return {(each.name, variable.key): variable for each in definitions for variable in each.variables}


def _values() -> Iterator[tuple[Variable, Any]]:
    """Yield every config variable of the examples' instances: what the integration declares, and the value."""
    declared = _declarations()
    for manifest in _manifests():
        spec = manifest["spec"]
        for key, value in spec.get("configVariables", {}).items():
            yield declared[spec["integration"]["name"], key], value


def test_the_fleet_is_valid_and_has_its_members() -> None:
    """The example of a fleet is one set of 39 instances, with a rollout in three waves."""
    files = (str(ROOT / "examples" / "fleet" / "manifests"),)
    manifests = read_manifests(ManifestOptions(files=files), default_registry())
    (found,) = manifests.sets
    assert len(found.members) == 39
    (rollout,) = manifests.rollouts
    assert rollout.wave_names == ["canary", "early", "rest"]


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_the_examples_converge(world: World, environment: str) -> None:
    """In every environment all of the examples can be applied, and a second plan is empty."""
    world.environ |= made_up_secrets()
    results = world.apply(EXAMPLES, environment=environment)
    assert [result for result in results if not result.ok] == []
    assert len(results) == 21
    assert world.plan(EXAMPLES, environment=environment).empty


def test_the_monitors_beside_the_project_converge(world: World) -> None:
    """The one example that is in no list of the project is applied with it, and a second plan is empty."""
    world.environ |= made_up_secrets()
    files = (str(EXAMPLES), str(EXAMPLES / "alert-monitors.yaml"))
    results = world.apply(EXAMPLES, environment="staging", files=files)
    assert [result for result in results if not result.ok] == []
    monitors = [each for each in results if each.change.kind.name == "AlertMonitor"]
    assert len(monitors) == 6
    assert all(each.change.address.startswith("AlertMonitor/low-stock-failed.") for each in monitors)
    assert world.plan(EXAMPLES, environment="staging", files=files).empty


def test_the_examples_are_those_that_are_shipped() -> None:
    """The demo finds the same examples in a checkout."""
    assert examples_folder() / "manifests" == EXAMPLES


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(EXAMPLES)))
def test_an_editor_finds_the_schema(path: Path) -> None:
    """Each file's first line leads an editor to the schema of what is in it, which accepts every document of it."""
    first = path.read_text(encoding="utf-8").splitlines()[0]
    named = re.fullmatch(r"# yaml-language-server: \$schema=(\S+)", first)
    assert named
    schema = json.loads((path.parent / named[1]).read_text(encoding="utf-8"))
    assert schema == load_schema("overlay" if path.is_relative_to(OVERLAYS) else "manifest")
    assert [
        error.message for each in _documents(path) for error in Draft202012Validator(schema).iter_errors(each)
    ] == []


def test_every_data_type_occurs() -> None:
    """There is a value of every data type that an integration can declare, and of both kinds of list."""
    declared = {variable.data_type for variable in _declarations().values()}
    assert {variable.data_type for variable, _ in _values()} == declared
    assert len(declared) == 12
    assert {variable.collection_type for variable, _ in _values()} == {None, "VALUELIST", "KEYVALUELIST"}


def test_every_kind_occurs() -> None:
    """A company's worth: customers, their users, a team member, instances in more than one version, and a set."""
    kinds = Counter(manifest["kind"] for manifest in _manifests())
    assert kinds == {
        "Project": 1,
        "Customer": 3,
        "User": 4,
        "Instance": 5,
        "InstanceSet": 1,
        "Rollout": 1,
        "EventWebhook": 1,
        "AlertWebhook": 1,
        "AlertGroup": 1,
        "LogStream": 1,
        "AlertMonitor": 1,
        "Connection": 1,
        "CustomerConnection": 1,
    }
    assert sum(each["kind"] == "User" and "customer" not in each["spec"] for each in _manifests()) == 1
    versions = {each["spec"]["integration"].get("version") for each in _manifests() if each["kind"] == "Instance"}
    assert versions == {None, 1, 2, "latest"}


def test_every_secret_comes_from_the_environment() -> None:
    """Whatever is write-only is taken from the environment, by the names that the demo makes up values for."""
    text = "".join(path.read_text(encoding="utf-8") for path in FILES)
    (of_members,) = re.findall(r'valueFrom: \{env: "\$\{customer.env\}(\w+)"\}', text)
    customers = [each["metadata"]["name"] for each in _manifests() if each["kind"] == "Customer"]
    names = {env_of(handle) + of_members for handle in customers}
    assert {*re.findall(r"valueFrom: \{env: (\w+)\}", text), *names} == set(made_up_secrets())
    for variable, value in _values():
        for secret in (each.name for each in variable.inputs if each.meta.get("writeOnly")):
            if secret in value["inputs"]:
                assert list(value["inputs"][secret]) == ["valueFrom"]


def test_staging_differs_only_by_its_overlay(world: World) -> None:
    """An environment's overlay and variables change what they name, and leave the rest."""
    world.environ |= made_up_secrets()
    plans = [world.plan(EXAMPLES, environment=each) for each in ("production", "staging")]
    production, staging = (
        {(change.address, *each.path): each.after for change in plan for each in change.fields if not each.sensitive}
        for plan in plans
    )
    differing = {key for key in production.keys() | staging.keys() if production.get(key) != staging.get(key)}
    instance = "Instance/ftl-acme-inventory"
    assert staging[instance, "configVariables", "Batch Size"] == "5"
    assert staging[instance, "configVariables", "Acme Inventory Endpoint"] == "https://staging.acme.example/api"
    assert (instance, "configVariables", "Inventory Field Mapping") not in differing
    assert {key[0] for key in differing} <= {change.address for change in plans[0]}
