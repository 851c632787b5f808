"""Output of commands: the result on stdout, everything else on stderr, reports in files, never a secret."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
from cli.shell import CUSTOMER, INSTANCE, PROJECT, WORD, Terminal
from jsonschema import Draft202012Validator
from support.world import ROOT

if TYPE_CHECKING:
    from pathlib import Path

    from cli.shell import Shell

ALL = ("-f", "all.yaml")
YES = (*ALL, "--auto-approve")
CONTACTS = """
apiVersion: reconciler/v1
kind: Instance
metadata: {name: contacts}
spec:
  customer: {name: FTL Rockets}
  name: Contacts
  integration: {name: CRM Contacts}
  configVariables: {Contact Owner: me}
"""


def validated(text: str) -> dict[str, Any]:
    """Return a plan's document; what applying and drift add to it is left out of the check."""
    document: dict[str, Any] = json.loads(text)
    schema = json.loads((ROOT / "schemas" / "plan.schema.json").read_text(encoding="utf-8"))
    Draft202012Validator(schema).validate(document)
    return document


def test_a_plan_as_json_is_what_its_schema_says(shell: Shell, manifests: Path) -> None:
    """Stdout carries one JSON document and nothing else."""
    ran = shell.tenant("plan", *ALL, "--format", "json", "-v")
    document = validated(ran.out)
    assert document["summary"] == {"create": 2, "update": 0, "delete": 0, "deploy": 1, "adopt": 0, "unchanged": 0}
    assert document["tenant"]["organization"] == "Sandbox"
    assert WORD not in ran.out


def test_a_plan_is_the_same_in_every_run(shell: Shell, manifests: Path) -> None:
    """But for its time and its cost, a plan comes out the same to the letter."""
    documents = [json.loads(shell.tenant("plan", *ALL, "--format", "json").out) for _ in range(2)]
    for document in documents:
        del document["createdAt"], document["cost"]
    assert json.dumps(documents[0]) == json.dumps(documents[1])


def test_results_as_json_are_complete(shell: Shell, manifests: Path) -> None:
    """Every change has its result, with what a person needs next."""
    document = validated(shell.tenant("apply", *YES, "--format", "json").out)
    assert document["outcome"] == {"applied": 2, "failed": 0, "skipped": 0, "not converged": 0}
    customer, instance = document["results"]
    assert (customer["address"], customer["done"]) == ("Customer/ftl", ["createCustomer"])
    assert instance["outcome"]["webhookUrls"]["Show Configuration"].startswith("http://127.0.0.1:")
    assert "authorizeUrls" not in document


def test_results_as_json_are_complete_also_when_something_failed(shell: Shell, manifests: Path) -> None:
    """A failure has its messages, and a skipped change names the failure."""
    shell.world.sandbox.faults.add("partial", field="createCustomer", message="permission denied")
    ran = shell.tenant("apply", *YES, "--format", "json", "--report", "json=report.json", "--report", "text=report.txt")
    assert ran.code == 1
    document = validated(ran.out)
    assert document["outcome"] == {"applied": 0, "failed": 1, "skipped": 1, "not converged": 0}
    assert [result["status"] for result in document["results"]] == ["failed", "skipped"]
    assert json.loads((shell.folder / "report.json").read_text(encoding="utf-8")) == document
    assert "Not all done: 1 failed, 1 skipped." in (shell.folder / "report.txt").read_text(encoding="utf-8")


def test_drift_as_json_explains_each_difference(shell: Shell) -> None:
    """Different, missing, undeleted and undeclared objects are distinguished."""
    shell.write("reconciler.yaml", PROJECT)
    absent = "---\napiVersion: reconciler/v1\nkind: Customer\nmetadata: {name: gone}\nspec: {name: Gone}\n"
    missing = absent.replace("gone", "missing").replace("Gone", "Missing")
    shell.write("all.yaml", CUSTOMER + absent + "lifecycle: {state: absent}\n" + missing)
    for name in ("FTL Rockets", "Gone", "Stray"):
        shell.world.seed.customer(name, labels=["gitops:acme"])
    ran = shell.tenant("drift", "--format", "json", "--report", "text=drift.txt")
    assert ran.code == 2
    document = validated(ran.out)
    drift = document["drift"]
    assert (drift["differs"], drift["missing"], drift["present"]) == (
        ["Customer/ftl"],
        ["Customer/missing"],
        ["Customer/gone"],
    )
    assert [found["name"] for found in drift["unclaimed"]] == ["Stray"]
    assert "Drift: 3 differ" in (shell.folder / "drift.txt").read_text(encoding="utf-8")


