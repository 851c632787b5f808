"""World files: the initial content of a sandbox, and the reports about wrong ones."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from reconciler.sandbox.app import Sandbox
from reconciler.sandbox.data.settings import Settings
from reconciler.sandbox.world.load import SetupError

if TYPE_CHECKING:
    from collections.abc import Callable

    from sandbox.client import Api

ROOT = Path(__file__).parents[2]
INTEGRATIONS = ROOT / "examples" / "integrations"
EXAMPLE = ROOT / "examples" / "sandbox" / "world.yaml"
BROKEN: list[dict[str, Any]] = yaml.safe_load(
    (Path(__file__).parent / "broken_worlds.yaml").read_text(encoding="utf-8")
)


@pytest.mark.parametrize("case", BROKEN, ids=lambda case: case["case"])
def test_every_problem_of_a_world_is_reported_at_its_place(case: dict[str, Any], tmp_path: Path) -> None:
    """Every problem of a world file is reported, at its line and column, and nothing else."""
    world = tmp_path / "world.yaml"
    for name, text in {"world.yaml": case["world"], **case.get("files", {})}.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(SetupError) as caught:
        Sandbox(Settings(world=world, integrations=(INTEGRATIONS,)))
    assert str(caught.value).splitlines() == [f"{world}:{error}" for error in case["errors"]]


def test_a_world_that_cannot_be_read_is_one_line(tmp_path: Path) -> None:
    """A missing file, or one that is no text, is reported in one line that names it."""
    for path in (tmp_path / "none.yaml", tmp_path):
        with pytest.raises(SetupError, match=rf"^{path}:1:1: cannot be read: [^\n]+$"):
            Sandbox(Settings(world=path))


@pytest.fixture
def example(start: Callable[..., Api]) -> Api:
    """A sandbox with the example world."""
    return start(world=EXAMPLE, integrations=())


def test_a_world_has_versions_and_drafts(example: Api) -> None:
    """Definitions become versions in their order, available or not, and drafts that were never published."""
    nodes = example(
        "{ integrations(allVersions: true) { nodes { name versionNumber versionIsAvailable versionCreatedAt } } }"
    )["integrations"]["nodes"]
    published = {
        (node["name"], node["versionNumber"], node["versionIsAvailable"]) for node in nodes if node["versionCreatedAt"]
    }
    assert {(name, number) for name, number, available in published if available} >= {
        ("Acme Inventory", 1),
        ("Acme Inventory", 2),
    }
    assert ("CRM Contacts", 1, False) in published
    assert {node["name"] for node in nodes} == {"Acme Inventory", "CRM Contacts", "Every Data Type"}


def test_a_world_has_customers_users_and_roles(example: Api) -> None:
    """Customers with their users, whose roles may be the world's own, and the platform's own customers apart."""
    customers = example(
        """{ customers(isSystem: false) { nodes { name externalId description labels
          users { nodes { email name externalId role { name } } } } } }"""
    )["customers"]["nodes"]
    assert customers[0] == {
        "name": "FTL Rockets",
        "externalId": "abc-123",
        "description": "Faster-than-light Rocket Company, LLC",
        "labels": ["production"],
        "users": {
            "nodes": [
                {
                    "email": "lisa.nguyen@ftl.example",
                    "name": "Lisa Nguyen",
                    "externalId": None,
                    "role": {"name": "Admin"},
                },
                {"email": "sam@ftl.example", "name": "", "externalId": "sam-1", "role": {"name": "Auditor"}},
            ]
        },
    }
    assert [customer["name"] for customer in customers] == ["FTL Rockets", "Blue Harbor"]
    system = example("{ customers(isSystem: true) { nodes { name } } }")["customers"]["nodes"]
    assert "Demonstrations" in {node["name"] for node in system}
    team = example("{ organization { users { nodes { email role { name } } } } }")["organization"]["users"]["nodes"]
    assert {"email": "pat@example.com", "role": {"name": "Integrator"}} in team


def test_a_world_has_configured_instances(example: Api) -> None:
    """Values are plain YAML and come out as the API writes them; a deploy is as the file says."""
    nodes = example(
        """{ instances(isSystem: false) { nodes { id name description enabled needsDeploy lastDeployedAt designedBy
          instanceType configState labels customer { name } integration { versionNumber }
          flowConfigs { nodes { flow { name } apiKeys testPayload } } } } }"""
    )["instances"]["nodes"]
    by_name = {(node["customer"]["name"], node["name"]): node for node in nodes}
    first = by_name["FTL Rockets", "Acme Inventory"]
    assert (first["integration"], first["enabled"], first["needsDeploy"]) == ({"versionNumber": 1}, True, False)
    assert first["lastDeployedAt"] is not None
    assert first["labels"] == ["production"]
    assert first["flowConfigs"]["nodes"][0] == {
        "flow": {"name": "Sync Inventory"},
        "apiKeys": ["made-up-key"],
        "testPayload": "{}",
    }
    variables = example.variables(first["id"])
    assert {key: variables[key]["value"] for key in ("Batch Size", "My List", "Inventory Field Mapping")} == {
        "Batch Size": "100",
        "My List": '["one", "two"]',
        "Inventory Field Mapping": '[{"key": "qty", "value": "Quantity"}, {"key": "usd", "value": "Price"}]',
    }
    assert variables["Sync Inventory Item Metadata?"]["value"] == "true"
    assert variables["Sync Schedule"]["value"] == "5 */1 * * *"
    assert variables["Sync Schedule"]["timeZone"] == "America/Chicago"
    password = variables["Acme Inventory User/Pass"]["inputs"]["password"]
    assert (password["value"], password["hasValue"]) == ("", True)
    stored = example.sandbox.seed.inputs(first["id"], "Acme Inventory User/Pass")
    assert stored == {"username": "ftl", "password": "made-up-and-write-only"}
    contacts = by_name["FTL Rockets", "Contacts"]
    assert example.variables(contacts["id"])["CRM Connection"]["status"] == "ACTIVE"
    assert (contacts["needsDeploy"], contacts["configState"]) == (True, "FULLY_CONFIGURED")
    other = by_name["Blue Harbor", "Acme Inventory"]
    assert (other["integration"], other["enabled"], other["lastDeployedAt"]) == ({"versionNumber": 2}, False, None)
    assert by_name["Blue Harbor", "Their own"]["designedBy"] == "CUSTOMER"
    assert by_name["Blue Harbor", "Nightly"]["instanceType"] == "WORKFLOW"
    system = example("{ instances(isSystem: true) { nodes { name } } }")["instances"]["nodes"]
    assert "A test" in {node["name"] for node in system}


def test_the_numbers_of_versions_can_have_gaps(start: Callable[..., Api], tmp_path: Path) -> None:
    """A world can hold just those versions of a long-lived integration that matter."""
    (tmp_path / "a.yaml").write_text("name: A", encoding="utf-8")
    (tmp_path / "world.yaml").write_text(
        "integrations: [{versions: [{definition: a.yaml, number: 7}, {definition: a.yaml}, "
        "{definition: a.yaml, number: 12}]}]\n",
        encoding="utf-8",
    )
    api = start(world=tmp_path / "world.yaml", integrations=())
    query = "{ integrations(allVersions: true, versionIsAvailable: true) { nodes { versionNumber } } }"
    assert [node["versionNumber"] for node in api(query)["integrations"]["nodes"]] == [7, 8, 12]


def test_the_schema_that_editors_read_is_one() -> None:
    """The schema of world files is valid and closed, and the example points to it."""
    path = ROOT / "reconciler" / "sandbox" / "world" / "world.schema.json"
    schema = json.loads(path.read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    first = EXAMPLE.read_text(encoding="utf-8").splitlines()[0]
    assert (EXAMPLE.parent / first.partition("$schema=")[2]).resolve() == path
    closed = [
        schema,
        *(each for name, each in schema["$defs"].items() if name not in {"labels", "names", "sharedInputs"}),
    ]
    assert all(each["additionalProperties"] is False for each in closed)


def test_a_world_may_be_empty(start: Callable[..., Api], tmp_path: Path) -> None:
    """A file with nothing but a comment is a world with nothing in it."""
    path = tmp_path / "world.yaml"
    path.write_text("# nothing yet\n", encoding="utf-8")
    api = start(world=path, integrations=())
    assert api("{ customers(isSystem: false) { totalCount } }")["customers"]["totalCount"] == 0


def test_a_date_in_a_world_is_text(start: Callable[..., Api], tmp_path: Path) -> None:
    """A date needs no quotes: it arrives as it is written."""
    path = tmp_path / "world.yaml"
    path.write_text(
        "customers: [{name: A}]\n"
        "instances: [{name: I, customer: A, integration: Every Data Type, configVariables: {A Date: 2024-05-01}}]\n",
        encoding="utf-8",
    )
    api = start(world=path)
    (instance,) = api('{ instances(name: "I") { nodes { id } } }')["instances"]["nodes"]
    assert api.values(instance["id"])["A Date"] == "2024-05-01"


def test_a_world_may_use_anchors(tmp_path: Path) -> None:
    """Instances can share a part by an anchor, and a mistake in it is reported at its place."""
    path = tmp_path / "world.yaml"
    text = """customers: [{name: A}]
