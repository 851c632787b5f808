"""An export: its files, what it leaves out and reports, what it never changes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from exporting.exported import Secrets, documents, export
from support.world import ROOT, World

from reconciler.demo.examples import made_up_secrets
from reconciler.errors import UsageError
from reconciler.sandbox.data.variants import Variants

if TYPE_CHECKING:
    from pathlib import Path

MANY = """
definitionVersion: 7
name: Many
flows: []
requiredConfigVars:
""" + "".join(f'  - {{key: Variable {number}, dataType: string, defaultValue: ""}}\n' for number in range(130))
PROJECT = "apiVersion: reconciler/v1\nkind: Project\nmetadata: {name: adopted}\nspec: {}\n"


def acme(world: World, name: str, customer: str, **fields: Any) -> str:
    """Put in an instance of the first version of Acme Inventory; return its ID."""
    version = world.seed.version("Acme Inventory", 1)["id"]
    return str(world.seed.instance(name, customer=customer, integration=version, **fields)["id"])


@pytest.fixture
def small() -> Any:
    """A tenant of two customers, each with a user and an instance."""
    with World() as world:
        for number, name in enumerate(("FTL Rockets", "Blue Harbor")):
            owner = world.seed.customer(name, externalId=f"ext-{number}", labels=["eu"] if number else [])["id"]
            world.seed.user(f"lisa@{number}.example", customer=owner, name="Lisa")
            inputs = [
                {"name": "username", "type": "value", "value": f"canary-user-{number}"},
                {"name": "password", "type": "value", "value": f"canary-password-{number}"},
            ]
            acme(
                world, "Acme Inventory", owner, deployed=True,
                configVariables=[
                    {"key": "My String", "value": "Hello"},
                    {"key": "Acme Inventory User/Pass", "values": json.dumps(inputs)},
                ],
            )  # fmt: skip
        yield world


def test_secrets_are_left_to_the_environment(small: World, tmp_path: Path) -> None:
    """By reference no input of a connection is written down, only the names of the variables that they come from."""
    exported = export(small, tmp_path, secrets="reference")
    texts = [file.read_text(encoding="utf-8") for file in tmp_path.rglob("*") if file.is_file()]
    assert not any("canary" in text for text in texts)
    example = (tmp_path / ".env.example").read_text(encoding="utf-8")
    assert exported.secrets == 4
    assert "FTL_ROCKETS_ACME_INVENTORY_USER_PASS_PASSWORD=\n" in example


def test_only_what_differs_is_written(small: World, tmp_path: Path) -> None:
    """Config variables that are as the integration has them are not written down."""
    export(small, tmp_path)
    assert list(documents(tmp_path)["Instance/ftl-rockets-acme-inventory"]["spec"]["configVariables"]) == [
        "My String",
    ]


def test_full_writes_defaults_as_well(small: World, tmp_path: Path) -> None:
    """With ``full`` every variable that has a value is written down, and planning it is empty all the same."""
    export(small, tmp_path, full=True)
    spec = documents(tmp_path)["Instance/ftl-rockets-acme-inventory"]["spec"]
    assert spec["configVariables"]["Batch Size"] == 50
    assert (spec["enabled"], spec["labels"], spec["description"]) == (True, [], "")
    assert small.plan(tmp_path, keep_secrets=True).empty


def test_applying_an_export_only_adopts(small: World, tmp_path: Path) -> None:
    """In a project an export is adopted: each object gets the project's label, and nothing is deployed again."""
    export(small, tmp_path)
    (tmp_path / "reconciler.yaml").write_text(PROJECT, encoding="utf-8")
    small.forget()
    plan, results = small.apply_with_plan(tmp_path, keep_secrets=True)
    assert {change.actions for change in plan} == {("adopt",)}
    assert all(result.ok for result in results)
    sent = [(entry.field, sorted(entry.arguments["input"])) for entry in small.mutations]
    assert sent == [
        *[("updateCustomer", ["id", "labels"])] * 2,
        *[("updateInstance", ["id", "labels", "preserveDeployState"])] * 2,
    ]
    assert small.plan(tmp_path, keep_secrets=True).empty


