"""Worlds that are made of manifests."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from exporting.exported import export
from exporting.second_tenant import picture
from support.world import INTEGRATIONS, ROOT, World

from reconciler.demo.examples import made_up_secrets
from reconciler.sandbox.app import Sandbox
from reconciler.sandbox.data.settings import Settings
from reconciler.sandbox.world.load import SetupError

if TYPE_CHECKING:
    from collections.abc import Mapping

EXAMPLE = ROOT / "examples" / "sandbox" / "world.yaml"
MANIFESTS = ROOT / "examples" / "manifests"
BROKEN: list[dict[str, Any]] = yaml.safe_load(
    (Path(__file__).parent / "broken_exports.yaml").read_text(encoding="utf-8")
)


def _write(folder: Path, files: Mapping[str, str]) -> Path:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def _manifest(kind: str, handle: str, spec: Mapping[str, Any], **more: Any) -> str:
    data = {"apiVersion": "reconciler/v1", "kind": kind, "metadata": {"name": handle}, "spec": spec, **more}
    return "---\n" + yaml.safe_dump(data)


@pytest.mark.parametrize("case", BROKEN, ids=lambda case: case["case"])
def test_every_problem_of_manifests_is_reported_at_its_place(case: dict[str, Any], tmp_path: Path) -> None:
    """Every problem of a folder of manifests is reported at its place, and nothing else."""
    folder = _write(tmp_path / "export", case["files"])
    with pytest.raises(SetupError) as caught:
        Sandbox(Settings(manifests=folder, integrations=(INTEGRATIONS,)))
    expected = [f"{folder}{error.replace('{folder}', str(folder))}" for error in case["errors"]]
    assert str(caught.value).splitlines() == expected


def test_what_manifests_declare_is_there() -> None:
    """A plan of the manifests that a tenant was made of finds nothing to change but sets: it adopts what it manages."""
    with World(manifests=MANIFESTS) as world:
        world.environ |= {name: f"made-up {name}" for name in made_up_secrets()}
        for name in (each for each in made_up_secrets() if each.endswith("_URL")):
            world.environ[name] = f"https://made-up.example/{name}"
        plan = world.plan(MANIFESTS, environment="production")
        single = [change for change in plan.changes if not change.address.startswith("Instance/low-stock.")]
        assert {action for change in single for action in change.actions} == {"adopt", "update"}
        fields = [field.path for change in single for field in change.fields]
        assert sorted(fields) == [("lifecycle", "preventDestroy"), ("payloadTemplate",)]  # the sandbox reads no files
        world.apply(MANIFESTS, environment="production")
        assert world.plan(MANIFESTS, environment="production").empty


def test_an_exported_tenant_can_be_rehearsed_on(tmp_path: Path) -> None:
    """A sandbox started from an export has what the exported tenant had, and a plan finds nothing to change in it."""
    folder = tmp_path / "exported"
    with World(world=EXAMPLE, integrations=()) as world:
        world.sandbox.store.execute("UPDATE integrations SET versionIsAvailable = 1 WHERE NOT draft")
        exported = export(world, folder)
        before = picture(world)
    assert exported.left_out == []
    with World(manifests=folder) as world:
        plan = world.plan(folder, keep_secrets=True)
        after = picture(world)
    assert plan.empty
    assert after.keys() == before.keys()
    for what in before.keys() - {("Instance", "FTL Rockets", "Acme Inventory")}:
        assert after[what] == before[what], what


def test_secrets_become_made_up_texts(tmp_path: Path) -> None:
    """What comes from elsewhere is replaced where text is asked for, and otherwise left as it starts."""
    password = {"valueFrom": {"env": "PASSWORD"}}
    variables = {
        "A String": {"valueFrom": {"file": "a.txt"}},
        "A Number": {"valueFrom": {"exec": ["op", "read"]}},
        "A Number List": [1, {"valueFrom": {"env": "N"}}],
        "A String List": ["a", {"valueFrom": {"exec": ["op", "read"]}}],
        "A Connection": {"inputs": {"apiKey": password}, "customerConfigVariableId": "of-another-tenant"},
        "A Boolean": None,
    }
    spec = {"customer": "a", "name": "I", "integration": {"name": "Every Data Type"}, "configVariables": variables}
    flows = {"Show Configuration": {"apiKeys": [password], "testHeaders": {"X": "1"}, "testPayload": None}}
    folder = _write(
        tmp_path,
        {
            "a.yaml": _manifest("Customer", "a", {"name": "A"})
            + _manifest("Instance", "i", {**spec, "flowConfigs": flows})
        },
    )
    with World(manifests=folder) as world:
        (row,) = world.rows("instances", name="I")
        values = world.seed.values(row["id"])
        inputs = world.seed.inputs(row["id"], "A Connection")
        (config,) = world.rows("flow_configs", instance=row["id"])
    assert values["A String"] == "made-up a.txt"
    assert values["A String List"] == '["a", "made-up op read"]'
    assert inputs["apiKey"] == "made-up PASSWORD"
    assert (config["apiKeys"], config["testHeaders"]) == ('["made-up PASSWORD"]', '{"X": "1"}')
    assert row["lastDeployedAt"] is not None
    with World() as fresh:
        customer = fresh.seed.customer("A")
        version = fresh.seed.version("Every Data Type")
        untouched = fresh.seed.instance("I", customer=customer["id"], integration=version["id"])
        defaults = fresh.seed.values(untouched["id"])
    same = ("A Number", "A Number List", "A Boolean")
    assert {key: values[key] for key in same} == {key: defaults[key] for key in same}


def test_what_manifests_leave_out_is_made_good(tmp_path: Path) -> None:
    """Customers and roles that are only referred to are made, and versions are published under their numbers."""
    documents = [
        _manifest("User", "u", {"customer": {"externalId": "x-1"}, "email": "u@example.com", "role": "Market Admin"}),
        _manifest("User", "me", {"email": "admin@example.com", "role": "Owner"}),
        _manifest(
            "Instance",
            "i",
            {"customer": {"name": "B"}, "name": "I", "integration": {"name": "Acme Inventory", "version": 12}},
        ),
        _manifest(
            "Instance",
            "j",
            {
                "customer": {"externalId": "x-1"},
                "name": "J",
                "integration": {"name": "CRM Contacts", "version": "latest"},
                "deploy": "never",
            },
        ),
        _manifest("Customer", "gone", {"name": "Gone"}, lifecycle={"state": "absent"}),
    ]
    with World(manifests=_write(tmp_path, {"all.yml": "".join(documents)})) as world:
        customers = {(row["name"], row["externalId"]) for row in world.rows("customers", isSystem=0)}
        (user,) = world.rows("users", email="u@example.com")
        assert len(world.rows("users", customer=None)) == 1
        (role,) = world.rows("roles", name="Market Admin")
        instances = {row["name"]: row for row in world.rows("instances", isSystem=0)}
        versions = [row["versionNumber"] for row in world.rows("integrations", name="Acme Inventory", draft=0)]
        plan = world.plan(tmp_path / "all.yml")
    assert customers == {("x-1", "x-1"), ("B", None)}
    assert user["role"] == role["id"]
    assert versions == [1, 2, 12]
    assert instances["I"]["deployedVersion"] == 12
    assert instances["J"]["lastDeployedAt"] is None
    assert plan.empty


def test_a_project_chooses_manifests_and_sets_variables(tmp_path: Path) -> None:
    """Only the project's manifests are read, without overlays, and with its variables filled in."""
    spec = {
        "manifests": ["./customers/"],
        "variables": {"stage": "live"},
        "environments": {"staging": {"overlays": ["customers/staging"]}, "production": None},
    }
    folder = _write(
        tmp_path,
        {
            "reconciler.yaml": _manifest("Project", "p", spec),
            "customers/a.yaml": _manifest(
                "Customer", "a", {"name": "A ${var.stage} ${var.none} $${var.stage}", "labels": ["${var.stage}"]}
            ),
            "customers/staging/a.yaml": _manifest("Customer", "a", {"name": "Overlay"}),
            "elsewhere.yaml": _manifest("Customer", "b", {"name": "B"}),
        },
    )
    with World(manifests=folder) as world:
        (row,) = world.rows("customers", isSystem=0)
    assert (row["name"], row["labels"]) == ("A live ${var.none} ${var.stage}", '["live"]')


def test_an_instance_that_cannot_be_deployed_is_created_without_a_deploy(tmp_path: Path) -> None:
    """An instance that lacks values is not deployed; an OAuth 2.0 connection is authorized: manifests hold neither."""
    spec = {"customer": {"name": "A"}, "name": "I", "integration": {"name": "CRM Contacts"}}
    with World(manifests=_write(tmp_path, {"i.yaml": _manifest("Instance", "i", spec)})) as world:
        (row,) = world.rows("instances", name="I")
        statuses = {variable["status"] for variable in world.rows("config_variables", instance=row["id"])}
    assert row["lastDeployedAt"] is None
    assert "PENDING" not in statuses
