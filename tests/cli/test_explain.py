"""``plan --explain ADDRESS``: why a resource is changed, or why it is not."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest
from cli.shell import CUSTOMER, INSTANCE, PROJECT, WORD
from support.hostile import HOSTILE, acting

if TYPE_CHECKING:
    from pathlib import Path

    from cli.shell import Shell

ALL = ("-f", "all.yaml")
OVERLAY = """
kind: Instance
metadata: {name: types}
spec:
  configVariables:
    A Number: 8
"""
LAYERED = PROJECT.replace("spec: {}", "spec: {environments: {plain: {}, staging: {overlays: [staging]}}}")


def rows(shell: Shell, *arguments: str) -> tuple[dict[str, Any], dict[str, dict[str, Any]]]:
    """Return the reasons, and their fields by name."""
    ran = shell.tenant("plan", "--explain", *arguments, "--format", "json")
    assert ran.code == 0, ran.err
    document = json.loads(ran.out)
    return document, {".".join(map(str, row["path"])): row for row in document["fields"]}


def test_each_field_is_explained_with_its_declaration(shell: Shell) -> None:
    """After overlays each field names the file, line and column that its value is from."""
    shell.write("reconciler.yaml", LAYERED)
    shell.write("all.yaml", CUSTOMER + INSTANCE)
    shell.write("staging/overlay.yaml", OVERLAY)
    assert shell.tenant("apply", "-e", "plain", "--auto-approve").code == 0
    document, found = rows(shell, "Instance/types", "-e", "staging")
    assert document["actions"] == ["update", "deploy"]
    assert document["reason"].startswith("1 declared field differs; a deploy makes its configuration")
    assert document["operations"] == ["updateInstanceConfigVariables", "deployInstance"]
    assert document["dependsOn"] == [{"address": "Customer/ftl", "done": "as declared"}]
    number = found["configVariables.A Number"]
    assert (number["state"], number["live"], number["declared"]) == ("differs", "7", "8")
    assert number["source"] == {"file": "staging/overlay.yaml", "line": 6, "column": 15}
    assert found["name"]["source"]["file"] == "all.yaml"
    assert any(source.startswith("instances(customer: ") for source in document["readBy"])


def test_secrets_are_shown_as_numbers(shell: Shell, manifests: Path) -> None:
    """A secret shows on neither side; a write-only one is named as such."""
    assert shell.tenant("apply", *ALL, "--auto-approve").code == 0
    shell.monkeypatch.setenv("WORD", "another-secret-word")
    _, found = rows(shell, "Instance/types", *ALL)
    text = found["configVariables.A String"]
    assert (text["state"], text["live"], text["declared"]) == ("differs", "(sensitive #1)", "(sensitive #2)")
    assert found["configVariables.A Connection.inputs.apiKey"]["state"] == "not compared"
    ran = shell.tenant("plan", "--explain", "Instance/types", *ALL)
    assert "  ? configVariables.A Connection.inputs.apiKey  not compared: write-only: the API does not" in ran.out
    for secret in (WORD, "another-secret-word", "live.example.com"):
        assert secret not in ran.out + ran.err + json.dumps(found)


def test_a_fingerprint_explains_a_write_only_secret(shell: Shell) -> None:
    """With a key and a project a write-only secret is compared, by what is kept on the object."""
    shell.monkeypatch.setenv("RECONCILER_FINGERPRINT_KEY", "a key that is long enough")
    shell.write("reconciler.yaml", PROJECT)
    shell.write("all.yaml", CUSTOMER + INSTANCE)
    assert shell.tenant("apply", "--auto-approve").code == 0
    _, found = rows(shell, "Instance/types")
    key = found["configVariables.A Connection.inputs.apiKey"]
    assert (key["state"], key["note"]) == ("as declared", "write-only: compared by its fingerprint on the object")
    shell.monkeypatch.setenv("WORD", "another-secret-word")
    document, found = rows(shell, "Instance/types")
    assert found["configVariables.A Connection.inputs.apiKey"]["state"] == "differs"
    assert "the fingerprint of 1 of its write-only secrets changed" in document["reason"]


def test_an_unchanged_resource_is_explained(shell: Shell) -> None:
    """If nothing is done, each field is shown as equal, with its live spelling if that differs."""
    shell.write("all.yaml", CUSTOMER + INSTANCE.replace("A Number: 7", "A Number: 7.0"))
    assert shell.tenant("apply", *ALL, "--auto-approve").code == 0
    ran = shell.tenant("plan", "--explain", "Instance/types", *ALL)
    assert ran.code == 0
    lines = ran.out.splitlines()
    assert lines[0] == "Instance/types 'Types': nothing is done"
    assert lines[1] == "  because     everything that is declared is as declared, and nothing is left to be done"
    assert "Not declared, so neither compared nor written: " in ran.out
    assert [
        line
        for line in lines
        if line.startswith("  = configVariables.A Number ") and re.search(r"  all\.yaml:\d+:\d+$", line)
    ]


def test_an_equal_secret_is_shown_with_one_number(shell: Shell) -> None:
    """A secret that is as declared has one number, also if the manifest holds it in plain text."""
    shell.write(
        "all.yaml", CUSTOMER + re.sub("A Connection: .*", "A Connection: {inputs: {host: plain.example}}", INSTANCE)
    )
    assert shell.tenant("apply", *ALL, "--auto-approve").code == 0
    ran = shell.tenant("plan", "--explain", "Instance/types", *ALL)
    (line,) = [each for each in ran.out.splitlines() if "inputs.host" in each]
    assert line.count("(sensitive #") == 1


def test_an_ignored_field_is_explained(shell: Shell) -> None:
    """A field in lifecycle.ignoreChanges is shown as ignored, with its place."""
    shell.world.seed.customer("FTL Rockets", description="Meddled")
    shell.write("all.yaml", CUSTOMER + "lifecycle: {ignoreChanges: [description]}\n")
    document, found = rows(shell, "Customer/ftl", *ALL)
    assert document["actions"] == []
    assert found["description"]["state"] == "ignored"
    assert found["description"]["note"] == "lifecycle.ignoreChanges names it"
    assert found["description"]["source"] == {"file": "all.yaml", "line": 5, "column": 40}


def test_a_creation_is_explained(shell: Shell, manifests: Path) -> None:
    """Without a live object, the queries that found nothing are shown."""
    document, found = rows(shell, "Customer/ftl", *ALL)
    assert document["live"] is None
    assert document["reason"] == "new"
    assert document["readBy"] == ["customers(name: FTL Rockets): nothing"]
    assert found["description"]["live"] is None
    assert "live        none" in shell.tenant("plan", "--explain", "Customer/ftl", *ALL).out


@pytest.mark.parametrize(
    ("live", "reason"), [(True, "its manifest declares state: absent"), (False, "it is declared absent")]
)
def test_an_absent_resource_is_explained(live: bool, reason: str, shell: Shell) -> None:
    """Also what is to be gone is explained, and what is gone already; no guardrail stands in the way."""
    if live:
        shell.world.seed.customer("FTL Rockets")
    shell.write("all.yaml", CUSTOMER + "lifecycle: {state: absent}\n")
    document, found = rows(shell, "Customer/ftl", *ALL)
    assert document["reason"].startswith(reason)
    assert document["actions"] == (["delete"] if live else [])
    assert found == {}


@pytest.mark.parametrize(
    ("prune", "said"),
    [
        ("{}", "this project owns it, by its label, and no manifest declares it; it is kept: pruning is off"),
        ("{prune: true}", "(prune)"),
    ],
)
def test_an_orphan_is_explained(prune: str, said: str, shell: Shell) -> None:
    """An orphan can be explained by its kind and ID."""
    shell.write("reconciler.yaml", PROJECT.replace("spec: {}", f"spec: {prune}"))
    shell.write("all.yaml", CUSTOMER)
    stray = shell.world.seed.customer("Stray", labels=["gitops:acme"])
    document, _ = rows(shell, f"Customer/{stray['id']}")
    assert said in document["reason"]
    assert document["name"] == "Stray"


def test_an_unknown_address_gets_a_suggestion(shell: Shell, manifests: Path) -> None:
    """A wrong address is an error with a suggestion."""
    ran = shell.tenant("plan", "--explain", "Instance/tipes", *ALL)
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith("error: --explain Instance/tipes: no manifest has this address; did you mean 'Instance/t")


@pytest.mark.parametrize(
    "options",
    [
        ("--out", "p.json"),
        ("--report", "json=r.json"),
        ("--metrics", "run.prom"),
        ("--target", "Customer/ftl"),
        ("--shard", "1/2"),
        ("--format", "markdown"),
    ],
)
def test_options_of_a_whole_plan_are_refused_beside_explain(
    options: tuple[str, ...], shell: Shell, manifests: Path
) -> None:
    """An explanation is of one resource: options of whole plans are refused beside it."""
    ran = shell.tenant("plan", "--explain", "Customer/ftl", *ALL, *options)
    assert ran.code == 1
    assert re.search("--explain (explains one resource|supports --format text)", ran.err)


def test_the_exit_code_is_that_of_the_plan(shell: Shell, manifests: Path) -> None:
    """With --detailed-exitcode, 2 means a change of the resource or of its dependencies."""
    assert shell.tenant("plan", "--explain", "Instance/types", *ALL, "--detailed-exitcode").code == 2
    assert shell.tenant("apply", *ALL, "--auto-approve").code == 0
    assert shell.tenant("plan", "--explain", "Instance/types", *ALL, "--detailed-exitcode").code == 0


SAMPLE = ("terminal: title", "invisible: override", "ci: workflow command", "odd: right to left")


@pytest.mark.parametrize("key", [pytest.param(key, marks=() if key in SAMPLE else pytest.mark.full) for key in HOSTILE])
def test_live_names_are_escaped(key: str, shell: Shell) -> None:
    """Live values are escaped."""
    name = HOSTILE[key].encode("utf-8", "ignore").decode()
    row = shell.world.seed.customer("FTL Rockets")
    shell.world.sandbox.store.update("customers", row["id"], description=name)
    shell.write("all.yaml", CUSTOMER)
    for form in ("text", "json"):
        assert acting(shell.tenant("plan", "--explain", "Customer/ftl", *ALL, "--format", form).out) == []


def test_an_unmanaged_resource_is_explained(shell: Shell) -> None:
    """Before and after a release: the labels to take off are shown, and no field is compared."""
    shell.write("reconciler.yaml", PROJECT)
    shell.write("all.yaml", f"{CUSTOMER}lifecycle: {{state: unmanaged}}\n")
    shell.world.seed.customer("FTL Rockets", labels=["gitops:acme"])
    ran = shell.tenant("plan", "--explain", "Customer/ftl")
    assert "its manifest declares state: unmanaged; takes off gitops:acme, and changes nothing else" in ran.out
    assert "would send  updateCustomer" in ran.out
    assert shell.tenant("apply", "--auto-approve").code == 0
    ran = shell.tenant("plan", "--explain", "Customer/ftl")
    assert "it carries no label of this project: reconciler compares nothing" in ran.out
    assert "description" not in ran.out
    assert "Not declared" not in ran.out
