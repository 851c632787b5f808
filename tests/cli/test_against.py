"""``plan --against DEFINITION``: which manifests an unpublished version of an integration would break."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import pytest
from jsonschema import Draft202012Validator
from support.hostile import HOSTILE, acting

from reconciler.manifests.schema.schemas import load_schema

if TYPE_CHECKING:
    from pathlib import Path

    from cli.shell import Shell
    from support.world import World

HEAD = """
definitionVersion: 7
name: Stock
flows: [{name: Sync}]
requiredConfigVars:
"""
FIRST = f"""{HEAD}
  - {{key: Stays, stableKey: stays, dataType: string, defaultValue: ""}}
  - {{key: Warehouse, stableKey: place, dataType: picklist, pickList: [east, west], defaultValue: east}}
  - {{key: Legacy, stableKey: legacy, dataType: string, defaultValue: ""}}
  - {{key: Size, stableKey: size, dataType: string, defaultValue: "1"}}
  - {{key: Login, dataType: connection, inputs: {{user: {{value: ""}}, password: {{value: ""}}}}}}
"""
SECOND = f"""{HEAD}
  - {{key: Stays, stableKey: stays, dataType: string, defaultValue: ""}}
  - {{key: Region, stableKey: place, dataType: picklist, pickList: [west, north], defaultValue: north}}
  - {{key: Size, stableKey: size, dataType: number, defaultValue: "1"}}
  - {{key: Threshold, stableKey: threshold, dataType: number, defaultValue: "10"}}
  - {{key: Login, dataType: connection, inputs: {{user: {{value: ""}}}}}}
"""
NEEDY = f"{SECOND}  - {{key: Needed, stableKey: needed, dataType: string}}\n"
CUSTOMER = """
apiVersion: reconciler/v1
kind: Customer
metadata: {{name: {name}}}
spec: {{name: {title}}}
---
apiVersion: reconciler/v1
kind: Instance
metadata: {{name: {name}-stock}}
spec:
  customer: {name}
  name: Stock
  integration: {{name: Stock{version}}}
  configVariables:
"""
BROKEN = CUSTOMER.format(name="ftl", title="FTL Rockets", version=", version: 1") + (
    '    Warehouse: west\n    Legacy: "yes"\n    Size: large\n    Login: {inputs: {user: u, password: {valueFrom: '
    "{env: WORD}}}}\n"
)
FINE = CUSTOMER.format(name="blue", title="Blue Harbor", version=", version: latest") + "    Stays: here\n"
PLAIN = CUSTOMER.format(name="nord", title="Nordlys", version="") + "    Size: '5'\n"
VARIABLES = "'Login', 'Region', 'Size', 'Stays', 'Threshold'"
TOLD = f"""\
Stock  1 → stock.yml  (3 instances)
  + Threshold (NUMBER, default 10)
  ~ Warehouse is called Region
  ~ Size: STRING → NUMBER
  ~ Region: default east → default north
  ~ Region: no longer the option east; new option north
  - Legacy

FTL Rockets
  ✗ Instance/ftl-stock would break
      ftl.yaml:14:5: config variable 'Warehouse' was renamed to 'Region' in this version; use the new name
      ftl.yaml:15:5: the integration has no config variable 'Legacy'; its variables: {VARIABLES}
      ftl.yaml:16:11: 'Size' (NUMBER): expected a number, found the text 'large'

Against stock.yml: 1 of 3 instances would break.
"""


@pytest.fixture
def tenant(shell: Shell) -> World:
    """Three customers with version 1, as declared, and a file with version 2."""
    for name, text in {"ftl": BROKEN, "blue": FINE, "nord": PLAIN}.items():
        shell.write(f"{name}.yaml", text.lstrip())
    shell.write("stock.yml", SECOND)
    shell.world.seed.integration(FIRST)
    assert shell.tenant("apply", *ALL, "--auto-approve").code == 0
    return shell.world


ALL = ("-f", "ftl.yaml", "-f", "blue.yaml", "-f", "nord.yaml")
AGAINST = ("plan", *ALL, "--against", "stock.yml")


def document(shell: Shell, *arguments: str) -> dict[str, Any]:
    """Return a run's JSON, checked against the schema of plans."""
    found: dict[str, Any] = json.loads(shell.tenant(*arguments, "--format", "json").out)
    Draft202012Validator(load_schema("plan")).validate(found)
    return found


def test_broken_manifests_are_reported_by_customer(shell: Shell, tenant: World) -> None:
    """Problems with the definition are reported at their lines, by customer, and the run fails."""
    del tenant
    ran = shell.tenant(*AGAINST)
    assert ran.code == 1
    assert ran.out.endswith(TOLD)
    assert "integration.version  1 → stock.yml" in ran.out
    assert ran.err.splitlines()[-1] == "error: 3 problems against stock.yml"


