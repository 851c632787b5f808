"""Tokens and environments: the wrong tenant is refused after one request."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from cli.shell import CUSTOMER
from support.receiver import receiving

from reconciler.sandbox.data.ids import derived_id

if TYPE_CHECKING:
    from cli.shell import Ran, Shell

CASES = yaml.safe_load(Path(__file__).with_name("tenants.yaml").read_text(encoding="utf-8"))
PLACES = {"{id}": derived_id("Organization", "Sandbox"), "{other}": derived_id("Organization", "Acme")}
STAGING = ("-e", "staging")
ASKED = {"organization", "authenticatedUser"}
WRONG = "the environment 'staging' is for the organization 'Acme', and the token of PRISM_ACCESS_TOKEN is for 'Sandbox'"
DEFINITION = Path(__file__).parents[2] / "examples" / "integrations" / "data-types.yaml"
ON_A_TENANT = [
    ("plan",),
    ("plan", "--detailed-exitcode"),
    ("plan", "--without-secrets"),
    ("plan", "--explain", "Customer/ftl"),
    ("plan", "--against", str(DEFINITION)),
    ("plan", "--out", "new.plan.json"),
    ("apply", "--auto-approve"),
    ("apply", "--auto-approve", "--receipt", "receipt.json"),
    ("drift",),
    ("drift", "--receipt", "receipt.json"),
    ("validate", "--online"),
    ("export",),
    ("lock",),
    ("lock", "--upgrade"),
    ("schema", "--online", "--out", "schemas"),
    ("forget", "Customer/ftl", "--auto-approve"),
]


def filled(text: str) -> str:
    for sign, value in PLACES.items():
        text = text.replace(sign, value)
    return text


def project(shell: Shell, environments: dict[str, Any]) -> None:
    """Write a Project with the environments, and a customer beside it."""
    document = {
        "apiVersion": "reconciler/v1",
        "kind": "Project",
        "metadata": {"name": "acme"},
        "spec": {"manifests": ["all.yaml"], **({"environments": environments} if environments else {})},
    }
    shell.write("reconciler.yaml", filled(json.dumps(document)))
    shell.write("all.yaml", CUSTOMER)


def refused(shell: Shell, ran: Ran, says: str = WRONG) -> None:
    """Hold that a command was refused, and that nothing was asked of the tenant but whose it is."""
    assert (ran.code, ran.out) == (1, "")
    assert says in ran.err
    assert "Nothing else was asked of the tenant, and nothing was changed." in ran.err
    log = shell.world.sandbox.log
    assert (log.requests, {entry.field for entry in log.entries}) == (1, ASKED)


@pytest.mark.parametrize("case", CASES, ids=[case["case"] for case in CASES])
def test_a_token_is_checked_against_its_environment(shell: Shell, case: dict[str, Any]) -> None:
    """A plan is made where the token is of the environment's organization, refused elsewhere, warned of if unnamed."""
    if "organization" in case:
        shell.world.sandbox.store.update("organization", PLACES["{id}"], name=filled(case["organization"]))
    project(shell, case["environments"])
    shell.world.forget()
    chosen = STAGING if case["environments"] else ()
    ran = shell.tenant("plan", *chosen, "--format", "json")
    if "says" in case:
        (problem,) = json.loads(ran.out)["error"]["problems"]
        assert (ran.code, problem["source"]["file"]) == (1, "reconciler.yaml")
        assert filled(case["says"]) in problem["message"]
        assert {entry.field for entry in shell.world.sandbox.log.entries} == ASKED
        return
    assert ran.code == 0, ran.err
    warnings = [each["message"] for each in json.loads(ran.out)["warnings"]]
    assert len(warnings) == ("warns" in case)
    if "warns" in case:
        assert warnings[0].startswith(filled(case["warns"]))


