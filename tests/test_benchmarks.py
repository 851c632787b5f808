"""A small round of every benchmark, so that the benchmarks keep working."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from support.world import ROOT

from benchmarks.chain import longest_chain
from benchmarks.floor import fast_installed
from benchmarks.limit import BURST, LATENCY, RATE, physical_limit
from reconciler.prismatic.http import rate_limit

FIRST_PAGE = "query instances($op0_offset: Int) { op0: instances(offset: $op0_offset) { nodes { id } } }"
DEPLOY = "mutation deployInstance($op0_input: Input!) { op0: deployInstance(input: $op0_input) { instance { id } } }"


def exchange(query: str, variables: object, *ids: str) -> tuple[str, bytes]:
    answer = json.dumps([{"id": each} for each in ids], separators=(",", ":"))
    return json.dumps({"query": query, "variables": variables}), answer.encode()


def deploy(instance: str) -> tuple[str, bytes]:
    return exchange(DEPLOY, {"op0_input": {"id": instance}}, instance)


def test_a_request_waits_for_the_answer_that_shows_its_id() -> None:
    """The chain counts the read of an ID, the mutations of that object one after another, and a read-back."""
    page = exchange(FIRST_PAGE, {}, "a", "b")
    assert longest_chain([page]) == 1
    assert longest_chain([page, deploy("a"), deploy("b")]) == 2
    assert longest_chain([page, deploy("a"), deploy("a")]) == 3
    assert longest_chain([page, deploy("a"), deploy("a"), page]) == 4


def test_later_pages_wait_for_the_first_alone() -> None:
    """All pages after the first can be asked for at the same time."""
    pages = [exchange(FIRST_PAGE, {"op0_offset": start}) for start in (0, 100, 200, 300)]
    assert longest_chain(pages) == 2


def test_the_physical_limit_is_set_by_the_rate_or_by_the_chain() -> None:
    """Many requests are limited by the rate after the first few, few requests by those that wait for each other."""
    assert physical_limit(103, 5) == pytest.approx(100 / RATE + LATENCY)
    assert physical_limit(3, 2) == pytest.approx(2 * LATENCY)


def test_the_physical_limit_counts_with_the_burst_of_the_client() -> None:
    """The client sends as many requests at once as the physical limit allows."""
    assert rate_limit._BURST == BURST


@pytest.mark.full
def test_a_small_round_of_all_benchmarks_runs() -> None:
    """Every case gives lines of the table, whatever the figures are."""
    command = [sys.executable, "-m", "benchmarks", "--quick"]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=600, check=False)
    assert ran.returncode == 0, ran.stderr
    sys.stdout.write(ran.stdout)
    for case in (
        "floor, ",
        "`plan`, 200 instances",
        "`plan` of a set of 200 members",
        "script, three calls",
        "`apply`, 100 instances",
        "at 20 requests",
    ):
        assert case in ran.stdout
    # Its parsers come with the extra of the benchmarks.
    assert ("fast floor, " in ran.stdout) == fast_installed()
    assert "| `reconciler --help` |" in ran.stdout
    assert "| `apply` of 10 upgrades with deploys" in ran.stdout


def test_an_unknown_part_is_refused_with_the_known_ones() -> None:
    """A misspelled part stops the run before anything is measured."""
    command = [sys.executable, "-m", "benchmarks", "--only", "flor"]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert ran.returncode == 2
    assert "unknown part: flor; the parts are waiting, floor," in ran.stderr
