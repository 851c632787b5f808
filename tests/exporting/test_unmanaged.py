"""Secrets in an export: left out by default, by reference on request, never written down."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from exporting.exported import Secrets, documents, export
from support.hostile import SENDABLE, acting
from support.manifests import customer, instance
from support.world import World

from reconciler.exporting.summary import export_document
from reconciler.model.tenant import Identity

if TYPE_CHECKING:
    from pathlib import Path

TOKEN = "9f86d081884c7d659a2feaa0c55ad015"
KEYS = """
definitionVersion: 7
name: Keys
flows: []
requiredConfigVars:
  - {key: API Key, dataType: string, defaultValue: ""}
  - {key: dbPassword, dataType: string, defaultValue: ""}
  - {key: Card Pin, dataType: number, defaultValue: "0"}
  - {key: Credentials, dataType: jsonForm, defaultValue: "{}"}
  - {key: Tokens, dataType: string, collectionType: valuelist, defaultValue: "[]"}
  - {key: Passwords, dataType: string, collectionType: keyvaluelist, defaultValue: "[]"}
  - {key: Endpoint, dataType: string, defaultValue: ""}
  - {key: Settings, dataType: jsonForm, defaultValue: "{}"}
  - {key: Token Type, dataType: picklist, pickList: [Bearer, Basic], defaultValue: Basic}
  - {key: Use Token, dataType: boolean, defaultValue: "false"}
  - {key: Region, dataType: string, defaultValue: ""}