def test_reports_are_written_in_both_formats_beside_the_result(shell: Shell, manifests: Path) -> None:
    """One run writes as many reports as asked for, each without colours."""
    ran = shell.tenant(
        "plan", *ALL, "--report", "json=plan.json", "--report", "text=plan.txt", "--report", "text=too.txt"
    )
    validated((shell.folder / "plan.json").read_text(encoding="utf-8"))
    assert (shell.folder / "plan.txt").read_text(encoding="utf-8") == ran.out
    assert (shell.folder / "too.txt").read_text(encoding="utf-8") == ran.out


@pytest.mark.parametrize("verbosity", ["-v", "-vv"])
def test_the_log_goes_to_stderr_and_holds_no_secret(verbosity: str, shell: Shell, manifests: Path) -> None:
    """The log goes to stderr, more of it with -vv, and contains no secret."""
    ran = shell.tenant("apply", *YES, verbosity)
    assert ran.code == 0
    assert "reconciler.prismatic." in ran.err
    assert "reconciler." not in ran.out
    assert WORD not in ran.out + ran.err


def test_without_v_nothing_is_logged(shell: Shell, manifests: Path) -> None:
    """A plan that succeeds leaves stderr empty."""
    assert shell.tenant("plan", *ALL).err == ""


def test_a_terminal_gets_colours(shell: Shell, manifests: Path) -> None:
    """Where a person looks, actions have their colours; --no-color and NO_COLOR take them away."""

    def shown(*arguments: str) -> str:
        with shell.monkeypatch.context() as patch:
            terminal = Terminal()
            patch.setattr(shell.capsys, "readouterr", lambda: ("", ""))
            patch.setattr(sys, "stdout", terminal)
            shell.tenant("plan", *ALL, *arguments)
            return terminal.text()

    coloured = shown()
    assert "\x1b[32m" in coloured
    plain = shown("--no-color")
    assert "\x1b" not in plain
    shell.monkeypatch.setenv("NO_COLOR", "1")
    assert shown() == plain
    shell.monkeypatch.setenv("NO_COLOR", "")
    assert shown() == coloured


def test_a_pipe_gets_none(shell: Shell, manifests: Path) -> None:
    """Piped output has no colours."""
    assert "\x1b" not in shell.tenant("plan", *ALL).out


def test_a_closed_pipe_is_no_error(manifests: Path) -> None:
    """When whoever reads stdout has gone, the command ends in silence."""
    reading, writing = os.pipe()
    os.close(reading)
    try:
        done = subprocess.run(
            [sys.executable, "-m", "reconciler", "schema"], stdout=writing, stderr=subprocess.PIPE, check=False
        )
    finally:
        os.close(writing)
    assert (done.returncode, done.stderr) == (1, b"")


def test_authorize_urls_are_shown_only_when_asked_for(shell: Shell) -> None:
    """Authorize URLs are secrets: printed on request, and on stdout only."""
    shell.world.seed.customer("FTL Rockets")
    shell.write("all.yaml", CONTACTS)
    ran = shell.tenant("apply", *YES, "-vv", "--report", "text=report.txt", "--report", "json=report.json")
    assert "not deployed yet: somebody must authorize 'CRM Connection' first" in ran.out
    assert "/authorize" not in ran.out + ran.err
    ran = shell.tenant("apply", *YES, "--show-authorize-urls", "--report", "json=report.json")
    assert "Instance/contacts: authorize 'CRM Connection' at http://127.0.0.1:" in ran.out
    assert "/authorize" not in ran.err + (shell.folder / "report.json").read_text(encoding="utf-8")
    document = json.loads(shell.tenant("apply", *YES, "--show-authorize-urls", "--format", "json").out)
    assert list(document["authorizeUrls"]) == ["Instance/contacts"]