instances:
  - &usual
    name: One
    customer: A
    integration: Acme Inventory
    configVariables: {Batch Size: 7}
  - <<: *usual
    name: Two
"""
    path.write_text(text, encoding="utf-8")
    with Sandbox(Settings(world=path, integrations=(INTEGRATIONS,))) as sandbox:
        values = [
            sandbox.seed.values(row["id"])["Batch Size"]
            for name in ("One", "Two")
            for row in sandbox.store.where("instances", name=name)
        ]
    assert values == ["7", "7"]
    path.write_text(text.replace("Batch Size", "Bach Size"), encoding="utf-8")
    with pytest.raises(SetupError) as caught:
        Sandbox(Settings(world=path, integrations=(INTEGRATIONS,)))
    message = "there is no config variable 'Bach Size'; did you mean 'Batch Size'?"
    assert str(caught.value).splitlines() == [f"{path}:7:23: {message}", f"{path}:8:5: {message}"]


@pytest.mark.parametrize("content", ["customers: " + "[" * 5000 + "]" * 5000, "a: &a [*a]", "? [a, b]\n: c"])
def test_a_world_that_no_sandbox_can_hold_is_reported(tmp_path: Path, content: str) -> None:
    """Nesting without end, a value within itself and a list as a key end as a line, not as a traceback."""
    path = tmp_path / "world.yaml"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(SetupError, match=rf"^{path}:1:\d+: [^\n]+$"):
        Sandbox(Settings(world=path))


def test_a_world_is_built_once(start: Callable[..., Api], tmp_path: Path) -> None:
    """With a state file, the world is what it starts with; what was changed since stays, also without the file."""
    world, state = tmp_path / "world.yaml", tmp_path / "state.sqlite"
    world.write_text("customers: [{name: A}]", encoding="utf-8")
    first = start(world=world, state=state)
    first.done("createCustomer", "customer { id }", name="B")
    first.sandbox.close()
    world.unlink()
    query = "{ customers(isSystem: false) { nodes { name } } }"
    assert start(world=world, state=state)(query)["customers"]["nodes"] == [{"name": "A"}, {"name": "B"}]


def test_a_broken_world_leaves_no_state(tmp_path: Path) -> None:
    """Where the world cannot be built, the state file has nothing in it, and the mended world is built."""
    world, state = tmp_path / "world.yaml", tmp_path / "state.sqlite"
    world.write_text("customers: [{name: A}, {name: A}]", encoding="utf-8")
    with pytest.raises(SetupError):
        Sandbox(Settings(world=world, state=state))
    world.write_text("customers: [{name: A}]", encoding="utf-8")
    with Sandbox(Settings(world=world, state=state)) as sandbox:
        assert len(sandbox.store.where("customers", name="A")) == 1


def test_a_reset_builds_the_world_again(api: Api, start: Callable[..., Api], tmp_path: Path) -> None:
    """The control endpoint's reset gives the world back, and says why where its file is broken by now."""
    world = tmp_path / "world.yaml"
    world.write_text("customers: [{name: A}]", encoding="utf-8")
    api = start(world=world)
    api.sandbox.seed.customer("B")
    assert api.request("POST", "/sandbox/reset").status_code == 204
    query = "{ customers(isSystem: false) { nodes { name } } }"
    assert api(query)["customers"]["nodes"] == [{"name": "A"}]
    world.write_text("customers: none", encoding="utf-8")
    answer = api.request("POST", "/sandbox/reset")
    assert (answer.status_code, answer.json()) == (409, {"detail": f"{world}:1:1: customers must be a list"})
    assert api(query)["customers"]["nodes"] == [{"name": "A"}]