def test_manifests_that_fit_the_definition_are_planned(shell: Shell, tenant: World) -> None:
    """Manifests that fit are planned with the new version, also if they name another one; nothing is written."""
    tenant.forget()
    ran = shell.tenant("plan", "-f", "blue.yaml", "-f", "nord.yaml", "--against", "stock.yml")
    assert ran.code == 0, ran.err
    assert "Plan: 2 to update, 2 to deploy" in ran.out
    assert "Against stock.yml: 0 of 2 instances would break." in ran.out
    assert not tenant.mutations
    assert shell.tenant(*AGAINST, "--target", "Instance/blue-stock", "--detailed-exitcode").code == 2


def test_json_holds_the_whole_impact(shell: Shell, tenant: World) -> None:
    """The JSON report has each instance with what would be wrong with it, and what changes from which version."""
    del tenant
    found = document(shell, *AGAINST)
    (forecast,) = found["forecast"]
    assert (forecast["definition"], forecast["integration"], forecast["wouldBreak"]) == ("stock.yml", "Stock", 1)
    assert {each["address"]: len(each["breaks"]) for each in forecast["resources"]} == {
        "Instance/blue-stock": 0,
        "Instance/ftl-stock": 3,
        "Instance/nord-stock": 0,
    }
    assert forecast["versions"][0]["changes"]["renamed"] == [{"before": "Warehouse", "after": "Region"}]
    assert len(found["error"]["problems"]) == 3
    assert found["summary"]["update"] == 2
    assert found["inputs"]["against"] == ["stock.yml"]


def test_a_value_that_would_be_lost_is_reported(shell: Shell, tenant: World) -> None:
    """Live values that the definition lacks or renames are reported without failing the run."""
    del tenant
    shell.write("elsewhere.yaml", FINE.lstrip() + "    Legacy: kept by hand\n    Warehouse: west\n    Size: large\n")
    assert shell.tenant("apply", "-f", "elsewhere.yaml", "--auto-approve").code == 0
    (judged,) = [each for each in document(shell, *AGAINST)["forecast"][0]["resources"] if each["notices"]]
    assert not judged["breaks"]
    assert [each["message"] for each in judged["notices"]] == [
        (
            "stock.yml renames 'Warehouse' to 'Region': whether the API keeps its live value is not known; declare "
            "'Region' to be sure"
        ),
        "stock.yml has no config variable 'Legacy': its live value is lost",
        "stock.yml gives 'Size' the type NUMBER, which the live value is not; declare 'Size'",
    ]


def test_a_new_required_variable_without_a_value_breaks(shell: Shell, tenant: World) -> None:
    """A variable that is new, and has no default, breaks everybody whose manifest does not declare it."""
    del tenant
    shell.write("stock.yml", NEEDY)
    found = document(shell, *AGAINST)
    assert found["forecast"][0]["wouldBreak"] == 3
    messages = [each["message"] for each in found["error"]["problems"]]
    told = "Instance/blue-stock: config variable 'Needed' has no value and no default: the API may refuse to deploy"
    assert [message for message in messages if message.startswith(told)]


def test_facts_that_a_definition_does_not_hold_are_not_problems(shell: Shell, tenant: World) -> None:
    """An input that the definition does not list may belong to the component's connection."""
    del tenant
    assert not [each for each in document(shell, *AGAINST)["error"]["problems"] if "password" in each["message"]]


def test_existing_problems_are_not_attributed_to_the_definition(shell: Shell, tenant: World) -> None:
    """A mistake that does not come from the definition is reported as its own, and fails the run, too."""
    del tenant
    shell.write("nord.yaml", PLAIN.lstrip().replace("Size: '5'", "Sighs: '5'"))
    ran = shell.tenant("plan", "-f", "nord.yaml", "--against", "stock.yml")
    assert ran.code == 1
    assert "(today too)" in ran.out
    assert (
        "Against stock.yml: 0 of 1 instance would break, 1 more needs a look, of 1 something is wrong already."
        in ran.out
    )


def test_undeclared_instances_are_counted(shell: Shell, tenant: World) -> None:
    """Undeclared instances of the integration are reported, with what they would lose."""
    del tenant
    ran = shell.tenant("plan", "-f", "blue.yaml", "--against", "stock.yml", "--new")
    assert ran.code == 0, ran.err
    assert "2 instances of Stock in none of these manifests, 2 of which may lose values" in ran.out
    assert "  ? 'Stock' of 'FTL Rockets', version 1" in ran.out
    assert "      stock.yml has no config variable 'Legacy': its live value is lost" in ran.out
    (forecast,) = document(shell, "plan", "-f", "blue.yaml", "--against", "stock.yml")["forecast"]
    assert ["Legacy" in str(each["losses"]) for each in forecast["undeclared"]] == [True, False]


