"""The time until a command does something, against importing the libraries that it cannot do without."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from benchmarks import tenant
from benchmarks.measure import best_of, run, served
from benchmarks.results import Goal, Line, lines_section

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from benchmarks.measure import Took
    from benchmarks.results import Section

PYTHON = (sys.executable, "-c")
COMMAND = (sys.executable, "-m", "reconciler")
COMPLETION = {"_RECONCILER_COMPLETE": "bash_complete", "COMP_WORDS": "reconciler pl", "COMP_CWORD": "1"}
CUSTOMER = "apiVersion: reconciler/v1\nkind: Customer\nmetadata: {name: a}\nspec: {name: A}\n"
INSTANCES = 10
AT_MOST = 1.6
"""The goal of `validate` and of the plan."""


def starting(folder: Path, runs: int) -> Section:
    """Measure commands that need no tenant, and the plan of a small one."""
    local, plan = _local(folder, runs), _plan(folder, runs)
    goals = [
        Goal(f"{line.what}: time over {bare.what}", AT_MOST, line.took.seconds / bare.took.seconds)
        for bare, *_, line in (local, plan)
    ]
    return lines_section("Starting", [*local, *plan], goals)


def _local(folder: Path, runs: int) -> list[Line]:
    (folder / "one.yaml").write_text(CUSTOMER, encoding="utf-8")
    works: dict[str, Callable[[], Took]] = {
        "`python -c 'import click, yaml'`": lambda: run([*PYTHON, "import click, yaml"], cwd=folder),
        "`reconciler --help`": lambda: run([*COMMAND, "--help"], cwd=folder),
        "`reconciler version`": lambda: run([*COMMAND, "version"], cwd=folder),
        "completion of `reconciler pl`": lambda: run(COMMAND, environ=COMPLETION, cwd=folder),
        "`reconciler validate` of one file": lambda: run([*COMMAND, "validate", "-f", "one.yaml"], cwd=folder),
    }
    return _lines(works, runs)


def _plan(folder: Path, runs: int) -> list[Line]:
    manifests = folder / "starting"
    tenant.write_manifests(manifests, tenant.Shape(INSTANCES), changed_every=10)
    with served(INSTANCES) as server:
        works: dict[str, Callable[[], Took]] = {
            "`python -c 'import gql, httpx'`": lambda: run([*PYTHON, "import gql, httpx"], cwd=folder),
            f"`reconciler plan` of {INSTANCES} instances, 0 ms": lambda: server.reconciler("plan", cwd=manifests),
        }
        return _lines(works, runs)


def _lines(works: dict[str, Callable[[], Took]], runs: int) -> list[Line]:
    """Return a line of each; the first is what the others are compared with."""
    bare, *others = map(Line, works, best_of(runs, *works.values()))
    return [bare, *(Line(each.what, each.took, bare.took) for each in others)]