def test_results_are_printed_even_if_the_authorize_urls_cannot_be_read(shell: Shell) -> None:
    """The results of an apply are printed even if a later step fails."""
    shell.world.seed.customer("FTL Rockets")
    shell.write("all.yaml", CONTACTS)
    shell.world.sandbox.faults.add("error", field="instance", status=404, times=None)
    ran = shell.tenant("apply", *YES, "--show-authorize-urls", "--report", "json=report.json")
    assert ran.code == 1
    assert "Done: 1 applied." in ran.out
    assert "error: the addresses at which to authorize connections cannot be read: " in ran.err
    assert json.loads((shell.folder / "report.json").read_text(encoding="utf-8"))["outcome"]["applied"] == 1


def test_only_targets_are_planned(shell: Shell) -> None:
    """--target, more than once, plans just these resources and what they depend on."""
    other = CUSTOMER.replace("ftl", "other").replace("FTL Rockets", "Other")
    shell.write("all.yaml", CUSTOMER + INSTANCE + "---" + other + "---" + other.replace("ther", "ne"))
    ran = shell.tenant("plan", *ALL, "--target", "Instance/types", "--target", "Customer/other", "--format", "json")
    assert [change["address"] for change in validated(ran.out)["changes"]] == [
        "Customer/ftl",
        "Customer/other",
        "Instance/types",
    ]


def test_schemas_are_written_to_a_folder(shell: Shell) -> None:
    """Every schema is there, each as it is shipped, and listed."""
    ran = shell.run("schema", "--out", "deep/schemas")
    written = sorted((shell.folder / "deep" / "schemas").iterdir())
    assert ran.out.splitlines() == [str(path.relative_to(shell.folder)) for path in written]
    shipped = sorted((ROOT / "schemas").glob("*.schema.json"))
    assert [(path.name, path.read_bytes()) for path in written] == [(path.name, path.read_bytes()) for path in shipped]


COMMANDS = ("validate", "plan", "apply", "drift", "sandbox", "schema", "version")


@pytest.mark.parametrize("command", COMMANDS)
def test_help_describes_the_command_and_every_option(command: str, shell: Shell) -> None:
    """Each command explains itself, and each of its options has a sentence."""
    ran = shell.run(command, "--help")
    assert ran.code == 0
    assert ran.out.startswith(f"Usage: reconciler {command} ")
    options = [line for line in ran.out.splitlines() if line.startswith("  -")]
    assert options
    following = dict(zip(ran.out.splitlines(), [*ran.out.splitlines()[1:], ""], strict=True))
    silent = [line for line in options if "  " not in line.strip() and not following[line].startswith("      ")]
    assert silent == []


def test_help_lists_every_command(shell: Shell) -> None:
    """The commands are listed with what each is for, none of them imported for it."""
    ran = shell.run("--help")
    listed = [line.split()[0] for line in ran.out.partition("Commands:")[2].splitlines() if line.strip()]
    assert set(COMMANDS) <= set(listed)


def test_names_from_outside_are_escaped_on_a_terminal(shell: Shell) -> None:
    """A live name with escape sequences, line breaks or direction marks comes out spelt."""
    hostile = "FTL\x1b]0;owned\x07\u202eRockets\r\n"
    row = shell.world.seed.customer("FTL Rockets")
    shell.world.sandbox.store.update("customers", row["id"], description=hostile)
    shell.write("all.yaml", CUSTOMER)
    ran = shell.tenant("plan", *ALL)
    assert r"FTL\x1b]0;owned\x07\u202eRockets\r\n → Declared" in ran.out
    assert not {"\x1b", "\x07", "\u202e", "\r"} & set(ran.out)