def test_a_missing_secret_is_an_error_that_names_it(small: World, tmp_path: Path) -> None:
    """Without its secrets and without ``--keep-secrets`` an export cannot be planned: nothing is ever blanked."""
    export(small, tmp_path, secrets="reference")
    with pytest.raises(Exception, match="FTL_ROCKETS_ACME_INVENTORY_USER_PASS_PASSWORD is not set"):
        small.plan(tmp_path)


def test_kept_secrets_stay(small: World, tmp_path: Path) -> None:
    """A change that is applied with ``--keep-secrets`` leaves every input as it is, the write-only ones too."""
    export(small, tmp_path, secrets="reference")
    before = Secrets(small).collect(tmp_path)
    file = tmp_path / "customers" / "ftl-rockets" / "acme-inventory.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace("Hello", "Goodbye"), encoding="utf-8")
    plan, results = small.apply_with_plan(tmp_path, keep_secrets=True)
    assert [change.address for change in plan] == ["Instance/ftl-rockets-acme-inventory"]
    assert all(result.ok for result in results)
    assert Secrets(small).collect(tmp_path) == before


def test_a_new_instance_has_no_secret_to_keep(small: World, tmp_path: Path) -> None:
    """With ``--keep-secrets`` a new instance is refused, at the line of each secret that is not given."""
    export(small, tmp_path, secrets="reference")
    file = tmp_path / "customers" / "ftl-rockets" / "acme-inventory.yaml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("name: Acme Inventory\n", "name: Another\n", 1), encoding="utf-8")
    with pytest.raises(Exception, match=r"acme-inventory.yaml:\d+:\d+: .*no live secret exists to keep") as refusal:
        small.plan(tmp_path, keep_secrets=True)
    assert len(refusal.value.problems) == 2


def test_manual_edits_are_kept(small: World, tmp_path: Path) -> None:
    """Handles, comments, order and quotes stay; the value that changed changes, and what is new comes at the end."""
    export(small, tmp_path)
    file = tmp_path / "customers" / "ftl-rockets" / "acme-inventory.yaml"
    owner = small.rows("customers", name="FTL Rockets")[0]["id"]
    edited = """\
# Ours since 2019.
apiVersion: reconciler/v1
kind: Instance
metadata: {name: rockets-stock}   # the old name
spec:
    customer: ftl-rockets
    configVariables:
        # Said by Lisa
        'My String': 'Hello' # twice
        Acme Inventory User/Pass:
            inputs:
                password: {valueFrom: {env: ROCKETS_PASSWORD}}
                username: {valueFrom: {env: ROCKETS_USER}}
    integration: {name: Acme Inventory, version: latest}
    name: Acme Inventory
lifecycle: {ignoreChanges: [integration.version]}
"""
    file.write_text(edited, encoding="utf-8")
    instance = small.rows("instances", customer=owner)[0]["id"]
    small.sandbox.store.execute("UPDATE instances SET description = 'New' WHERE id = ?", (instance,))
    small.seed.user("new@ftl.example", customer=owner)
    variable = next(row for row in small.seed._variables(instance) if row["key"] == "My String")
    small.sandbox.store.execute("UPDATE config_variables SET value = 'Goodbye' WHERE id = ?", (variable["id"],))
    exported = export(small, tmp_path)
    text = file.read_text(encoding="utf-8")
    assert "# Ours since 2019.\n" in text
    assert "metadata: {name: rockets-stock}   # the old name\n" in text
    assert "# Said by Lisa\n" in text
    assert "Goodbye # twice\n" in text
    assert text.index("description: New") > text.index("name: Acme Inventory\n")
    assert exported.changed == {
        "customers/ftl-rockets/acme-inventory.yaml": [
            "Instance/rockets-stock configVariables.My String",
            "Instance/rockets-stock description",
        ]
    }
    assert exported.new == {"customers/ftl-rockets/users.yaml": ["User/new"]}
    assert small.plan(tmp_path, keep_secrets=True).empty


