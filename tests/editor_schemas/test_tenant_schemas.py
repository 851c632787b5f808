"""Schemas for editors from a tenant: which version counts, what is required, what is only suggested."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from editor_schemas.written import written
from prismatic.restricted import NO, Restricted
from support.world import ROOT, World

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

HEAD = """
definitionVersion: 7
name: Stock
flows: [{name: Count, description: Counts all}]
requiredConfigVars:
"""
FIRST = f"""{HEAD}
  - {{key: Size, dataType: string}}
  - {{key: Legacy, dataType: boolean, defaultValue: "true"}}
"""
SECOND = f"""{HEAD}
  - {{key: Size, dataType: number, defaultValue: "10", description: How many at a time}}
  - {{key: Region, dataType: picklist, pickList: [north, south], defaultValue: north}}
"""
ROLES = ("Admin", "Integrator")


def instance(*, handle: str = "new", version: str = "", variables: str = "{}", **more: str) -> str:
    extra = "".join(f"{key}: {value}\n" for key, value in more.items())
    return f"""
apiVersion: reconciler/v1
kind: Instance
metadata: {{name: {handle}}}
spec:
  customer: ftl
  name: Stock
  integration: {{name: Stock{version and f", version: {version}"}}}
  configVariables: {variables}
{extra}"""


def overlay(variables: str, *, handle: str = "stock", integration: str = "") -> str:
    spec = f"{{configVariables: {variables}{integration and f', integration: {integration}'}}}"
    return f"kind: Instance\nmetadata: {{name: {handle}}}\nspec: {spec}\n"


CUSTOMER = "apiVersion: reconciler/v1\nkind: Customer\nmetadata: {name: ftl}\nspec: {name: FTL}\n---"
SIZE = "spec.configVariables.Size"
OLD, NEW = "{Size: small, Legacy: false}", "{Size: 5, Region: south}"


@pytest.fixture
def world() -> Iterator[World]:
    """A tenant with two versions of one integration, and an instance of the first."""
    with World(integrations=()) as made:
        made.seed.integration(FIRST)
        made.seed.integration(SECOND)
        customer = made.seed.customer("FTL", externalId="ftl-1")
        made.seed.instance("Stock", customer=customer["id"], integration=made.seed.version("Stock", 1)["id"])
        yield made


@pytest.mark.parametrize(
    ("version", "right", "wrong"), [("1", OLD, NEW), ("2", NEW, OLD), ("latest", NEW, OLD), ("", NEW, OLD)]
)
def test_a_version_has_its_variables(version: str, right: str, wrong: str, world: World, tmp_path: Path) -> None:
    """A number is that version, ``latest`` and nothing are the newest, and each has its own variables and types."""
    schemas = written(world, tmp_path)
    assert schemas.wrong(instance(version=version, variables=right)) == []
    assert schemas.wrong(instance(version=version, variables=wrong)) == ["spec.configVariables", SIZE]


def test_the_schemas_have_short_lines(world: World, tmp_path: Path) -> None:
    """A schema of a tenant can be read and compared line by line, as the others can."""
    texts = written(world, tmp_path, CUSTOMER + instance()).texts
    assert texts
    assert max(len(line) for text in texts.values() for line in text.splitlines()) < 1000


def test_an_existing_instance_is_checked_by_its_version(world: World, tmp_path: Path) -> None:
    """Where the manifest of a live instance says no version, the variables are those of the version that it has."""
    manifests = CUSTOMER + instance(handle="stock", variables=OLD)
    schemas = written(world, tmp_path, manifests)
    assert schemas.wrong(manifests) == []
    assert schemas.wrong(instance(handle="stock", variables=NEW)) == ["spec.configVariables", SIZE]
    assert schemas.wrong(instance(handle="another", variables=NEW)) == []


def test_latest_is_what_the_lock_says(world: World, tmp_path: Path) -> None:
    """With a lock ``latest`` is the version in it, and a new instance without a version starts with that."""
    (tmp_path / "reconciler.lock").write_text("lockVersion: 1\nintegrations: {Stock: 1}\n", encoding="utf-8")
    schemas = written(world, tmp_path, CUSTOMER + instance(handle="stock", version="latest"))
    assert schemas.wrong(instance(version="latest", variables=OLD)) == []
    assert schemas.wrong(instance(version="latest", variables=NEW)) == ["spec.configVariables", SIZE]
    assert schemas.wrong(instance(variables=OLD)) == []


def test_an_unknown_version_is_not_checked(world: World, tmp_path: Path) -> None:
    """A version that was published after the schema was written takes any variables."""
    assert written(world, tmp_path).wrong(instance(version="3", variables="{Brand New: 1}")) == []


@pytest.mark.parametrize(
    ("lifecycle", "wrong"),
    [
        ("{state: absent}", []),
        ("{ignoreChanges: [description, configVariables]}", []),
        ("{ignoreChanges: [integration.version]}", []),
        ("{ignoreChanges: [configVariables.Size]}", ["spec.configVariables"]),
        ("{state: present}", ["spec.configVariables"]),
    ],
)
def test_ignored_fields_are_not_checked(lifecycle: str, wrong: list[str], world: World, tmp_path: Path) -> None:
    """Deleted resources and ignored fields are not checked, as in a plan."""
    document = instance(variables="{Nonsense: 1}", lifecycle=lifecycle)
    assert written(world, tmp_path).wrong(document) == wrong


def test_flows_are_those_of_the_version(world: World, tmp_path: Path) -> None:
    """A flow that the version lacks is invalid; the others have the fields of flows."""
    schemas = written(world, tmp_path)
    right, wrong = ("  flowConfigs: {Count: {testPayload: x}}", "  flowConfigs: {Cuont: {testPayload: x}}")
    assert schemas.wrong(instance().rstrip() + f"\n{right}\n") == []
    assert schemas.wrong(instance().rstrip() + f"\n{wrong}\n") == ["spec.flowConfigs"]


def test_an_overlay_is_recognized_by_its_handle(world: World, tmp_path: Path) -> None:
    """An overlay has the variables of the version that its instance has by the manifest, or that it names itself."""
    schemas = written(world, tmp_path, CUSTOMER + instance(handle="stock", version="2"))
    assert schemas.wrong_overlay(overlay("{Region: south}")) == []
    assert schemas.wrong_overlay(overlay("{Region: west}")) == ["spec.configVariables.Region"]
    assert schemas.wrong_overlay(overlay("{Legacy: true}")) == ["spec.configVariables.Legacy"]
    assert schemas.wrong_overlay(overlay("{Legacy: true}", integration="{version: 1}")) == []
    assert schemas.wrong_overlay(overlay("{Legacy: true}", handle="unheard-of")) == []
    assert schemas.wrong_overlay(overlay("{Region: west}", handle="unheard-of", integration="{name: Stock}")) == [
        "spec.configVariables.Region"
    ]


def test_an_overlay_may_remove_any_key(world: World, tmp_path: Path) -> None:
    """``null`` in an overlay is valid for every variable, also for one that the version lacks."""
    schemas = written(world, tmp_path, CUSTOMER + instance(handle="stock", version="2"))
    assert schemas.wrong_overlay(overlay("{Region: null, Legacy: null, Gone: null}")) == []


def test_a_value_that_an_overlay_merges_into_is_not_checked_alone(world: World, tmp_path: Path) -> None:
    """A manifest that an overlay of the environment changes is right on its own when the two are right together."""
    (tmp_path / "reconciler.yaml").write_text(
        "apiVersion: reconciler/v1\nkind: Project\nmetadata: {name: p}\n"
        "spec: {manifests: [all.yaml], environments: {prod: {overlays: [over.yaml]}}}\n",
        encoding="utf-8",
    )
    document = instance(handle="stock", version="2", variables="{Legacy: true}")
    (tmp_path / "all.yaml").write_text(CUSTOMER + document, encoding="utf-8")
    (tmp_path / "over.yaml").write_text(overlay("{Legacy: null, Region: south}"), encoding="utf-8")
    assert written(world, tmp_path, files=("all.yaml",)).wrong(document) == ["spec.configVariables"]
    assert written(world, tmp_path, files=(), environment="prod").wrong(document) == []


@pytest.mark.parametrize("handle", ["ftl", "only-just-written"])
def test_customers_are_suggested_and_not_required(handle: str, world: World, tmp_path: Path) -> None:
    """A customer that is not declared yet, or was created meanwhile, is valid."""
    schemas = written(world, tmp_path, CUSTOMER + instance(handle="stock"))
    document = instance().replace("customer: ftl", f"customer: {handle}")
    assert schemas.wrong(document) == []
    assert schemas.wrong(document.replace(f"customer: {handle}", "customer: {externalId: created-meanwhile}")) == []
    assert schemas.wrong(document.replace(f"customer: {handle}", "customer: {name: Created Meanwhile}")) == []
    text = "".join(schemas.texts["manifest.schema.json"].split())
    assert '"enum":["ftl"],"enumDescriptions":["FTL"]' in text
    assert '"enum":["ftl-1"]' in text


def test_an_integration_must_exist(world: World, tmp_path: Path) -> None:
    """The name of an integration is one of the tenant's, or has a variable in it."""
    schemas = written(world, tmp_path)
    assert schemas.wrong(instance().replace("name: Stock,", "name: Stork,").replace("{name: Stock}", "{name: Stork}"))
    assert schemas.wrong(instance().replace("{name: Stock}", '{name: "${var.INTEGRATION}"}')) == []