@pytest.mark.parametrize("arguments", ON_A_TENANT, ids=" ".join)
def test_no_command_reads_or_changes_the_wrong_tenant(shell: Shell, arguments: tuple[str, ...]) -> None:
    """Every command that reaches a tenant is refused after one request, and writes nothing."""
    project(shell, {"staging": {"organization": "Acme"}})
    before = sorted(shell.folder.rglob("*"))
    shell.world.forget()
    refused(shell, shell.run(*arguments, *STAGING))
    assert sorted(shell.folder.rglob("*")) == before


def test_a_saved_plan_is_checked_against_the_environment(shell: Shell) -> None:
    """A plan that was saved while the environment meant this tenant is refused once it means another."""
    project(shell, {"staging": {"organization": "Sandbox"}})
    assert shell.tenant("plan", *STAGING, "--out", "saved.json").code == 0
    project(shell, {"staging": {"organization": "Acme"}})
    shell.world.forget()
    refused(shell, shell.tenant("apply", "saved.json", "--auto-approve"))


def test_the_organization_check_takes_no_extra_request(shell: Shell) -> None:
    """A plan takes as many requests with an organization as without."""
    counts = []
    for environment in ({}, {"organization": "Sandbox"}, {"organization": "{id}"}):
        project(shell, {"staging": environment})
        shell.world.forget()
        assert shell.tenant("plan", *STAGING).code == 0
        counts.append(shell.world.sandbox.log.requests)
    assert len(set(counts)) == 1


def test_an_apply_warns_once_of_a_missing_organization(shell: Shell) -> None:
    """An apply of a project that names no organization says so once; drift, which is run every day, does not."""
    project(shell, {"staging": {}})
    ran = shell.tenant("apply", *STAGING, "--auto-approve", "--report", "json=report.json")
    assert ran.code == 0
    assert (ran.out + ran.err).count("names no organization") == 1
    report = json.loads((shell.folder / "report.json").read_text(encoding="utf-8"))
    assert sum("names no organization" in each["message"] for each in report["warnings"]) == 1
    ran = shell.tenant("drift", *STAGING)
    assert (ran.code, "names no organization" in ran.out + ran.err) == (0, False)


def test_the_suggested_line_ends_the_warning(shell: Shell) -> None:
    """What the warning says to paste ends the warning."""
    project(shell, {"staging": {}})
    (warning,) = json.loads(shell.tenant("plan", *STAGING, "--format", "json").out)["warnings"]
    line = warning["message"].partition("paste into it: ")[2].partition(" (")[0]
    project(shell, {"staging": yaml.safe_load(line)})
    assert json.loads(shell.tenant("plan", *STAGING, "--format", "json").out)["warnings"] == []


@pytest.mark.parametrize(
    ("option", "variable", "says"),
    [
        (("-e", "staging"), None, ""),
        ((), "staging", ""),
        (("-e", "production"), None, "the plan was made for the environment 'staging', and --environment says"),
        ((), "production", "the plan was made for the environment 'staging', and RECONCILER_ENVIRONMENT says"),
        (("-e", "staging"), "production", ""),
    ],
)
def test_a_saved_plan_is_applied_only_to_its_environment(
    shell: Shell, option: tuple[str, ...], variable: str | None, says: str
) -> None:
    """A plan is applied to the environment that it was made for, however that was chosen, and to no other."""
    project(shell, {"staging": {"organization": "{id}"}, "production": {"organization": "{id}"}})
    with shell.monkeypatch.context() as patch:
        patch.setenv("RECONCILER_ENVIRONMENT", "staging")
        assert shell.tenant("plan", "--out", "saved.json").code == 0
    if variable:
        shell.monkeypatch.setenv("RECONCILER_ENVIRONMENT", variable)
    shell.world.forget()
    ran = shell.tenant("apply", "saved.json", *option, "--auto-approve")
    assert (ran.code, says in ran.err) == (1 if says else 0, True)
    assert shell.world.mutation_names() == ([] if says else ["createCustomer"])