"""
SECRET_VALUES = {
    "API Key": "canary-plain",
    "dbPassword": "canary with 'quotes' and\nlines",
    "Card Pin": "1234",
    "Credentials": '{"user": "canary-a", "n": 1.5}',
    "Tokens": '["canary-b", "canary-c"]',
    "Passwords": '[{"key": "k", "value": "canary-d"}]',
    "Endpoint": f"https://lisa:canary-{TOKEN}@erp.example.com",
    "Settings": json.dumps({"inner": {"clientSecret": "canary-e"}}),
}
PLAIN_VALUES = {"Token Type": "Bearer", "Use Token": "true", "Region": "eu"}
CONNECTION = "A Connection"


@pytest.fixture
def world(world: World) -> World:
    """A tenant in which everything that can hold a secret does."""
    world.seed.integration(KEYS)
    owner = world.seed.customer("FTL Rockets")["id"]
    values = [{"key": key, "value": value} for key, value in (SECRET_VALUES | PLAIN_VALUES).items()]
    version = world.seed.version("Keys")["id"]
    world.seed.instance("Keys", customer=owner, integration=version, deployed=True, configVariables=values)
    inputs = json.dumps([
        {"name": "apiKey", "type": "value", "value": "canary-key"},
        {"name": "host", "type": "value", "value": "canary.example.com"},
    ])  # fmt: skip
    types = world.seed.version("Every Data Type")["id"]
    world.seed.instance(
        "Types", customer=owner, integration=types, deployed=True,
        configVariables=[{"key": CONNECTION, "values": inputs}, {"key": "A Number", "value": "7"}],
    )  # fmt: skip
    return world


def texts(folder: Path) -> str:
    return "\n".join(file.read_text(encoding="utf-8") for file in sorted(folder.rglob("*")) if file.is_file())


def summary(world: World, exported: Any) -> dict[str, tuple[int, list[str]]]:
    """Return what the JSON says of what was left out: counts and names by kind."""
    data = export_document(exported, Identity("https://app.prismatic.io", "o", "O", "u"))
    return {each["kind"]: (each["count"], each["names"]) for each in data["unmanaged"]}


def file_of(folder: Path, name: str) -> Path:
    return folder / "customers" / "ftl-rockets" / f"{name}.yaml"


def set_variable(world: World, instance: str, key: str, value: str) -> None:
    (row,) = world.rows("instances", name=instance)
    variable = next(each for each in world.seed._variables(row["id"]) if each["key"] == key)
    world.sandbox.store.execute("UPDATE config_variables SET value = ? WHERE id = ?", (value, variable["id"]))


def test_no_possible_secret_is_written_down(world: World, tmp_path: Path) -> None:
    """By default it is left out, no environment variable stands for it, and a plan needs none and is empty."""
    exported = export(world, tmp_path)
    written = texts(tmp_path)
    assert "canary" not in written
    assert TOKEN not in written
    assert "valueFrom" not in written
    assert not (tmp_path / ".env.example").exists()
    assert (exported.secrets, exported.needs_secrets, exported.left_out) == (0, False, [])
    variables = documents(tmp_path)["Instance/ftl-rockets-keys"]["spec"]["configVariables"]
    assert variables == {"Token Type": "Bearer", "Use Token": True, "Region": "eu"}
    assert world.plan(tmp_path).empty
    assert world.mutations == []


def test_the_file_and_the_summary_list_what_is_left_out(world: World, tmp_path: Path) -> None:
    """A comment in each manifest names it by its path, and the outcome counts it and names it by kind."""
    exported = export(world, tmp_path)
    text = file_of(tmp_path, "keys").read_text(encoding="utf-8")
    for key in SECRET_VALUES:
        assert f"#   configVariables.{key}\n" in text
    assert f"#   configVariables.{CONNECTION}.inputs: apiKey, host\n" in file_of(tmp_path, "types").read_text("utf-8")
    assert summary(world, exported) == {
        "connectionInput": (2, ["apiKey", "host"]),
        "variableNamedLikeASecret": (
            6,
            sorted(["API Key", "dbPassword", "Card Pin", "Credentials", "Tokens", "Passwords"]),
        ),
        "variableThatLooksSecret": (2, ["Endpoint", "Settings"]),
    }


def test_applying_it_changes_nothing_but_labels(world: World, tmp_path: Path) -> None:
    """In a project an apply adopts: it writes no config variable and deploys nothing, with no secret given."""
    export(world, tmp_path)
    project = "apiVersion: reconciler/v1\nkind: Project\nmetadata: {name: p}\nspec: {}\n"
    (tmp_path / "reconciler.yaml").write_text(project, encoding="utf-8")
    _, results = world.apply_with_plan(tmp_path)
    assert all(result.ok for result in results)
    assert set(world.mutation_names()) == {"updateCustomer", "updateInstance"}
    assert not [entry for entry in world.mutations if "configVariables" in entry.arguments["input"]]


def test_by_reference_every_secret_is_a_value_from(world: World, tmp_path: Path) -> None:
    """Values of every type come back as they are live when they are given by environment variables."""
    exported = export(world, tmp_path, secrets="reference")
    assert "canary" not in texts(tmp_path)
    assert exported.unmanaged == []
    assert exported.secrets == len(SECRET_VALUES) + 2
    variables = documents(tmp_path)["Instance/ftl-rockets-keys"]["spec"]["configVariables"]
    assert {key for key, value in variables.items() if isinstance(value, dict)} == set(SECRET_VALUES)
    assert world.plan(tmp_path, keep_secrets=True).empty
    environ = {**world.environ, **Secrets(world).collect(tmp_path)}
    assert world.plan(tmp_path, environ=environ).empty


def test_declared_secrets_are_kept_and_none_are_added(world: World, tmp_path: Path) -> None:
    """Exported again, a ``valueFrom`` and its comment stay, and what is left out is not added."""
    export(world, tmp_path)
    types, keys = file_of(tmp_path, "types"), file_of(tmp_path, "keys")
    declared = (
        types.read_text("utf-8") + f"    {CONNECTION}: {{inputs: {{apiKey: {{valueFrom: {{env: MINE}}}}}}}} # mine\n"
    )
    types.write_text(declared, encoding="utf-8")
    plain = keys.read_text("utf-8").replace("Region: eu", "Region: eu\n    API Key: canary-plain # Lisa knows")
    keys.write_text(plain, encoding="utf-8")
    again = export(world, tmp_path)
    assert (again.files, again.changed, again.kept) == ([], {}, [])
    assert (types.read_text("utf-8"), keys.read_text("utf-8")) == (declared, plain)
    assert again.needs_secrets
    assert summary(world, again)["connectionInput"] == (1, ["host"])
    assert summary(world, again)["variableNamedLikeASecret"][0] == 5
    assert world.plan(tmp_path, keep_secrets=True).empty


@pytest.mark.parametrize("mode", ["unmanaged", "reference"])
def test_a_changed_live_secret_is_not_shown(mode: str, world: World, tmp_path: Path) -> None:
    """Where a person declares what sounds like a secret, another live value is reported and not written down."""
    export(world, tmp_path)
    keys = file_of(tmp_path, "keys")
    keys.write_text(keys.read_text("utf-8").replace("Region: eu", "Region: eu\n    API Key: canary-plain"), "utf-8")
    set_variable(world, "Keys", "API Key", "another-canary")
    exported = export(world, tmp_path, secrets=mode)
    reason = "configVariables.API Key: the live secret differs; an export does not write it"
    assert exported.kept == [("Instance/ftl-rockets-keys", reason)]
    assert "another-canary" not in texts(tmp_path)
    assert "API Key: canary-plain" in keys.read_text("utf-8")


def test_from_left_out_to_reference(world: World, tmp_path: Path) -> None:
    """Exported again by reference, every secret is named, the comment that is true no more goes, and nothing else."""
    export(world, tmp_path)
    before = file_of(tmp_path, "types").read_text("utf-8")
    exported = export(world, tmp_path, secrets="reference")
    written = texts(tmp_path)
    assert "Left out" not in written
    assert exported.secrets == len(SECRET_VALUES) + 2
    assert file_of(tmp_path, "types").read_text("utf-8").startswith(before.partition("apiKey, host\n")[2])
    environ = {**world.environ, **Secrets(world).collect(tmp_path)}
    assert world.plan(tmp_path, environ=environ).empty
    again = export(world, tmp_path, secrets="reference")
    assert (again.files, again.secrets) == ([], 0)


def test_from_reference_to_left_out(world: World, tmp_path: Path) -> None:
    """What a manifest takes from outside stays so, in an export that would leave it out; what is new is left out."""
    export(world, tmp_path, secrets="reference")
    before = texts(tmp_path)
    again = export(world, tmp_path)
    assert (again.files, again.unmanaged, again.needs_secrets) == ([], [], True)
    set_variable(world, "Types", "A String", TOKEN)
    again = export(world, tmp_path)
    assert [each.name for each in again.unmanaged] == ["A String"]
    assert texts(tmp_path) == before


def test_a_comment_that_a_person_changed_stays(world: World, tmp_path: Path) -> None:
    """A comment that is not word for word the export's own is a person's, whatever is exported later."""
    export(world, tmp_path)
    file = file_of(tmp_path, "types")
    file.write_text(file.read_text("utf-8").replace("apiKey, host", "apiKey (from the vault), host"), "utf-8")
    export(world, tmp_path, secrets="reference")
    assert "#   configVariables.A Connection.inputs: apiKey (from the vault), host\n" in file.read_text("utf-8")


def test_flows_have_secrets_too(tmp_path: Path) -> None:
    """API keys and test headers are left out whatever they hold, a test payload where it looks like a secret."""
    manifest = (
        customer("name: FTL Rockets")
        + instance("Stock", "name: Acme Inventory, version: 2")
        + """\
  flowConfigs:
    Sync Inventory:
      apiKeys: [{valueFrom: {env: KEY}}]
      testHeaders: {X-Region: {valueFrom: {env: HEADER}}}
      testPayload: '{"sku": 7}'
      testContentType: application/json
    Report Low Stock:
      testPayload: '{"token": "canary-payload"}'
