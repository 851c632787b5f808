"""Every command and each of its outcomes: the exit code and the two streams.

The table is ``command_lines.yaml``. Each case has the command line to ``run``; which ``files`` there are and what is
``live`` (both by the names below), what is in the ``environ``, how the API misbehaves (``fault``), what comes in on
``stdin`` or is ``typed`` on a terminal; and the ``code``, and what the streams match from their beginning (``out``
and ``err``; left out: nothing is said on them).
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from cli.shell import CUSTOMER, INSTANCE, PROJECT, Terminal

if TYPE_CHECKING:
    from cli.shell import Shell

CASES = yaml.safe_load((Path(__file__).parent / "command_lines.yaml").read_text(encoding="utf-8"))
FILES = {
    "both": {"all.yaml": CUSTOMER + INSTANCE},
    "customer": {"all.yaml": CUSTOMER},
    "project": {"all.yaml": CUSTOMER, "reconciler.yaml": PROJECT},
    "broken": {"all.yaml": CUSTOMER.replace("description", "descripton")},
    "broken world": {"world.yaml": "customers: [{nmae: A}]"},
    "absent": {"all.yaml": CUSTOMER + "lifecycle: {state: absent}\n"},
}
LIVE = {
    "as-declared": [{"name": "FTL Rockets", "description": "Declared"}],
    "differs": [{"name": "FTL Rockets", "description": "Live"}],
    "stray": [
        {"name": "FTL Rockets", "description": "Declared", "labels": ["gitops:acme"]},
        {"name": "Stray", "labels": ["gitops:acme"]},
    ],
}
ON_THE_TENANT = {"plan", "apply", "drift"}


def arguments_of(case: dict[str, Any]) -> list[str]:
    """Return the command line, made to go as quickly as it can."""
    arguments: list[str] = case["run"].split()
    quick = ON_THE_TENANT & set(arguments[:1]) and "-h" not in arguments
    return [*arguments[:1], "--rate", "1000", *arguments[1:]] if quick else arguments


@pytest.mark.parametrize("case", CASES, ids=[case["case"] for case in CASES])
def test_a_command_line_has_its_exit_code_and_streams(case: dict[str, Any], shell: Shell) -> None:
    """Each outcome has its exit code, the result alone on stdout, and all else on stderr."""
    for name, text in FILES.get(case.get("files", ""), {}).items():
        shell.write(name, text)
    for customer in LIVE.get(case.get("live", ""), ()):
        shell.world.seed.customer(**customer)
    for name, value in case.get("environ", {}).items():
        shell.monkeypatch.setenv(name, value)
    if "fault" in case:
        shell.world.sandbox.faults.add(case["fault"])
    given = {"manifest": CUSTOMER}
    typed = case.get("typed")
    stdin = given.get(case.get("stdin", ""), "") if typed is None else Terminal(given.get(typed, typed))
    ran = shell.run(*arguments_of(case), stdin=stdin)
    assert ran.code == case["code"], ran
    assert re.match(case.get("out", "$"), ran.out), ran
    assert re.match(case.get("err", "$"), ran.err), ran
    assert "Traceback" not in ran.err
    if not case["run"].startswith("apply"):
        assert shell.world.mutations == []


def test_a_port_in_use_is_reported(shell: Shell, serving: Any) -> None:
    """The sandbox refuses to start on a port that is in use."""
    port = serving[1].rpartition(":")[2]
    ran = shell.run("sandbox", "--port", port)
    assert (ran.code, ran.out) == (1, "")
    assert f"Cannot listen on 127.0.0.1:{port}" in ran.err


def test_a_missing_sandbox_extra_is_reported(shell: Shell) -> None:
    """Without its extra, the sandbox names the package to install."""
    script = "import sys; sys.modules['uvicorn'] = None; sys.argv = ['reconciler', 'sandbox']"
    script += "; from reconciler.cli import main; main()"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("error: the sandbox needs uvicorn, which is not installed: pip install ")


def test_a_shell_can_complete_commands_and_options(shell: Shell) -> None:
    """The commands and options complete in a shell that asks."""
    shell.monkeypatch.setenv("_RECONCILER_COMPLETE", "bash_complete")

    def completions(words: str) -> set[str]:
        shell.monkeypatch.setenv("COMP_WORDS", words)
        shell.monkeypatch.setenv("COMP_CWORD", str(len(words.split()) - 1))
        return {line.partition(",")[2] for line in shell.run().out.splitlines()}

    assert completions("reconciler pl") == {"plan"}
    assert completions("reconciler apply --auto") == {"--auto-approve"}


def test_each_case_has_its_own_name() -> None:
    """No two command lines have the same name, which a failure is reported by."""
    assert len({case["case"] for case in CASES}) == len(CASES)