USER = "apiVersion: reconciler/v1\nkind: User\nmetadata: {name: jo}\nspec: {email: jo@ftl.example, role: ROLE}\n"


def test_a_role_must_exist_for_its_sort_of_user(world: World, tmp_path: Path) -> None:
    """Roles are those of team members, or of customers' users where there is a customer; in overlays any of them."""
    schemas = written(world, tmp_path)
    team, theirs = USER.replace("ROLE", "Integrator"), USER.replace("ROLE}", "Member, customer: ftl}")
    assert schemas.wrong(team) == schemas.wrong(theirs) == []
    assert schemas.wrong(USER.replace("ROLE", "Member")) == ["spec.role"]
    assert schemas.wrong(theirs.replace("Member", "Integrator")) == ["spec.role"]
    assert schemas.wrong(USER.replace("ROLE", '"${var.ROLE}"')) == []
    for role, wrong in {"Member": [], "Integrator": [], "Nobody": ["spec.role"]}.items():
        assert schemas.wrong_overlay(f"kind: User\nmetadata: {{name: jo}}\nspec: {{role: {role}}}\n") == wrong


@pytest.mark.parametrize(
    ("field", "note"),
    [
        ("customers", "customers of the tenant are not offered"),
        ("integrations", "integrations are not known"),
        ("instances", "live instances are not known"),
        ("integration", "the variables of 'Stock' version 2 are not known"),
        ("customerRoles", "roles of the customer's users are not offered"),
    ],
)
def test_unreadable_objects_are_reported_and_not_checked(field: str, note: str, world: World, tmp_path: Path) -> None:
    """Without a permission the schemas lack the unreadable hints, and a note says so."""
    schemas = written(world, tmp_path, transport=Restricted(world.sandbox, lambda each, _: each == field))
    assert any(each.startswith(note) and NO in each for each in schemas.notes)
    unknown = instance(variables="{Nonsense: 1}") if field in {"integrations", "integration"} else USER
    if field in {"integrations", "integration", "customerRoles"}:
        assert schemas.wrong(unknown) == []


