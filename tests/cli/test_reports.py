"""Reports are written whatever happens, failures included."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from cli.shell import CUSTOMER, INSTANCE, PROJECT, Terminal
from jsonschema import Draft202012Validator

from reconciler.manifests.schema.schemas import load_schema
from reconciler.reports.registry import FORMATS

if TYPE_CHECKING:
    from collections.abc import Callable

    from cli.shell import Shell

    from reconciler.planning.plan import Plan


ALL = ("-f", "all.yaml")
EVERY = tuple(part for form in FORMATS for part in ("--report", f"{form}=report.{form}"))
BROKEN = CUSTOMER.replace("description", "descripton") + INSTANCE.replace("ftl", "ftx")
COMMANDS = {"plan": ("plan", *ALL), "apply": ("apply", *ALL, "--auto-approve"), "drift": ("drift", *ALL)}
FAILURES = {
    "broken manifests": (BROKEN, "", 2),
    "the API is down": (CUSTOMER, "error:status=404,times=always", 1),
    "the API goes down half-way": (CUSTOMER + INSTANCE, "error:field=integrations,status=404,times=always", 1),
    "no such resource": (CUSTOMER.replace("spec: {", "spec: {xternalId: a, "), "", 1),
}


def reports(shell: Shell) -> dict[str, str]:
    """Return the reports that were written, by format."""
    return {form: (shell.folder / f"report.{form}").read_text(encoding="utf-8") for form in FORMATS}


@pytest.mark.parametrize("name", FAILURES)
@pytest.mark.parametrize("command", COMMANDS)
def test_a_failure_is_in_every_report(command: str, name: str, shell: Shell) -> None:
    """Without a result, each report lists the problems, and stderr is as without reports."""
    text, fault, count = FAILURES[name]
    shell.write("all.yaml", text)
    if fault:
        shell.world.sandbox.faults.add(fault)
    ran = shell.tenant(*COMMANDS[command], *EVERY)
    assert (ran.code, ran.out) == (1, "")
    found = reports(shell)
    document = json.loads(found["json"])
    Draft202012Validator(load_schema("plan")).validate(document)
    assert document["command"] == command
    assert "changes" not in document
    problems = document["error"]["problems"]
    assert len(problems) == count
    for problem in problems:
        assert problem["message"] in found["text"]
        assert problem["message"] in ran.err


@pytest.mark.parametrize("command", COMMANDS)
def test_a_failure_is_on_stdout_in_machine_formats(command: str, shell: Shell) -> None:
    """With --format json, stdout is a complete document also without a result."""
    shell.write("all.yaml", BROKEN)
    shell.write("reconciler.yaml", PROJECT)
    ran = shell.tenant(command, "-f", ".", "--format", "json", *(["--auto-approve"] if command == "apply" else []))
    assert ran.code == 1
    document = json.loads(ran.out)
    assert document["project"] == "acme"
    assert [each["source"]["line"] for each in document["error"]["problems"]] == [5, 11]


def test_a_wrong_project_file_names_no_project(shell: Shell) -> None:
    """Where even the project's name cannot be read, a report goes without it."""
    for text in ("{", "metadata: 5", "metadata: {name: [x]}", ""):
        shell.write("reconciler.yaml", text)
        assert json.loads(shell.tenant("plan", "--format", "json").out)["project"] is None


def test_a_plan_that_nobody_approved_is_in_the_reports(shell: Shell) -> None:
    """An apply that was declined reports the plan, and that nothing was changed."""
    shell.write("all.yaml", CUSTOMER)
    ran = shell.tenant("apply", *ALL, *EVERY, stdin=Terminal("n\n"))
    assert (ran.code, ran.out) == (1, "")
    found = reports(shell)
    document = json.loads(found["json"])
    assert document["summary"]["create"] == 1
    assert document["error"]["problems"] == [{"message": "not approved: nothing was changed", "source": None}]
    assert found["text"].endswith("error: not approved: nothing was changed\n1 problem.\n")


def test_an_interrupted_apply_reports_what_was_done(shell: Shell) -> None:
    """Stopped half-way, the reports have the results by then, and that it was interrupted."""
    from reconciler.applying.results import Result

    def stopped(_: object, plan: Plan, progress: Callable[[Result], None]) -> None:
        progress(Result(plan.changes[0]))
        raise KeyboardInterrupt

    shell.monkeypatch.setattr("reconciler.cli.commands.apply.carry_out", stopped)
    shell.write("all.yaml", CUSTOMER + INSTANCE)
    ran = shell.tenant("apply", *ALL, "--auto-approve", *EVERY)
    assert ran.code == 130
    assert ran.err.endswith("interrupted\n")
    document = json.loads(reports(shell)["json"])
    Draft202012Validator(load_schema("plan")).validate(document)
    assert [(each["address"], each["status"]) for each in document["results"]] == [("Customer/ftl", "applied")]
    assert len(document["changes"]) == 2
    assert document["error"]["problems"][0]["message"] == "interrupted"
    assert reports(shell)["markdown"].splitlines()[2].startswith("**Not all done: 1 problem, 1 applied** at ")


def test_a_plan_that_cannot_be_saved_is_in_the_reports(shell: Shell) -> None:
    """If something fails after the plan was made, the report has the plan and the failure."""
    shell.write("all.yaml", CUSTOMER)
    ran = shell.tenant("plan", *ALL, "--out", "no/such", *EVERY)
    assert ran.code == 1
    assert "Plan: 1 to create" in reports(shell)["text"]
    assert "--out no/such: cannot be written" in reports(shell)["text"]


def test_a_report_that_cannot_be_written_stops_an_apply_before_it_begins(shell: Shell) -> None:
    """Every file that cannot be written is named, in the other reports too, and nothing is changed."""
    shell.write("all.yaml", CUSTOMER)
    ran = shell.tenant("apply", *ALL, "--auto-approve", "--report", "json=no/such", "--report", "text=no/text", *EVERY)
    assert (ran.code, ran.out) == (1, "")
    assert "--report json=no/such: cannot be written: No such file or directory\n" in ran.err
    assert "--report text=no/text: cannot be written: No such file or directory\n" in ran.err
    assert "--report text=no/text: cannot be written" in reports(shell)["text"]
    assert shell.world.mutations == []


def test_a_failure_is_printed_even_if_its_report_cannot_be_written(shell: Shell) -> None:
    """Both the failure and the report that failed too are said."""
    shell.write("all.yaml", BROKEN)
    ran = shell.tenant("plan", *ALL, "--report", "json=no/such")
    assert ran.code == 1
    assert ran.err.startswith("error: --report json=no/such: cannot be written")
    assert "2 problems." in ran.err


def test_reports_are_written_even_if_stdout_is_closed(shell: Shell) -> None:
    """Reports are written also if the reader of stdout has gone, such as head."""
    shell.write("all.yaml", BROKEN)
    reading, writing = os.pipe()
    os.close(reading)
    command = [sys.executable, "-m", "reconciler", "plan", *ALL, "--format", "json", *EVERY]
    try:
        done = subprocess.run(command, stdout=writing, stderr=subprocess.PIPE, cwd=shell.folder, check=False)
    finally:
        os.close(writing)
    assert done.returncode == 1
    assert b"Traceback" not in done.stderr
    assert len(json.loads(reports(shell)["json"])["error"]["problems"]) == 2
