"""Every command and how it can end: the exit code, and what is said on which stream."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest
from cli.shell import CUSTOMER, INSTANCE, PROJECT, Terminal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cli.shell import Shell

BOTH = {"all.yaml": CUSTOMER + INSTANCE}
ALONE = {"all.yaml": CUSTOMER}
OWNED = {"all.yaml": CUSTOMER, "reconciler.yaml": PROJECT}
BROKEN = {"all.yaml": CUSTOMER.replace("description", "descripton")}
TO_DELETE = {"all.yaml": CUSTOMER + "lifecycle: {state: absent}\n"}
THERE = {"customers": [{"name": "FTL Rockets", "description": "Declared"}]}
DIFFERS = {"customers": [{"name": "FTL Rockets", "description": "Live"}]}
STRAY = {
    "customers": [
        {"name": name, "description": "Declared", "labels": ["gitops:acme"]} for name in ("FTL Rockets", "Stray")
    ]
}
ALL = ("-f", "all.yaml")
YES = (*ALL, "--auto-approve")


@dataclass(frozen=True, slots=True)
class Line:
    """One command line; ``out`` and ``err`` are what the streams match from their beginning, empty: nothing at all."""

    arguments: tuple[str, ...]
    code: int
    out: str = ""
    err: str = ""
    files: Mapping[str, str] = field(default_factory=dict)
    live: Mapping[str, Any] = field(default_factory=dict)
    fault: Mapping[str, Any] = field(default_factory=dict)
    environ: Mapping[str, str] = field(default_factory=dict)
    stdin: str = ""
    typed: str | None = None


LINES = {
    # Usage
    "no command": Line((), 0, r"Usage: reconciler \[OPTIONS\] COMMAND"),
    "help": Line(("--help",), 0, r"Usage: reconciler \[OPTIONS\] COMMAND"),
    "help of a command": Line(("apply", "-h"), 0, r"Usage: reconciler apply \[OPTIONS\] \[PLAN\]"),
    "unknown command": Line(("pln",), 1, "", r"error: no command is named 'pln'; did you mean 'plan'\?"),
    "unknown option": Line(("--frobnicate",), 1, "", r"error: No such option"),
    "unknown option of a command": Line(("plan", "--fil", "x"), 1, "", r"error: No such option '--fil'"),
    "an option without its value": Line(("plan", "-f"), 1, "", r"error: Option '-f' requires an argument"),
    "an argument too many": Line(("version", "x"), 1, "", r"error: Got unexpected extra argument"),
    "unknown format": Line(("plan", "--format", "xml"), 1, "", r"error: Invalid value for '--format'"),
    "a report without a file": Line(("plan", "--report", "json"), 1, "", r".*expected FORMAT=FILE"),
    "a report without a name": Line(("plan", "--report", "json="), 1, "", r".*expected FORMAT=FILE"),
    "unknown report": Line(("plan", "--report", "pdf=x"), 1, "", r".*'pdf' is no report format"),
    "a number out of range": Line(("apply", "--batch-size", "0"), 1, "", r".*'--batch-size'"),
    # version, schema
    "version": Line(("version",), 0, r"\d+\.\d+\.\d+\n$"),
    "schema": Line(("schema",), 0, r'\{\n  "\$schema"'),
    "schema to a folder": Line(("schema", "--out", "schemas"), 0, r"schemas.customer\.schema\.json\n"),
    "schema to a file": Line(("schema", "--out", "all.yaml"), 1, "", "error: ", ALONE),
    "schema below a file": Line(("schema", "--out", "all.yaml/x"), 1, "", "error: --out .*cannot be written", ALONE),
    # validate
    "valid": Line(("validate", *ALL), 0, r"Valid: 1 Customer, 1 Instance\.\n$", "", BOTH),
    "valid without its secrets": Line(("validate", *ALL), 0, "Valid", "", BOTH, environ={"WORD": ""}),
    "not valid": Line(("validate", *ALL), 1, "", r"all\.yaml:5:27: unknown key 'descripton'.*\n1 problem", BROKEN),
    "no manifests": Line(("validate",), 1, "", r"error: there is no reconciler\.yaml here"),
    "a file that is not there": Line(("validate", "-f", "none.yaml"), 1, "", r".*none\.yaml"),
    "unknown environment": Line(("validate", "-e", "prod"), 1, "", r".*'prod'", OWNED),
    "valid from standard input": Line(("validate", "-f", "-"), 0, "Valid: 1 Customer", stdin=CUSTOMER),
    # Signing in
    "no token": Line(("plan", *ALL), 1, "", r"error: no token in PRISM_ACCESS_TOKEN", ALONE, environ={"PRISM_ACCESS_TOKEN": ""}),
    "a wrong token": Line(("plan", *ALL), 1, "", r"error: .*token", ALONE, environ={"PRISM_ACCESS_TOKEN": "wrong"}),
    "nobody there": Line(("plan", *ALL), 1, "", r"error: .*http://127\.0\.0\.1:9", ALONE, environ={"PRISMATIC_URL": "http://127.0.0.1:9"}),
    "no such profile": Line(("plan", *ALL, "--profile", "x"), 1, "", r"error: .*profile 'x'", ALONE),
    # plan
    "plan with changes": Line(("plan", *ALL), 0, r"(?s).*Plan: 1 to update – 0 unchanged\.\n$", "", ALONE, DIFFERS),
    "plan without changes": Line(("plan", *ALL), 0, r"(?s).*Nothing to do: 1 unchanged\.\n$", "", ALONE, THERE),
    "plan that tells": Line(("plan", *ALL, "--detailed-exitcode"), 2, r"(?s).*to update", "", ALONE, DIFFERS),
    "plan that tells of nothing": Line(("plan", *ALL, "--detailed-exitcode"), 0, r"(?s).*Nothing", "", ALONE, THERE),
    "plan of broken manifests": Line(("plan", *ALL, "--detailed-exitcode"), 1, "", r"all\.yaml:5:27", BROKEN),
    "plan that is refused": Line(("plan", *ALL), 1, "", r"(?s).*--allow-delete-customers lets it\n1 problem", TO_DELETE, THERE),
    "plan that is let": Line(("plan", *ALL, "--allow-delete-customers"), 0, r"(?s).*1 to delete", "", TO_DELETE, THERE),
    "plan of a target": Line(("plan", *ALL, "--target", "Customer/ftl"), 0, r"(?s).*1 to create", "", BOTH),
    "plan of an unknown target": Line(("plan", *ALL, "--target", "Customer/ftx"), 1, "", r"error: --target Customer/ftx: .*did you mean 'Customer/ftl'", BOTH),
    "plan with a secret missing": Line(("plan", *ALL), 1, "", r"all\.yaml:15:\d+: .*WORD", BOTH, environ={"WORD": ""}),
    "plan without secrets": Line(("plan", *ALL, "--without-secrets"), 0, r"(?s).*this plan cannot be applied\.\n$", "", BOTH, environ={"WORD": ""}),
    "plan with the API down": Line(("plan", *ALL), 1, "", r"error: .*404", ALONE, fault={"kind": "error", "status": 404, "times": None}),
    "plan saved where nothing can be": Line(("plan", *ALL, "--out", "no/such/plan"), 1, "", r"error: --out", ALONE),
    "plan reported where nothing can be": Line(("plan", *ALL, "--report", "json=no/such"), 1, "", r"error: --report json=no", ALONE),
    "plan from standard input": Line(("plan", "-f", "-"), 0, r"(?s).*1 to create", stdin=CUSTOMER),
    "plan of the project here": Line(("plan",), 0, r"Sandbox at http.*, project acme\n", "", OWNED),
    # apply
    "apply": Line(("apply", *YES), 0, r"Done: 1 applied\.\n$", r"(?s).*✓ Customer/ftl applied  updateCustomer", ALONE, DIFFERS),
    "apply of nothing": Line(("apply", *YES), 0, r"Done: nothing to do\.\n$", r"(?s).*Nothing to do", ALONE, THERE),
    "apply without anybody to ask": Line(("apply", *ALL), 1, "", r"error: there is no terminal to ask on", ALONE, DIFFERS),
    "apply from standard input": Line(("apply", "-f", "-", "--auto-approve"), 0, r"(?s).*Done: 1 applied", r"(?s).*1 to create", stdin=CUSTOMER),
    "apply from standard input without approval": Line(("apply", "-f", "-"), 1, "", r"error: the manifests come from standard input", typed=CUSTOMER),
    "apply that is approved": Line(("apply", *ALL), 0, r"Done: 1 applied", r"(?s).*Apply this plan\? \[y/N\]: ", ALONE, DIFFERS, typed="y\n"),
    "apply that is declined": Line(("apply", *ALL), 1, "", r"(?s).*Nothing was changed\.\n$", ALONE, DIFFERS, typed="n\n"),
    "apply that is not answered": Line(("apply", *ALL), 130, "", r"(?s).*interrupted\n$", ALONE, DIFFERS, typed=""),
    "apply of nothing is not asked about": Line(("apply", *ALL), 0, r"Done: nothing to do\.", r"(?s).*Nothing to do", ALONE, THERE, typed=""),
    "apply without secrets": Line(("apply", *YES, "--without-secrets"), 1, "", r"error: --without-secrets is for plans", ALONE),
    "apply that fails": Line(("apply", *YES), 1, r"(?s)Customer/ftl\n    updateCustomer: no such luck.*Not all done: 1 failed\.\n$", r"(?s).*✗ Customer/ftl failed", ALONE, DIFFERS, {"kind": "partial", "field": "updateCustomer", "message": "no such luck"}),
    "apply that is refused": Line(("apply", *YES), 1, "", r"(?s).*lets it\n1 problem", TO_DELETE, THERE),
    "apply of broken manifests": Line(("apply", *YES), 1, "", r"all\.yaml:5:27", BROKEN),
    "apply of no plan": Line(("apply", "all.yaml", "--auto-approve"), 1, "", r"error: all\.yaml: this is not a plan", ALONE),
    "apply of a missing plan": Line(("apply", "none.json", "--auto-approve"), 1, "", r"error: none\.json: the plan cannot be read", ALONE),
    # drift
    "no drift": Line(("drift", *ALL), 0, r"(?s).*No drift: 1 as declared\.\n$", "", ALONE, THERE),
    "drift": Line(("drift", *ALL), 2, r"(?s).*differs  Customer/ftl 'FTL Rockets'.*Drift: 1 differ", "", ALONE, DIFFERS),
    "drift of what is missing": Line(("drift", *ALL), 2, r"(?s).*missing  Customer/ftl", "", ALONE),
    "drift of what is there": Line(("drift", *ALL), 2, r"(?s).*present  Customer/ftl", "", TO_DELETE, THERE),
    "drift of a stray": Line(("drift",), 2, r"(?s).*\? Customer 'Stray'", "", OWNED, STRAY),
    "drift of broken manifests": Line(("drift", *ALL), 1, "", r"all\.yaml:5:27", BROKEN),
    "drift with the API down": Line(("drift", *ALL), 1, "", r"error: .*404", ALONE, fault={"kind": "error", "status": 404, "times": None}),
    # sandbox
    "sandbox with an unknown variant": Line(("sandbox", "--variant", "x=y"), 1, "", r"error: --variant: There is no variant 'x'"),
    "sandbox with a missing folder": Line(("sandbox", "--integrations", "none"), 1, "", r"error: .*'none' does not exist"),
    "sandbox with an impossible port": Line(("sandbox", "--port", "70000"), 1, "", r"error: .*70000"),
}  # fmt: skip


@pytest.mark.parametrize("line", LINES.values(), ids=LINES)
def test_a_command_line_ends_as_the_table_says(line: Line, shell: Shell) -> None:
    """Each outcome has its exit code, the result alone on stdout, and all else on stderr."""
    for name, text in line.files.items():
        shell.write(name, text)
    for customer in line.live.get("customers", ()):
        shell.world.seed.customer(**customer)
    for name, value in line.environ.items():
        shell.monkeypatch.setenv(name, value)
    if line.fault:
        shell.world.sandbox.faults.add(**line.fault)
    stdin = line.stdin if line.typed is None else Terminal(line.typed)
    quick = ("--rate", "1000") if line.arguments[:1] in {("plan",), ("apply",), ("drift",)} else ()
    ran = shell.run(*line.arguments[:1], *(() if "-h" in line.arguments else quick), *line.arguments[1:], stdin=stdin)
    assert ran.code == line.code, ran
    assert re.match(line.out or "$", ran.out), ran
    assert re.match(line.err or "$", ran.err), ran
    assert "Traceback" not in ran.err
    if line.code and "apply" not in line.arguments:
        assert shell.world.mutations == []


def test_a_port_that_is_taken_is_told(shell: Shell, serving: Any) -> None:
    """The sandbox does not start on a port that somebody listens on, and says so."""
    port = serving[1].rpartition(":")[2]
    ran = shell.run("sandbox", "--port", port)
    assert (ran.code, ran.out) == (1, "")
    assert f"Cannot listen on 127.0.0.1:{port}" in ran.err