@pytest.mark.parametrize(
    ("narrowed", "addresses"),
    [
        (
            {"customer": ["Blue Harbor"]},
            ["Customer/blue-harbor", "Instance/blue-harbor-acme-inventory", "User/blue-harbor-lisa"],
        ),
        ({"customer": ["ext-0"]}, ["Customer/ftl-rockets", "Instance/ftl-rockets-acme-inventory", "User/lisa"]),
        (
            {"integration": ["Acme Inventory"]},
            ["Instance/blue-harbor-acme-inventory", "Instance/ftl-rockets-acme-inventory"],
        ),
        (
            {"label": ["eu"]},
            ["Customer/blue-harbor", "Instance/blue-harbor-acme-inventory", "User/blue-harbor-lisa"],
        ),
        ({"customer": ["Blue Harbor"], "integration": ["Acme Inventory"]}, ["Instance/blue-harbor-acme-inventory"]),
        (
            {"targets": ["Instance/blue-harbor-acme-inventory"]},
            ["Customer/blue-harbor", "Instance/blue-harbor-acme-inventory"],
        ),
    ],
)  # fmt: skip
def test_an_export_can_be_narrowed_down(
    small: World, tmp_path: Path, narrowed: dict[str, Any], addresses: list[str]
) -> None:
    """Only what was asked for is exported, under the same handles, and planning it is empty."""
    export(small, tmp_path, **narrowed)
    assert sorted(documents(tmp_path)) == addresses
    assert small.plan(tmp_path, keep_secrets=True).empty


@pytest.mark.parametrize(
    ("narrowed", "message"),
    [
        ({"customer": ["Blue Habor"]}, "--customer Blue Habor: .* did you mean 'Blue Harbor'"),
        ({"integration": ["Acme"]}, "--integration Acme: nothing in the tenant has this integration; .*'Acme Inv"),
        ({"label": ["us"]}, "--label us: nothing in the tenant has this label; .*'eu'"),
        ({"targets": ["User/lisa2"]}, "--target User/lisa2: nothing in the tenant gets this address; did you mean"),
    ],
)  # fmt: skip
def test_an_unknown_name_is_reported(small: World, tmp_path: Path, narrowed: dict[str, Any], message: str) -> None:
    """What an export cannot be narrowed down to is said, with what there is, and nothing is written."""
    with pytest.raises(UsageError, match=message):
        export(small, tmp_path, **narrowed)
    assert not list(tmp_path.iterdir())


def test_a_manifest_of_a_deleted_object_is_kept(small: World, tmp_path: Path) -> None:
    """An object that is not there any more is told, and its manifest left alone."""
    export(small, tmp_path)
    file = tmp_path / "team.yaml"
    before = file.read_text(encoding="utf-8")
    head = "---\napiVersion: reconciler/v1\nkind: User\nmetadata: {name: gone}\n"
    more = head + "spec: {email: gone@example.com, role: Admin}\n"
    file.write_text(before + more, encoding="utf-8")
    assert export(small, tmp_path).gone == ["User/gone"]
    assert file.read_text(encoding="utf-8") == before + more


def test_names_in_any_script_become_handles(world: World, tmp_path: Path) -> None:
    """A handle is readable whatever the script of a name, and names of which nothing is left get one too."""
    names = {
        "東京商事": "dongjingshangshi", "Ærøskøbing & Sønner": "aeroskobing-sonner", "مؤسسة": "mussh",
        "🚀": "rocket", "---": "customer", "!!!": "customer-2", "FTL": "ftl", "ftl.": "ftl-2",
    }  # fmt: skip
    for name in names:
        world.seed.customer(name)
    export(world, tmp_path)
    found = documents(tmp_path)
    handles = {each["spec"]["name"]: each["metadata"]["name"] for each in found.values() if each["kind"] == "Customer"}
    assert handles == names
    assert world.plan(tmp_path).empty


def test_an_instance_of_many_variables_is_exported_whole(tmp_path: Path) -> None:
    """All of 130 variables are exported, which the API lists on two pages."""
    with World(integrations=()) as world:
        world.seed.integration(MANY)
        owner = world.seed.customer("Many")["id"]
        values = [{"key": f"Variable {number}", "value": str(number)} for number in range(130)]
        version = world.seed.version("Many")["id"]
        world.seed.instance("Many", customer=owner, integration=version, configVariables=values, deployed=True)
        export(world, tmp_path)
        said = documents(tmp_path)["Instance/many"]["spec"]["configVariables"]
        assert said == {each["key"]: each["value"] for each in values}
        assert world.plan(tmp_path).empty


