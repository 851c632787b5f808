"""``reconciler doctor --write`` as a command: what it asks, what it needs, and its report."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from cli.shell import Terminal, signed_in

from reconciler.doctor.writing.readings import READINGS
from reconciler.text.wrapping import columns

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from cli.shell import Shell

WRITE = ("doctor", "--write", "--customer", "Trial", "--integration", "Acme Inventory")


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Shell]:
    """A person's shell, signed in to a tenant of this test alone."""
    with signed_in(tmp_path, monkeypatch, capsys) as shell:
        yield shell


def test_it_asks_first(shell: Shell) -> None:
    """It says all that it will do before it asks, and changes nothing after a no."""
    ran = shell.tenant(*WRITE, "--deploy", "--flow", "Sync Inventory", stdin=Terminal("n\n"))
    assert ran.code == 1
    for step in (
        "create the customer 'Trial'",
        "deploy instances of version 2",
        "run the flow",
        "delete all of it again",
    ):
        assert step in ran.err
    assert ran.err.endswith("Nothing was changed.\n")
    assert shell.world.mutations == []


@pytest.mark.parametrize(
    ("lacks", "text", "introspection"),
    [
        ("RootQuery.users(customer_Isnull:)", "leave the assumptions about users unknown", True),
        ("CreateInstanceInput.labels", "leave the assumptions about instances unknown", True),
        ("CreateInstanceInput.labels", "leave the assumptions about instances unknown", False),
    ],
)
def test_what_the_schema_lacks(shell: Shell, lacks: str, text: str, introspection: bool) -> None:
    """It says before it asks what it cannot act out on this API."""
    shell.world.sandbox.settings = replace(shell.world.sandbox.settings, without=(lacks,), introspection=introspection)
    ran = shell.tenant(*WRITE, stdin=Terminal("n\n"))
    assert f"  - {text} where" in ran.err
    assert f": {lacks}\n" in ran.err
    assert (ran.code, shell.world.mutations) == (1, [])


@pytest.mark.parametrize("lacks", ["RootQuery.alertMonitors(instance_Customer:)", "DeleteCustomerInput.id"])
def test_what_could_not_be_deleted_again(shell: Shell, lacks: str) -> None:
    """It begins nothing where the API lacks what finds or deletes the objects that it would create."""
    shell.world.sandbox.settings = replace(shell.world.sandbox.settings, without=(lacks,))
    ran = shell.tenant(*WRITE, "--auto-approve")
    assert f"nothing was acted out: the API lacks {lacks}, or" in ran.out
    assert "nothing was written" in ran.out
    assert (ran.code, shell.world.mutations) == (2, [])


def test_its_lines_fit_the_terminal(shell: Shell) -> None:
    """On a terminal the steps and the report are broken between words; in a pipe each line is whole."""
    narrow = shell.tenant(*WRITE, "--auto-approve", "--deploy", "--flow", "Sync Inventory")
    assert max(map(len, narrow.out.splitlines())) > 80 < max(map(len, narrow.err.splitlines()))
    for name in ("options.shared", "process.terminal"):
        shell.monkeypatch.setattr(f"reconciler.cli.{name}.width_of", lambda _: 60)
    ran = shell.tenant(*WRITE, "--auto-approve", "--deploy", "--flow", "Sync Inventory")
    wide = [line for line in [*ran.out.splitlines(), *ran.err.splitlines()] if columns(line) > 60]
    assert not [line for line in wide if " " in line.strip()]


def test_its_report(shell: Shell) -> None:
    """The report has every assumption after what the other examination finds, and says that something was written."""
    ran = shell.tenant(*WRITE, "--auto-approve", "--format", "json")
    report = json.loads(ran.out)
    found = {each["name"]: each["reading"] for each in report["findings"] if each["topic"] == "assumption"}
    assert (ran.code, report["wrote"]) == (0, True)
    assert list(found) == list(READINGS)
    assert found["connection_inputs"] == "merge"
    assert "deploy nothing" in ran.err
    assert shell.world.mutations


def test_it_agrees_on_a_terminal(shell: Shell) -> None:
    """After a yes it goes on, and the text report names the readings."""
    ran = shell.tenant(*WRITE, stdin=Terminal("y\n"))
    assert ran.code == 0
    assert "✓ numbers = sent: numbers read back as they were sent" in ran.out
    assert "use --deploy" in ran.out


def test_without_write_nothing_is_written(shell: Shell) -> None:
    """Without --write, doctor sends no mutation."""
    assert shell.tenant("doctor").code == 0
    assert shell.world.mutations == []


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("doctor", "--customer", "Trial"), "--customer is for doctor --write"),
        (("doctor", "--deploy"), "--deploy is for doctor --write"),
        (("doctor", "--write", "--customer", "Trial"), "needs --customer NAME, a customer to create and delete again"),
        (WRITE, "--auto-approve writes without asking"),
        ((*WRITE, "--auto-approve", "--flow", "Sync Inventory"), "add --deploy"),
        ((*WRITE, "--auto-approve", "--version", "7"), "no available version 7"),
    ],
)
def test_what_it_needs(shell: Shell, arguments: tuple[str, ...], message: str) -> None:
    """Options that do not go together, and nobody to ask, are mistakes; nothing is written."""
    ran = shell.tenant(*arguments)
    assert ran.code == 1
    assert message in ran.err.replace("\n", " ")
    assert shell.world.mutations == []


def test_a_tenant_that_does_not_answer(shell: Shell) -> None:
    """Where the token is wrong, the report says so, and nothing is written."""
    shell.monkeypatch.setenv("PRISM_ACCESS_TOKEN", "wrong")
    ran = shell.tenant(*WRITE, "--auto-approve")
    assert ran.code == 2
    assert "nothing was written" in ran.out
