"""The real yaml-language-server, as editors run it, with the schemas that the command writes for a tenant."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest
import yaml
from support.language_server import Diagnostic, language_server
from support.serving import run, served
from support.world import ROOT, World

from reconciler.demo.examples import made_up_secrets

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from support.language_server import LanguageServer

SETTINGS = {
    "./schemas/manifest.schema.json": ["/exported/**/*.yaml", "/new.yaml"],
    "./schemas/overlay.schema.json": ["/overlays/*.yaml"],
}
MODELINE = "# yaml-language-server: $schema=schemas/manifest.schema.json\n"


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example repository, applied to a tenant, with the schemas of it and an export, each by the real command."""
    folder = tmp_path_factory.mktemp("repository")
    examples = ROOT / "examples" / "manifests"
    manifests = folder / "examples" / "manifests"
    shutil.copytree(examples, manifests)
    with World() as world:
        world.environ |= made_up_secrets()
        assert all(result.ok for result in world.apply(examples, cwd=examples, environment="production"))
        with served(world.sandbox) as url:
            environ = {"PRISMATIC_URL": url, "PRISM_ACCESS_TOKEN": world.sandbox.settings.token}
            for command in (
                ("schema", "--out", "../../schemas", "--online", "--environment", "staging"),
                ("export", "--out", "../../exported"),
            ):
                ran = run(*command, environ=environ, cwd=manifests)
                assert ran.code == 0, ran.err
    return folder


@pytest.fixture(scope="module")
def by_settings(repository: Path) -> Iterator[LanguageServer]:
    """A server whose editor says in its settings which schema is for which files."""
    with language_server(repository, schemas=SETTINGS) as server:
        yield server


@pytest.fixture(scope="module")
def by_modeline(repository: Path) -> Iterator[LanguageServer]:
    """A server that finds the schema by a file's first line alone."""
    with language_server(repository) as server:
        yield server


@pytest.fixture(params=["settings", "modeline"])
def server(request: pytest.FixtureRequest) -> LanguageServer:
    found: LanguageServer = request.getfixturevalue(f"by_{request.param}")
    return found


def instance(variables: str = "    Batch Size: 5\n", **said: str) -> str:
    """Return a manifest as it is being written, its first line a modeline; ``‸`` is where the cursor is."""
    more = {"customer": "ftl-rockets", "integration": "Acme Inventory", "version": "2", **said}
    return f"""{MODELINE}apiVersion: reconciler/v1
kind: Instance
metadata:
  name: {more.get("handle", "brand-new")}
spec:
  customer: {more["customer"]}
  name: Brand New
  integration:
    name: {more["integration"]}
    version: {more["version"]}
{more.get("extra", "")}  configVariables:
{variables}"""


def test_variables_are_completed_with_their_description(server: LanguageServer) -> None:
    """Under ``configVariables`` the version's own are offered, each with its description, and its default filled in."""
    offers = server.completions("new.yaml", instance("    Batch Size: 5\n    ‸\n"))
    assert "Batch Size" not in offers
    assert "Warehouse Region" in offers
    endpoint = offers["Acme Inventory Endpoint"]
    assert "The address of your Acme Inventory API" in endpoint.documentation
    assert endpoint.inserted == "Acme Inventory Endpoint: "
    assert offers["Low Stock Threshold"].inserted == "Low Stock Threshold: ${1:10}"
    assert "Show Configuration" not in offers
    former = server.completions("new.yaml", instance("    ‸\n", version="1"))
    assert {*former} - {*offers} >= {"Warehouse"}
    assert "Warehouse Region" not in former


def test_completed_values_are_valid(by_settings: LanguageServer) -> None:
    """Whatever variable is completed with its default leaves nothing wrong behind."""
    offers = by_settings.completions("new.yaml", instance("    ‸\n", integration="Every Data Type", version="1"))
    assert len(offers) > 20
    filled = [offer for offer in offers.values() if "${1" in offer.inserted and "\n" not in offer.inserted]
    assert len(filled) >= 5
    for offer in filled:
        text = offer.inserted.replace("${1:", "").replace("}", "").replace("\\$", "$")
        variables = f"    {text}\n"
        assert (
            by_settings.diagnostics("new.yaml", instance(variables, integration="Every Data Type", version="1")) == []
        )


