"""Secrets of a set's members, in files of values, overrides and the names of variables, are in no output."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from support.serving import run_here, served
from support.world import World
from test_canary import forms

from reconciler.reports.registry import FORMATS

if TYPE_CHECKING:
    from pathlib import Path

    from support.serving import Ran

CUSTOMERS = ("acme", "globex-2")
SECRETS = {
    f"{name} of {customer}": f"canary-{name}-{customer}-5Vt8nR"
    for name in ("env", "file", "value", "plain", "override", "header", "depot", "account")
    for customer in CUSTOMERS
}
MANIFESTS = """
apiVersion: reconciler/v1
kind: Customer
metadata: {name: acme}
spec: {name: Acme, externalId: a-1}
---
apiVersion: reconciler/v1
kind: Customer
metadata: {name: globex-2}
spec: {name: Globex, externalId: g-2}
---
apiVersion: reconciler/v1
kind: InstanceSet
metadata: {name: inventory}
spec:
  customers: {from: manifests}
  values: {file: values.yaml}
  template:
    name: Inventory
    integration: {name: Acme Inventory, version: 2}
    configVariables:
      My String: ${values.text}
      Acme Inventory User/Pass:
        inputs: {username: "${values.user}", password: {valueFrom: {env: "${customer.env}_PASSWORD"}}}
      Amazon S3 Connection:
        inputs: {accessKeyId: {valueFrom: {file: "secrets/${customer.handle}"}}}
    verify:
      flows: {Sync Inventory: {headers: {X-Key: "${values.header}"}}}
  overrides:
    acme: {configVariables: {My List: [plain, {valueFrom: {env: ACME_OVERRIDE}}]}}
    globex-2: {configVariables: {Inventory Field Mapping: {key: {valueFrom: {env: GLOBEX_2_OVERRIDE}}}}}
---
apiVersion: reconciler/v1
kind: Connection
metadata: {name: depot}
spec:
  stableKey: depot
  name: Depot
  type: organization-customer
  component: {key: acme-inventory, connection: basic, public: false}
  inputs: {username: {perCustomer: true}, password: {perCustomer: true}}
---
apiVersion: reconciler/v1
kind: CustomerConnectionSet
metadata: {name: depot}
spec:
  customers: {from: manifests}
  values: {file: values.yaml}
  template:
    connection: depot
    inputs: {username: "${values.account}", password: {valueFrom: {env: "${customer.env}_DEPOT"}}}
  overrides:
    acme: {inputs: {username: {valueFrom: {env: ACME_ACCOUNT}}}}
"""
VALUES = "".join(
    f"{customer}:\n"
    f"  text: {{valueFrom: {{env: {customer.upper().replace('-', '_')}_VALUE}}}}\n"
    f"  user: {SECRETS[f'plain of {customer}']}\n"
    f"  account: {SECRETS[f'account of {customer}']}\n"
    f"  header: {SECRETS[f'header of {customer}']}\n"
    for customer in CUSTOMERS
)
GIVEN = {"all.yaml", "values.yaml", *CUSTOMERS}


def environment() -> dict[str, str]:
    """Return the variables of both customers."""
    named = {"PASSWORD": "env", "VALUE": "value", "OVERRIDE": "override", "DEPOT": "depot", "ACCOUNT": "account"}
    return {
        f"{customer.upper().replace('-', '_')}_{variable}": SECRETS[f"{name} of {customer}"]
        for customer in CUSTOMERS
        for variable, name in named.items()
    }


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A folder with a set, its values and its files of secrets."""
    (tmp_path / "secrets").mkdir()
    (tmp_path / "all.yaml").write_text(MANIFESTS, encoding="utf-8")
    (tmp_path / "values.yaml").write_text(VALUES, encoding="utf-8")
    for customer in CUSTOMERS:
        (tmp_path / "secrets" / customer).write_text(SECRETS[f"file of {customer}"] + "\n", encoding="utf-8")
    return tmp_path


def leaks(tree: Path, ran: list[Ran]) -> list[str]:
    """Return the secrets that are in an output: a stream, or a file that was written."""
    written = [
        path.read_text(encoding="utf-8") for path in tree.rglob("*") if path.is_file() and path.name not in GIVEN
    ]
    text = "\n".join([*written, *(each.out + each.err for each in ran)])
    assert "Traceback" not in text
    return [name for name, secret in SECRETS.items() if any(form in text for form in forms(secret))]


def every(name: str) -> tuple[str, ...]:
    return tuple(part for form in FORMATS for part in ("--report", f"{form}={name}.{form}"))