def test_objects_that_no_manifest_can_express_are_reported(world: World, tmp_path: Path) -> None:
    """What cannot be written down is left out with a reason beside it, and the rest is exported."""
    owner = world.seed.customer("Odd")["id"]
    instance = acme(world, "Odd", owner, deployed=True)
    for key, value in {"Batch Size": "many", "My List": '["a", null', "My String": "${var.x} and more"}.items():
        row = next(each for each in world.seed._variables(instance) if each["key"] == key)
        world.sandbox.store.execute("UPDATE config_variables SET value = ? WHERE id = ?", (value, row["id"]))
    world.sandbox.store.execute("UPDATE customers SET description = ?", ("bell \x07 and\nline",))
    assert not export(world, tmp_path).left_out
    text = (tmp_path / "customers" / "odd" / "odd.yaml").read_text(encoding="utf-8")
    assert "# Not exported: configVariables.Batch Size – the live text is not of its type\n" in text
    assert "# Not exported: configVariables.My List – " in text
    assert 'My String: "$${var.x} and more"\n' in text
    assert world.plan(tmp_path).empty


NEEDY = """
definitionVersion: 7
name: Needy
flows: []
requiredConfigVars:
  - {key: Text, dataType: string}
  - {key: Empty, dataType: string}
  - {key: Number, dataType: number, defaultValue: "50"}
  - {key: Form, dataType: jsonForm, defaultValue: "{}"}
"""


def test_a_variable_without_a_value_is_reported(tmp_path: Path) -> None:
    """Without a value and a default a variable is null; that one with a default lost it no manifest can say."""
    with World(Variants(deploy_unconfigured="allowed")) as world:
        world.seed.integration(NEEDY)
        owner = world.seed.customer("Odd")["id"]
        version = world.seed.version("Needy")["id"]
        instance = world.seed.instance("Needy", customer=owner, integration=version, deployed=True)["id"]
        empty = world.seed._variable(instance, "Empty")["id"]
        world.sandbox.store.execute("UPDATE config_variables SET value = '' WHERE id = ?", (empty,))
        number = world.seed._variable(instance, "Number")["id"]
        world.sandbox.store.execute("UPDATE config_variables SET value = NULL WHERE id = ?", (number,))
        export(world, tmp_path)
        file = tmp_path / "customers" / "odd" / "needy.yaml"
        text = file.read_text(encoding="utf-8")
        assert '    Text: null  # has no value, and no default\n    Empty: ""\n' in text
        assert "# Not exported: configVariables.Number – it has no value, and a manifest without one means the" in text
        assert "Form" not in text
        assert world.plan(tmp_path).empty
        kept = text.replace("    Text: null  # has no value, and no default\n", "")
        file.write_text(kept, encoding="utf-8")
        assert export(world, tmp_path).files == []


def test_ambiguous_objects_are_left_out(tmp_path: Path) -> None:
    """Two instances of one name under one customer are named, with the reason, and not exported."""
    with World(Variants(instance_names="free")) as world:
        owner = world.seed.customer("Twice")["id"]
        for _ in range(2):
            acme(world, "Same", owner, deployed=True)
        acme(world, "Other", owner, deployed=True)
        exported = export(world, tmp_path)
        assert [what for what, _ in exported.left_out] == ["Instance/twice-same 'Same'", "Instance/twice-same-2 'Same'"]
        assert "Instance/twice-other" in documents(tmp_path)
        assert world.plan(tmp_path).empty


@pytest.mark.parametrize("mode", ["unmanaged", "reference"])
def test_the_example_tenant_is_exported_as_a_person_would_write_it(world: World, mode: str, tmp_path: Path) -> None:
    """The export of the tenant of the examples is the one that was looked at."""
    world.environ |= {name: f"https://secret-of/{name}" for name in made_up_secrets()}
    assert all(result.ok for result in world.apply(ROOT / "examples" / "manifests", environment="production"))
    export(world, tmp_path, secrets=mode)
    golden = ROOT / "tests" / "exporting" / "golden" / mode
    files = {file.relative_to(tmp_path).as_posix(): file for file in tmp_path.rglob("*") if file.is_file()}
    kept = {file.relative_to(golden).as_posix(): file for file in golden.rglob("*") if file.is_file()}
    assert sorted(files) == sorted(kept)
    for path, file in files.items():
        assert file.read_text(encoding="utf-8") == kept[path].read_text(encoding="utf-8"), path