"""
    )
    with World() as world:
        given = {**world.environ, "KEY": "canary-key", "HEADER": "canary-header"}
        assert all(result.ok for result in world.apply(manifest, environ=given))
        exported = export(world, tmp_path)
        assert "canary" not in texts(tmp_path)
        flows = documents(tmp_path)["Instance/ftl-rockets-stock"]["spec"]["flowConfigs"]
        assert flows == {"Sync Inventory": {"testPayload": '{"sku": 7}', "testContentType": "application/json"}}
        assert {kind: count for kind, (count, _) in summary(world, exported).items()} == {
            "flowApiKeys": 1,
            "flowTestHeaders": 1,
            "flowTestPayload": 1,
        }
        assert world.plan(tmp_path).empty
        other = tmp_path / "other"
        export(world, other, secrets="reference")
        assert "canary" not in texts(other)
        assert world.plan(other, environ={**world.environ, **Secrets(world).collect(other)}).empty


def test_names_are_escaped_in_the_comment(tmp_path: Path) -> None:
    """Whatever an integration calls its variables, the comment says it harmlessly and the manifest reads as meant."""
    names = sorted({f"{name} password" for name in SENDABLE.values()})
    variables = [{"key": name, "dataType": "string", "defaultValue": ""} for name in names]
    definition = {"definitionVersion": 7, "name": "Odd", "flows": [], "requiredConfigVars": variables}
    with World(integrations=()) as world:
        world.seed.integration(yaml.safe_dump(definition))
        owner = world.seed.customer("Odd")["id"]
        version = world.seed.version("Odd")["id"]
        values = [{"key": name, "value": "canary"} for name in names]
        world.seed.instance("Odd", customer=owner, integration=version, deployed=True, configVariables=values)
        exported = export(world, tmp_path)
        text = texts(tmp_path)
        assert sorted(each.name for each in exported.unmanaged) == names
        assert "canary" not in text
        assert acting(text) == []
        assert "configVariables" not in documents(tmp_path)["Instance/odd"]["spec"]


@pytest.mark.parametrize("customer", ["GitHub", "AWS Marketplace", "CI", "7-Eleven", "Vault", "Prism", "HTTP"])
def test_the_exported_variable_names_can_be_set(customer: str, tmp_path: Path) -> None:
    """Whatever a customer is called, no name is one that a forge, a cloud or a program takes for its own."""
    variables = [{"key": key, "dataType": "string", "defaultValue": ""} for key in ("Token", "Access Token", "Proxy")]
    definition = {"definitionVersion": 7, "name": "Odd", "flows": [], "requiredConfigVars": variables}
    with World(integrations=()) as world:
        world.seed.integration(yaml.safe_dump(definition))
        owner = world.seed.customer(customer)["id"]
        version = world.seed.version("Odd")["id"]
        values = [{"key": each["key"], "value": f"canary-{TOKEN}"} for each in variables]
        world.seed.instance("A", customer=owner, integration=version, deployed=True, configVariables=values)
        assert export(world, tmp_path, secrets="reference").secrets == len(variables)
        environ = {**world.environ, **Secrets(world).collect(tmp_path)}
        assert world.plan(tmp_path, environ=environ).empty