def test_no_secret_of_a_member_is_in_any_output(tree: Path) -> None:
    """No command shows, logs, saves or records a secret of a member; each goes to the API for its own customer."""
    with World() as world, served(world.sandbox) as url:
        environ = {"PRISMATIC_URL": url, "PRISM_ACCESS_TOKEN": world.sandbox.settings.token, **environment()}
        environ |= {"GITHUB_ACTIONS": "true", "GITHUB_STEP_SUMMARY": str(tree / "summary.md")}
        environ |= {"RECONCILER_FINGERPRINT_KEY": "a key that is long enough"}

        def ran(*line: str) -> Ran:
            return run_here(line[0], "-f", "all.yaml", "-vv", *line[1:], environ=environ, cwd=tree)

        member = "Instance/inventory.globex-2"
        first = [
            ran("validate"),
            ran("plan", "--out", "saved.json", *every("plan")),
            *(ran("plan", "--format", form) for form in FORMATS),
            ran("plan", "--explain", member),
            ran("plan", "--explain", member, "--format", "json"),
            ran("plan", "--explain", "CustomerConnection/depot.acme"),
            run_here("apply", "saved.json", "-vv", "--auto-approve", *every("applied"), "--receipt", "receipt",
                     environ=environ, cwd=tree),
        ]  # fmt: skip
        for what in (("instances",), ("customerconnections",), ("executions", member)):
            for form in ("text", "json"):
                line = ("get", *what, "-f", "all.yaml", "--format", form)
                first.append(run_here(*line, environ=environ, cwd=tree))
        assert [each.code for each in first] == [0] * len(first), [each.err for each in first]
        environ["ACME_OVERRIDE"] = environ["GLOBEX_2_VALUE"] = SECRETS["override of globex-2"]
        second = [
            ran("drift", "--receipt", "receipt", *every("drift")),
            ran("verify", "--run", *every("verified")),
            ran("apply", "--auto-approve", "--resend-secrets", "--receipt", "receipt", *every("resent")),
            ran("drift", "--receipt", "receipt"),
        ]
        assert [each.code for each in second] == [2, 0, 0, 0], [each.err for each in second]
    assert "sensitive #" in first[1].out
    arrived = [str(entry.arguments) for entry in world.mutations]
    sent = {name for name in SECRETS if not name.startswith("header")}
    assert {name for name in sent if any(SECRETS[name] in text for text in arrived)} == sent
    for name in ("env", "depot"):
        both = [SECRETS[f"{name} of {customer}"] for customer in CUSTOMERS]
        assert not any(all(secret in text for secret in both) for text in arrived)
    assert leaks(tree, [*first, *second]) == []


MISTAKES = {
    "the integration has no config variable 'My Strin'": ("My String:", "My Strin:"),
    "expected a number, found text": ("My String:", "Batch Size:"),
    "expected an input of the connection": ("username:", "user name:"),
    "valueFrom is allowed only where a secret belongs": ("    name: Inventory", "    name: ${values.text}"),
    "is used inside text here": ("My String: ${values.text}", "My String: x-${values.text}"),
    "unknown value 'users'": ("${values.user}", "${values.users}"),
    "the file secrets/acme.txt does not exist": ("secrets/${customer.handle}", "secrets/${customer.handle}.txt"),
    "the environment variable ACME_DEPOTS is not set": ('_DEPOT"', '_DEPOTS"'),
    "the environment variable ACME_PASSWORT is not set": ("_PASSWORD", "_PASSWORT"),
}
"""By what is reported: what is written into the set instead of something else."""


@pytest.mark.parametrize("message", MISTAKES)
def test_no_secret_of_a_member_is_in_an_error(message: str, tree: Path) -> None:
    """A mistake in a set is reported without the secrets of its members."""
    (tree / "all.yaml").write_text(MANIFESTS.replace(*MISTAKES[message]), encoding="utf-8")
    with World() as world, served(world.sandbox) as url:
        environ = {"PRISMATIC_URL": url, "PRISM_ACCESS_TOKEN": world.sandbox.settings.token, **environment()}
        ran = run_here("plan", "-f", "all.yaml", "-vv", *every("plan"), environ=environ, cwd=tree)
    assert ran.code == 1, ran.out
    assert message in ran.err
    assert leaks(tree, [ran]) == []


def test_no_secret_that_the_api_quotes_is_in_an_error(tree: Path) -> None:
    """An API that refuses a deploy, and quotes a member's secret in its reason, cannot make us show it."""
    with World() as world, served(world.sandbox) as url:
        environ = {"PRISMATIC_URL": url, "PRISM_ACCESS_TOKEN": world.sandbox.settings.token, **environment()}
        world.sandbox.outcomes.add(deploy="cannot take " + ", ".join(SECRETS.values()))
        line = ("apply", "-f", "all.yaml", "-vv", "--auto-approve", *every("applied"), "--receipt", "receipt")
        ran = run_here(*line, environ=environ, cwd=tree)
    assert ran.code == 1
    assert "cannot take" in ran.out
    assert leaks(tree, [ran]) == []