@pytest.mark.parametrize(
    ("text", "offered"),
    [
        (instance("    Warehouse Region: ‸\n"), {"east", "west", "north", "south"}),
        (instance("    Sync Inventory Item Metadata?: ‸\n"), {"true", "false"}),
        (instance("    Acme Inventory User/Pass:\n      inputs:\n        ‸\n"), {"username", "password"}),
        (instance("    Sync Schedule:\n      schedule:\n        ‸\n"), {"cron", "timeZone", "type"}),
        (instance("    Sync Schedule:\n      schedule:\n        type: ‸\n"), {"custom", "hour", "week"}),
        (instance(customer="‸"), {"ftl-rockets", "nordlys", "blue-harbor"}),
        (instance(customer="\n    externalId: ‸"), {"abc-123"}),
        (instance(customer="\n    name: ‸"), {"FTL Rockets"}),
        (instance(integration="‸"), {"Acme Inventory", "CRM Contacts", "Every Data Type"}),
        (instance(version="‸"), {"1", "2", "latest"}),
        (instance(extra="  flowConfigs:\n    ‸\n"), {"Sync Inventory"}),
    ],
    ids=[
        "options",
        "booleans",
        "inputs",
        "schedule",
        "type",
        "handles",
        "IDs",
        "names",
        "integrations",
        "versions",
        "flows",
    ],
)
def test_values_are_completed(text: str, offered: set[str], server: LanguageServer) -> None:
    """What the tenant and the manifests have is offered where it belongs."""
    offers = server.completions("new.yaml", text)
    assert offered <= {*offers}
    assert not {"abc-123", "FTL Rockets"} & {*offers} or offered <= {"abc-123", "FTL Rockets"}


def test_customers_are_completed_with_their_names(server: LanguageServer) -> None:
    """Beside a handle stands which customer it is."""
    assert server.completions("new.yaml", instance(customer="‸"))["nordlys"].documentation == "Nordlys Textiles"


USER = MODELINE + "apiVersion: reconciler/v1\nkind: User\nmetadata: {name: jo}\nspec:\n  email: jo@ftl.example\n"


def test_roles_are_completed(server: LanguageServer) -> None:
    """A team member gets other roles offered than a customer's user."""
    team = server.completions("new.yaml", f"{USER}  role: ‸\n")
    theirs = server.completions("new.yaml", f"{USER}  customer: nordlys\n  role: ‸\n")
    assert {"Owner", "Integrator"} <= {*team}
    assert "Member" in theirs
    assert not {"Integrator", "Guest"} & {*theirs}


def test_hovering_describes_a_variable(server: LanguageServer) -> None:
    """Over a variable stands what its integration says of it, its type and its default, and nothing general."""
    shown = server.hover("new.yaml", instance("    Batch S‸ize: 5\n"))
    assert "Items to fetch at a time" in shown
    assert "A number. The default: 50." in shown
    assert "Any plain YAML" not in shown


MISTAKES = """\
    Bath Size: 5
    Batch Size: many
    Warehouse Region: center
    My List: {a: b}
    Acme Inventory User/Pass: {inputs: {usernam: x}}
    Sync Schedule: every day
    Low Stock Threshold: [1]
"""
FIRST = 13