def test_with_a_seed_a_world_has_the_same_ids_in_every_run(start: Callable[..., Api]) -> None:
    """IDs of a world can be relied on where they are wanted, and none is given twice."""
    query = "{ instances { nodes { id } } customers { nodes { id } } users { nodes { id } } }"
    first, second = (start(world=EXAMPLE, seed=3, integrations=()) for _ in range(2))
    assert first(query) == second(query)
    assert start(world=EXAMPLE, seed=4, integrations=())(query) != first(query)
    first.sandbox.seed.customer("One more")


@pytest.mark.parametrize("variant", ["enabled_after_create=false", "enabled_after_deploy=true"])
def test_a_world_says_what_is_enabled(start: Callable[..., Api], variant: str) -> None:
    """The state that a world file gives an instance holds under every variant of create and deploy."""
    api = start(world=EXAMPLE, variants=[variant], integrations=())
    nodes = api("{ instances(isSystem: false) { nodes { enabled description } } }")["instances"]["nodes"]
    assert [node["enabled"] for node in nodes if node["description"] == "Never deployed"] == [False]
    assert nodes[0]["enabled"] is True


def test_the_documented_world_is_one(start: Callable[..., Api], tmp_path: Path) -> None:
    """The world in docs/sandbox.md works as it stands there, beside the example."""
    text = (ROOT / "docs" / "sandbox.md").read_text(encoding="utf-8")
    (world,) = re.findall(r"```yaml\n(roles:.*?)```", text, re.DOTALL)
    shutil.copytree(ROOT / "examples" / "integrations", tmp_path / "integrations")
    (tmp_path / "sandbox").mkdir()
    (tmp_path / "sandbox" / "world.yaml").write_text(world, encoding="utf-8")
    api = start(world=tmp_path / "sandbox" / "world.yaml", integrations=())
    (instance,) = api("{ instances(isSystem: false) { nodes { integration { versionNumber } needsDeploy } } }")[
        "instances"
    ]["nodes"]
    assert instance == {"integration": {"versionNumber": 11}, "needsDeploy": False}