def test_two_integrations_of_one_name_are_reported(world: World, tmp_path: Path) -> None:
    """Where two integrations share a name, no variables are required, and a note says so."""
    other = world.seed.integration(FIRST.replace("name: Stock", "name: Other"))
    world.sandbox.store.execute("UPDATE integrations SET name = 'Stock' WHERE id = ?", (other["id"],))
    schemas = written(world, tmp_path)
    assert schemas.notes == ("2 integrations are named 'Stock': editors get hints for none of them",)
    assert schemas.wrong(instance(variables="{Nonsense: 1}")) == []


def test_the_requests_are_few_however_many_versions_there_are(world: World, tmp_path: Path) -> None:
    """Of 120 versions the newest and those in use are described; all together takes five requests."""
    for number in range(3, 121):
        world.seed.integration(SECOND.replace("description: How", f"description: {number}, how"))
    world.forget()
    schemas = written(world, tmp_path, CUSTOMER + instance(version="7"))
    identity, lists, second_page_of_versions, descriptions = 1, 1, 1, 1
    assert world.sandbox.log.requests == identity + lists + second_page_of_versions + descriptions
    described = [entry for entry in world.sandbox.log.queries if entry.field == "integration"]
    assert len(described) == 3
    definitions = json.loads(schemas.texts["manifest.schema.json"])["$defs"]
    versions = [name for name in definitions if name.endswith(".configVariables")]
    expected = [f"version{number}.configVariables" for number in (120, 7, 1)]
    assert versions == [f"{key}.{version}" for key in ("integration0", "set0") for version in expected]