def test_mistakes_are_marked(server: LanguageServer) -> None:
    """An unknown variable, a wrong type, an option that is not on the list: each is marked in its line."""
    found = server.diagnostics("new.yaml", instance(MISTAKES))
    assert sorted({each.line for each in found}) == [FIRST + number for number in range(7)]
    by_line = {each.line - FIRST: each.message for each in found}
    assert by_line[0] == "Property Bath Size is not allowed."
    assert by_line[1].startswith("must be a number")
    assert '"east", "west"' in by_line[2]
    assert by_line[3] == "must be a list"
    assert by_line[4] == "Property usernam is not allowed."
    assert "five fields" in by_line[5]
    assert by_line[6].startswith("must be a number")


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        (instance(integration="Acme Inventories"), 10, '"Acme Inventory"'),
        (f"{USER}  role: Nobody\n", 7, '"Integrator"'),
        (f"{USER}  customer: nordlys\n  role: Integrator\n", 8, '"Member"'),
        (f"{USER}", 5, 'Missing property "role"'),
        (instance(extra="  flowConfigs: {Sinc: {}}\n"), 12, "Property Sinc is not allowed"),
    ],
)
def test_other_mistakes_are_marked(text: str, line: int, message: str, server: LanguageServer) -> None:
    """An integration, a role or a flow that there is not, and what is missing, are marked with what there is."""
    found = server.diagnostics("new.yaml", text)
    assert [each.line for each in found] == [line]
    assert message in found[0].message


RIGHT = """\
    Batch Size: ${var.SIZE}
    Low Stock Threshold: "10"
    Sync Inventory Item Metadata?: "TRUE"
    Warehouse Region: ${var.REGION}
    My String: {valueFrom: {env: STRING}}
    My List: null
    Inventory Field Mapping: [{key: a, value: b}, {key: a, value: {valueFrom: {env: B}}}]
    Sync Schedule: 5 */1 * * *
    Acme Inventory User/Pass: {inputs: {username: "5", password: {valueFrom: {file: secrets/password}}}}
"""


@pytest.mark.parametrize(
    "text",
    [
        instance(RIGHT),
        instance(customer="only-just-written"),
        instance(customer="{externalId: created-meanwhile}"),
        instance("    Brand New: 1\n", version="3"),
        instance("    Nonsense: 1\n").replace("spec:", "lifecycle: {state: absent}\nspec:"),
    ],
)
def test_manifests_that_a_plan_accepts_are_not_marked(text: str, server: LanguageServer) -> None:
    """Variables of the project, secrets, ``null``, numbers in quotes, new customers, newer versions: all are right."""
    assert server.diagnostics("new.yaml", text) == []


def test_examples_and_exports_are_not_marked(repository: Path, by_settings: LanguageServer) -> None:
    """The example repository with its overlays, and an export of the tenant it was applied to, have no mark at all."""
    files = [file for file in repository.rglob("*.yaml") if file.name != "new.yaml"]
    assert len(files) > 10
    wrong = {
        file.name: found
        for file in files
        if (found := by_settings.diagnostics(file.relative_to(repository).as_posix(), file.read_text(encoding="utf-8")))
    }
    assert wrong == {}


OVERLAY = "kind: Instance\nmetadata:\n  name: ftl-acme-inventory\nspec:\n"


def test_overlays_know_the_variables_of_their_instance(by_settings: LanguageServer) -> None:
    """An overlay, which says no integration, is completed and checked by the instance that it is for."""
    file = "overlays/one.yaml"
    offers = by_settings.completions(file, f"{OVERLAY}  configVariables:\n    ‸\n")
    assert "Batch Size" in offers
    assert by_settings.diagnostics(file, f"{OVERLAY}  configVariables: {{Batch Size: 7, My List: null}}\n") == []
    assert by_settings.diagnostics(file, f"{OVERLAY}  configVariables: {{Batch Size: many}}\n") == [
        Diagnostic(5, "must be a number, or {valueFrom: …}")
    ]
    unknown = by_settings.diagnostics(file, f"{OVERLAY}  configVariables: {{Bath Size: 7}}\n")
    assert [each.line for each in unknown] == [5]


def test_valid_documents_are_recognized_as_yaml(repository: Path) -> None:
    """The texts that are shown to the server here are YAML when the cursor is taken out of them."""
    for text in (instance(RIGHT), instance(MISTAKES), f"{USER}  role: Nobody\n"):
        assert isinstance(yaml.safe_load(text), dict)
