"""The cost of a run: requests and time are reported on request, and bounded by ``--timeout``."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from jsonschema import Draft202012Validator
from support.world import ROOT

from reconciler.prismatic.http.stats import Stats
from reconciler.reports.shared.json_documents import cost_document
from reconciler.reports.shared.style import Style
from reconciler.reports.text.progress_line import cost_line

if TYPE_CHECKING:
    from pathlib import Path

    from cli.shell import Shell

ALL = ("-f", "all.yaml")
COMMANDS = [("plan", *ALL), ("drift", *ALL), ("apply", *ALL, "--auto-approve")]


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])
def test_json_reports_hold_the_cost(command: tuple[str, ...], shell: Shell, manifests: Path) -> None:
    """Requests, operations and bytes are in the JSON on stdout, valid by its schema, and in the report."""
    shell.world.forget()
    ran = shell.tenant(*command, "--format", "json", "--report", "json=report.json")
    document = json.loads(ran.out)
    schema = json.loads((ROOT / "schemas" / "plan.schema.json").read_text(encoding="utf-8"))
    Draft202012Validator(schema).validate(document)
    cost = document["cost"]
    assert cost["requests"] == shell.world.sandbox.log.requests
    assert cost["operations"] >= cost["requests"]
    assert cost["bytesReceived"] > 100
    assert (cost["retries"], cost["throttles"], cost["lowestRate"]) == (0, 0, None)
    assert json.loads((shell.folder / "report.json").read_text(encoding="utf-8"))["cost"] == cost


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])
def test_verbose_prints_a_line_of_the_cost(command: tuple[str, ...], shell: Shell, manifests: Path) -> None:
    """Whoever asks to hear more hears what the run cost, on stderr; nobody else does."""
    verbose = shell.tenant(*command, "-v")
    assert " operations in " in verbose.err.splitlines()[-1]
    assert " operations in " not in verbose.out
    assert " operations in " not in shell.tenant(*command).err


def test_a_saved_plan_holds_no_cost(shell: Shell, manifests: Path) -> None:
    """A saved plan does not contain the cost of making it."""
    shell.tenant("plan", *ALL, "--out", "saved.json")
    assert "cost" not in json.loads((shell.folder / "saved.json").read_text(encoding="utf-8"))


def test_timeout_bounds_the_time_of_a_run(shell: Shell, manifests: Path) -> None:
    """A run that reaches its time limit ends with a one-line message."""
    shell.world.sandbox.faults.add("delay", seconds=3.0, times=None)
    ran = shell.tenant("plan", *ALL, "--timeout", "1")
    shell.world.sandbox.faults.clear()
    assert ran.code == 1
    assert ran.err == (
        "error: out of time: the 1 s that --timeout allows are over, and nothing more is sent; "
        "run again to do the rest, or allow more\n"
    )


def test_a_timeout_of_zero_is_refused(shell: Shell, manifests: Path) -> None:
    """A run needs some time."""
    ran = shell.tenant("plan", *ALL, "--timeout", "0")
    assert ran.code == 1
    assert "--timeout" in ran.err


THROTTLED = Stats(3, 4, 2, 2, 1000, 0.5, throttled_seconds=7.04, lowest_rate=3.75)


@pytest.mark.parametrize(
    ("stats", "line"),
    [
        (Stats(), "0 operations in 0 requests, 0 kB received, 0.0 s of waiting for answers"),
        (
            Stats(12, 85, 0, 3, 40_400, 1.25),
            "85 operations in 12 requests, 40 kB received, 1.2 s of waiting for answers, 3 tried again",
        ),
        (
            THROTTLED,
            (
                "4 operations in 3 requests, 1 kB received, 0.5 s of waiting for answers, 2 tried again, "
                "throttled 2 times, held back for 7.0 s, down to 3.75 requests a second"
            ),
        ),
    ],
)
def test_the_cost_line_leaves_out_zeros(stats: Stats, line: str) -> None:
    """Retries and throttling are only mentioned where there were some."""
    assert cost_line(stats, Style()) == line


def test_throttling_is_in_the_json_document() -> None:
    """How much the API held the run back can be read by machines."""
    document = cost_document(THROTTLED)
    assert (document["throttles"], document["throttledSeconds"], document["lowestRate"]) == (2, 7.04, 3.75)