def test_an_integration_that_the_tenant_does_not_have_is_an_error(shell: Shell, tenant: World) -> None:
    """With a misspelt name nothing would break, because nobody uses it: that must not look like a success."""
    del tenant
    shell.write("stock.yml", SECOND.replace("name: Stock", "name: Stok"))
    ran = shell.tenant(*AGAINST)
    assert (ran.code, ran.out) == (1, "")
    assert (
        "error: --against stock.yml: Sandbox has no integration named 'Stok'; correct the name in the definition, or "
        "use --new if it is a new integration; did you mean 'Stock'?" in ran.err
    )


def test_new_belongs_to_against(shell: Shell) -> None:
    """Without a definition the option would be ignored."""
    ran = shell.tenant("plan", "--new")
    assert ran.code == 1
    assert "error: --new belongs to --against DEFINITION" in ran.err


def test_an_integration_that_no_manifest_uses_is_reported(shell: Shell, tenant: World) -> None:
    """If no manifest uses the definition's integration, a similar name is suggested."""
    del tenant
    shell.write("stock.yml", SECOND.replace("name: Stock", "name: Stok"))
    ran = shell.tenant(*AGAINST, "--new")
    assert ran.code == 0
    assert ran.out.endswith(
        "Against stock.yml: no manifest takes a version of 'Stok'; did you mean 'Stock'? integrations that manifests "
        "take: 'Stock'.\n"
    )


def test_an_integration_that_was_never_published_can_be_planned(shell: Shell) -> None:
    """A definition stands in for an integration that the tenant does not have yet."""
    shell.write("blue.yaml", FINE.lstrip())
    shell.write("stock.yml", SECOND)
    ran = shell.tenant("plan", "-f", "blue.yaml", "--against", "stock.yml", "--new")
    assert ran.code == 0, ran.err
    assert "Against stock.yml: 0 of 1 instance would break." in ran.out


@pytest.mark.parametrize("more", [("--out", "plan.json"), ("--explain", "Instance/a"), ("--shard", "1/2")])
def test_an_impact_plan_cannot_be_saved(shell: Shell, more: tuple[str, str]) -> None:
    """Options that mean nothing for an unpublished version are refused, with the reason."""
    ran = shell.tenant("plan", "--against", "stock.yml", *more)
    assert ran.code == 1
    assert f"error: --against and {more[0]} do not go together: " in ran.err


def test_problems_of_manifests_and_definitions_are_reported_together(shell: Shell) -> None:
    """The problems of a definition and of a manifest are reported together, each at its place."""
    shell.write("blue.yaml", FINE.lstrip().replace("kind: Customer", "kind: Custom"))
    shell.write("stock.yml", "name: 5")
    ran = shell.tenant("plan", "-f", "blue.yaml", "--against", "stock.yml")
    assert ran.code == 1
    assert [line.split(": ")[0] for line in ran.err.splitlines()[:2]] == ["blue.yaml:2:7", "stock.yml:1:7"]


def test_secrets_are_not_needed(shell: Shell, tenant: World) -> None:
    """Without the customers' secrets the same instances are reported as broken."""
    del tenant
    shell.monkeypatch.delenv("WORD")
    for option in ("--without-secrets", "--keep-secrets"):
        assert document(shell, *AGAINST, option)["forecast"][0]["wouldBreak"] == 1


def test_every_report_format_shows_the_impact(shell: Shell, tenant: World, tmp_path: Path) -> None:
    """Markdown, HTML, JUnit and code quality reports show who would break, and the notes."""
    del tenant
    reports = {form: tmp_path / form for form in ("markdown", "html", "junit", "codequality", "text", "json")}
    shell.tenant(*AGAINST, *(part for form, path in reports.items() for part in ("--report", f"{form}={path}")))
    texts = {form: path.read_text(encoding="utf-8") for form, path in reports.items()}
    for form, text in texts.items():
        assert "Warehouse" in text, form
    for form in ("markdown", "html", "junit"):
        assert "Against stock.yml: 1 of 3 instances would break" in texts[form].replace("`", ""), form
        assert "Size: STRING" in texts[form], form
    suite = ET.fromstring(texts["junit"]).find("testsuite[@name='Against stock.yml']")  # noqa: S314 - our own text
    assert suite is not None
    assert [(case.get("name"), case.find("failure") is not None) for case in suite] == [
        ("Instance/blue-stock", False),
        ("Instance/ftl-stock", True),
        ("Instance/nord-stock", False),
    ]


@pytest.mark.parametrize("name", HOSTILE.values(), ids=HOSTILE)
def test_names_in_a_definition_are_escaped(shell: Shell, name: str) -> None:
    """Names of integrations, variables and flows are escaped on a terminal."""
    definition = {
        "name": name,
        "flows": [{"name": name}],
        "requiredConfigVars": [{"key": name, "dataType": "string"}],
    }
    shell.write("stock.yml", json.dumps(definition))
    manifest = FINE.lstrip().replace("name: Stock, version", f"name: {json.dumps(name)}, version")
    shell.write("blue.yaml", manifest)
    ran = shell.tenant("plan", "-f", "blue.yaml", "--against", "stock.yml")
    assert ran.code == 1
    assert not acting(ran.out)
    assert not acting(ran.err)