def test_validate_checks_every_environment(shell: Shell) -> None:
    """Offline each environment is checked, and what is wrong in some of them says in which."""
    project(shell, {"staging": {"variables": {"words": "x"}}, "production": {"variables": {"words": 5}}})
    shell.write("all.yaml", CUSTOMER.replace("Declared", '"${var.words}"') + "lifecycle: {absent: true}\n")
    ran = shell.run("validate")
    assert ran.code == 1
    lines = ran.err.splitlines()
    assert sum("(in the environment production)" in line for line in lines) == 1
    assert any("unknown key 'absent'" in line and "environment" not in line for line in lines)
    assert shell.run("validate", "-e", "staging").err.count("(in the environment") == 0
    shell.write("all.yaml", CUSTOMER)
    ran = shell.run("validate")
    assert ran.code == 0
    assert ran.out.endswith("Checked in each environment: staging, production.\nValid: 1 Customer.\n")
    assert shell.run("validate", "--online").code == 1


def test_validate_reads_standard_input_for_every_environment(shell: Shell) -> None:
    """Manifests that are piped in are checked in each environment."""
    project(shell, {"staging": {"variables": {"words": "x"}}, "production": {}})
    text = CUSTOMER.replace("Declared", '"${var.words}"')
    ran = shell.run("validate", "-f", "reconciler.yaml", "-f", "-", stdin=text)
    assert ran.code == 1
    assert "<stdin>:5:40: the variable 'words' is declared only for staging; declare it for production" in ran.err
    assert "(in the environment production)" in ran.err


def test_an_environment_must_be_chosen_where_some_are_declared(shell: Shell) -> None:
    """No command reaches a tenant without one, and the error of a failed run names both ways to choose it."""
    project(shell, {"staging": {"organization": "Sandbox"}})
    shell.world.forget()
    for arguments in ON_A_TENANT:
        ran = shell.run(*arguments)
        assert ran.code == 1
        assert "choose one with --environment or RECONCILER_ENVIRONMENT, or set spec.defaultEnvironment" in ran.err
    assert shell.world.sandbox.log.requests == 0


def test_no_command_sends_a_token_to_an_address_that_nobody_confirms(shell: Shell) -> None:
    """Every command refuses an address of the project that is not Prismatic's own, and connects to nothing."""
    url = os.environ["PRISMATIC_URL"]
    shell.monkeypatch.delenv("PRISMATIC_URL")
    project(shell, {"staging": {"url": url}})
    before = sorted(shell.folder.rglob("*"))
    shell.world.forget()
    for arguments in ON_A_TENANT:
        ran = shell.run(*arguments, *STAGING)
        assert (ran.code, ran.out) == (1, "")
        assert f"the environment 'staging' sends the token to {url}, which is not one of Prismatic's own" in ran.err
        assert ran.err.startswith("reconciler.yaml:1:")
    assert shell.world.sandbox.log.requests == 0
    assert sorted(shell.folder.rglob("*")) == before
    shell.monkeypatch.setenv("RECONCILER_ALLOWED_HOSTS", url.partition("://")[2])
    assert shell.tenant("plan", *STAGING).code == 0


def test_the_address_in_a_saved_plan_or_receipt_is_never_connected_to(shell: Shell) -> None:
    """Changed by hand it is refused, and what was connected to is the address that the operator gave."""
    project(shell, {"staging": {"organization": "Sandbox"}})
    receipt = ("--receipt", "receipt.json")
    assert shell.tenant("apply", *STAGING, "--auto-approve", *receipt).code == 0
    assert shell.tenant("plan", *STAGING, "--out", "saved.json").code == 0
    with receiving("/api") as elsewhere:
        for name in ("saved.json", "receipt.json"):
            text = (shell.folder / name).read_text(encoding="utf-8")
            other = elsewhere.url.removesuffix("/api")
            shell.write(name, text.replace(os.environ["PRISMATIC_URL"], other))
        shell.world.forget()
        assert shell.tenant("apply", "saved.json", "--auto-approve").code == 1
        assert shell.tenant("drift", *STAGING, *receipt).code == 1
    assert elsewhere.posts == []
    assert shell.world.mutations == []
