"""Real definitions, as the platform exports them, against an instance of what is published of them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from impact.definitions import needs_real, real_files
from support.world import World

from reconciler.impact.definition import read_definitions
from reconciler.kinds.variables.codec import CONNECTION
from reconciler.workflow.forecasting import forecast, validate_with_definitions
from reconciler.workflow.session import connect

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from reconciler.impact.verdict import Verdict
    from reconciler.kinds.variables.codec import Declaration

pytestmark = needs_real
each_real = pytest.mark.parametrize("path", real_files, ids=lambda path: path.stem)


@pytest.fixture
def world() -> Iterator[World]:
    with World(integrations=()) as made:
        yield made


def declared_by(path: Path) -> list[Declaration]:
    """Return the variables that an instance's manifest can set."""
    (definition,) = read_definitions([str(path)], path.parent)
    found = definition.version.contents.variables.values()
    return [each for each in found if not (each.scoped or each.user_level)]


def value_of(variable: Declaration) -> Any:
    """Return something that a variable can hold; of a connection also an input that no definition lists."""
    if variable.data_type == CONNECTION:
        return {"inputs": {**dict.fromkeys(variable.inputs or {}, "x"), "ofTheComponent": "y"}}
    forms = {"NUMBER": 7, "BOOLEAN": True, "JSONFORM": {"a": 1}, "SCHEDULE": {"schedule": {"cron": "5 4 * * *"}}}
    return forms.get(variable.data_type, variable.pick_list[0] if variable.pick_list else "text")


def manifests(path: Path, variables: list[Declaration]) -> str:
    """Return the manifests of one instance that sets the variables."""
    (definition,) = read_definitions([str(path)], path.parent)
    customer = {"kind": "Customer", "metadata": {"name": "ftl"}, "spec": {"name": "FTL"}}
    spec = {
        "customer": "ftl",
        "name": "One",
        "integration": {"name": definition.name, "version": 1},
        "configVariables": {each.key: value_of(each) for each in variables},
    }
    instance = {"kind": "Instance", "metadata": {"name": "one"}, "spec": spec}
    return "\n---\n".join(json.dumps({"apiVersion": "reconciler/v1", **each}) for each in (customer, instance))


def verdict(world: World, text: str, definition: Path) -> Verdict:
    options = world.options(text, against=(str(definition),), new=True)
    desired, definitions = validate_with_definitions(options)
    with connect(options, desired) as session:
        (found,) = forecast(session, definitions)[1].verdicts
    return found


@each_real
def test_a_published_definition_breaks_no_instance(world: World, path: Path) -> None:
    """The definition that is live already changes nothing, and a manifest that sets everything goes with it."""
    world.seed.integration(path.read_text(encoding="utf-8"))
    variables = [each for each in declared_by(path) if each.data_type != CONNECTION]
    text = manifests(path, variables)
    assert all(result.ok for result in world.apply(text))
    found = verdict(world, text, path)
    (judged,) = found.judged
    assert (judged.version, judged.breaks, judged.already, judged.notices) == (1, (), (), ())
    (step,) = found.steps
    assert step.changes is not None
    assert not list(step.changes.concerns({}))
    assert (step.changes.added, step.changes.removed, step.changes.defaults) == ((), (), ())


@each_real
def test_a_manifest_that_sets_every_variable_fits(world: World, path: Path) -> None:
    """Before anything is published every variable is known, and no input of a connection is called unknown."""
    (judged,) = verdict(world, manifests(path, declared_by(path)), path).judged
    assert judged.breaks == ()


@each_real
def test_a_removed_variable_breaks_the_manifests_that_set_it(world: World, path: Path, tmp_path: Path) -> None:
    """Of each real definition without its first variable it is told who names that variable, and where."""
    world.seed.integration(path.read_text(encoding="utf-8"))
    variables = [each for each in declared_by(path) if each.data_type != CONNECTION]
    text = manifests(path, variables)
    world.apply(text)
    data = yaml.safe_load(path.read_text(encoding="utf-8"))
    first = variables[0].key
    data["requiredConfigVars"] = [each for each in data["requiredConfigVars"] if each["key"] != first]
    (tmp_path / "next.yml").write_text(yaml.safe_dump(data, allow_unicode=True), encoding="utf-8")
    (judged,) = verdict(world, text, tmp_path / "next.yml").judged
    (problem,) = judged.breaks
    assert f"the integration has no config variable {first!r}" in problem.message
