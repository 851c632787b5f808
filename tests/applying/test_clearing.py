"""``{clear: true}`` empties a secret under every variant of the API, visibly in every format; no other value does."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from support.manifests import customer, instance
from support.matrix import matrix
from support.world import World

from reconciler.errors import ManifestErrors, PlanRefused
from reconciler.reports.registry import render
from reconciler.reports.shared.outcome import Outcome
from reconciler.sandbox.data.variants import Variants

if TYPE_CHECKING:
    from pathlib import Path

MANIFEST = (
    customer()
    + instance("Types", "name: Every Data Type, version: 1")
    + """\
  configVariables:
    A Connection:
      inputs:
        host: colors.example.com
        apiKey: API_KEY
        port: PORT
  flowConfigs:
    Show Configuration: {apiKeys: API_KEYS, testHeaders: {X-Token: HEADER, X-Shop: acme}}
"""
)
SET = {"API_KEY": "canary-key-9", "PORT": '"8443"', "API_KEYS": "[canary-flow-key-1]", "HEADER": "canary-header-3"}
CLEARED = {"API_KEY": "{clear: true}", "PORT": "{clear: true}", "API_KEYS": "{clear: true}", "HEADER": "{clear: true}"}
READINGS = [
    Variants(connection_inputs=inputs, write_only_inputs=hidden, flow_configs=flows)
    for inputs in ("merge", "replace")
    for hidden in ("empty", "null")
    for flows in ("keep", "reset")
]
PROJECT = "apiVersion: reconciler/v1\nkind: Project\nmetadata: {name: p}\nspec: {ownership: none, SPEC}\n"
OVERLAID = PROJECT.replace("SPEC", "environments: {e: {overlays: [o]}}")
OVERLAY = """\
kind: Instance
metadata: {name: types}
spec: {configVariables: {A Connection: {inputs: VALUES}}}
"""


def manifest(**values: str) -> str:
    text = MANIFEST
    for place in sorted({**SET, **values}, key=len, reverse=True):
        text = text.replace(place, {**SET, **values}[place])
    return text


def inputs(world: World) -> dict[str, str]:
    """Return what the tenant holds of the connection's inputs."""
    (instance,) = world.rows("instances", name="Types")
    variables = world.rows("config_variables", instance=instance["id"])
    (row,) = (each for each in variables if json.loads(each["inputs"]))
    return {each["name"]: each["value"] for each in json.loads(row["inputs"])}


@pytest.mark.parametrize("variants", READINGS, ids=str)
def test_clear_empties_the_declared_secrets_and_nothing_else(variants: Variants) -> None:
    """Under every reading what is cleared ends empty, the rest stays as it was, and the next plan is empty."""
    with World(variants) as world:
        assert all(result.ok for result in world.apply(manifest()))
        assert inputs(world) == {"apiKey": "canary-key-9", "host": "colors.example.com", "port": "8443"}
        results = world.apply(manifest(**CLEARED))
        assert [result.error for result in results if not result.ok] == []
        assert inputs(world) == {"apiKey": "", "host": "colors.example.com", "port": ""}
        (instance,) = world.rows("instances", name="Types")
        (flow,) = world.rows("flow_configs", instance=instance["id"])
        assert json.loads(flow["apiKeys"]) == []
        assert json.loads(flow["testHeaders"]) == {"X-Token": "", "X-Shop": "acme"}
        assert world.plan(manifest(**CLEARED)).empty