def test_the_examples_are_valid(tmp_path: Path) -> None:
    """The example repository with its overlays is valid by the schemas of a tenant with the example integrations."""
    folder = ROOT / "examples" / "manifests"
    with World() as world:
        schemas = written(world, tmp_path, folder, environment="staging")
    for file in folder.rglob("*.yaml"):
        text = file.read_text(encoding="utf-8")
        assert (schemas.wrong_overlay(text) if "environments" in file.parts else schemas.wrong(text)) == []


def test_without_a_tenant_the_shipped_schemas_are_written(world: World, tmp_path: Path) -> None:
    """The files have the same names with and without a tenant, so that nothing else has to change."""
    from reconciler.workflow.schemas import write_schemas

    files, _ = write_schemas(tmp_path / "plain")
    knowing: dict[str, Any] = written(world, tmp_path).texts
    assert [path.name for path in files] == sorted(knowing)


FILLED = """
apiVersion: reconciler/v1
kind: Instance
metadata: {name: "${var.handle}"}
spec:
  customer: ${var.customer}
  name: ${var.name}
  integration: {name: "${var.integration}", version: "${var.version}"}
  enabled: ${var.enabled}
  deploy: ${var.deploy}
  labels: ["${var.stage}"]
lifecycle: {preventDestroy: "${var.protected}", state: "${var.state}"}
---
apiVersion: reconciler/v1
kind: User
metadata: {name: jo}
spec: {email: "${var.local}", role: "${var.role}", phone: "${var.phone}"}
"""


def test_a_variable_of_the_project_may_stand_for_any_scalar(world: World, tmp_path: Path) -> None:
    """``${var.NAME}`` is valid for a boolean, a number or an enumeration; other text is not."""
    schemas = written(world, tmp_path)
    assert schemas.wrong(FILLED) == []
    assert schemas.wrong_overlay(FILLED) == []
    for right, place in {"${var.enabled}": "spec.enabled", "${var.deploy}": "spec.deploy"}.items():
        assert schemas.wrong(FILLED.replace(right, "no text")) == [place]


def test_parts_that_versions_share_are_written_once(tmp_path: Path) -> None:
    """A second version with the same 130 variables makes the schema hardly larger: each is described once."""
    lines = "".join(
        f"  - {{key: Variable {number}, dataType: string, description: What variable number {number} is good for}}\n"
        for number in range(130)
    )
    sizes = []
    for versions in (1, 2):
        with World(integrations=()) as world:
            customer = world.seed.customer("FTL")
            for _ in range(versions):
                world.seed.integration(HEAD + lines)
                version = world.seed.version("Stock")["id"]
                world.seed.instance(f"At {version}", customer=customer["id"], integration=version)
            text = written(world, tmp_path).texts["manifest.schema.json"]
        assert text.count("What variable number 77 is good for") == 1
        sizes.append(len(text))
    assert sizes[1] < 1.3 * sizes[0]