def test_an_emptied_secret_is_shown_in_every_format_with_a_warning(world: World) -> None:
    """Each shows nothing on the right side, no secret, and a warning for each that goes."""
    world.apply(manifest())
    plan = world.plan(manifest(**CLEARED))
    shown = {form: render(Outcome("plan", plan), form) for form in ("text", "markdown", "json", "html", "junit")}
    for text in shown.values():
        assert "canary" not in text
    paths = [
        "configVariables.A Connection.inputs.apiKey", "configVariables.A Connection.inputs.port",
        "flowConfigs.Show Configuration.apiKeys", "flowConfigs.Show Configuration.testHeaders.X-Token",
    ]  # fmt: skip
    for path in paths:
        (line,) = (line for line in shown["text"].splitlines() if line.strip().startswith(path + " "))
        assert line.endswith("→ (nothing)")
        assert f"+ {path}: (nothing)" in shown["markdown"].replace("[0]", "")
    (change,) = (each for each in json.loads(shown["json"])["changes"] if each["kind"] == "Instance")
    assert {".".join(each["path"]): each["after"] for each in change["fields"]} == dict.fromkeys(paths)
    assert all(each["before"] for each in change["fields"])
    warned = [each.message for each in plan.warnings if "is emptied" in each.message]
    assert len(warned) == len(paths)


BLANK = (
    "", "null", "~", '""', "''", "${var.empty}", "{}", "{clear: false}", '{clear: "true"}', "{clear: null}",
    "{clear: 1}", "{clear: true, value: x}",
)  # fmt: skip


@pytest.mark.parametrize(("place", "blank"), matrix(SET, BLANK))
def test_no_other_value_empties_a_secret(world: World, place: str, blank: str, tmp_path: Path) -> None:
    """What a template leaves behind, an empty variable, and any other ``clear`` are errors, and nothing is sent."""
    (tmp_path / "reconciler.yaml").write_text(PROJECT.replace("SPEC", "variables: {empty: ''}"))
    world.apply(manifest())
    world.forget()
    value = f"[{blank}]" if place == "API_KEYS" and blank in {"''", '""'} else blank
    (tmp_path / "it.yaml").write_text(manifest(**{place: value}))
    with pytest.raises((ManifestErrors, PlanRefused)) as refused:
        world.plan(tmp_path)
    assert "it.yaml:" in str(refused.value)
    assert "canary" not in str(refused.value)
    assert world.mutations == []


def test_a_new_connection_can_be_created_with_an_empty_default(world: World) -> None:
    """Cleared at creation, an input does not start with the integration's default."""
    world.apply(manifest(PORT="{clear: true}"))
    assert inputs(world)["port"] == ""
    assert world.plan(manifest(PORT="{clear: true}")).empty


def test_an_overlay_takes_the_other_source_away_to_clear(world: World, tmp_path: Path) -> None:
    """By JSON Merge Patch ``null`` takes ``valueFrom`` away; without that both would stand there, an error."""
    (tmp_path / "o").mkdir()
    (tmp_path / "reconciler.yaml").write_text(OVERLAID)
    (tmp_path / "key").write_text("canary-key-9")
    (tmp_path / "it.yaml").write_text(manifest(API_KEY="{valueFrom: {file: key}}"))
    world.apply(manifest())
    (tmp_path / "o/x.yaml").write_text(OVERLAY.replace("VALUES", "{apiKey: {valueFrom: null, clear: true}}"))
    assert all(result.ok for result in world.apply(tmp_path, environment="e"))
    assert inputs(world)["apiKey"] == ""
    (tmp_path / "o/x.yaml").write_text(OVERLAY.replace("VALUES", "{apiKey: {clear: true}}"))
    with pytest.raises(ManifestErrors, match="valueFrom must be the only key of its map"):
        world.plan(tmp_path, environment="e")


def test_null_in_an_overlay_leaves_the_live_secret_as_it_is(world: World, tmp_path: Path) -> None:
    """An overlay's ``null`` takes the declaration away: the input is neither blanked nor compared."""
    (tmp_path / "o").mkdir()
    (tmp_path / "reconciler.yaml").write_text(OVERLAID)
    (tmp_path / "it.yaml").write_text(manifest(API_KEY="another", PORT='"1"'))
    (tmp_path / "o/x.yaml").write_text(OVERLAY.replace("VALUES", "{apiKey: , port: null}"))
    world.apply(manifest())
    assert world.plan(tmp_path, environment="e").empty
