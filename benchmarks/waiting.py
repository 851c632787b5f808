"""The time that a user waits where the API sets the pace: against the physical limit, and until the first progress."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from benchmarks import tenant
from benchmarks.limit import BURST, LATENCY, RATE, physical_limit
from benchmarks.measure import best_of, served
from benchmarks.results import Goal, Section, markdown

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from benchmarks.measure import Took

PACED = ("--rate", str(RATE))
COLUMNS = (
    "",
    "seconds",
    "requests",
    "longest chain",
    "physical limit",
    "ratio",
    "first progress",
    "CPU seconds",
    "peak MB",
)
PLAN_GOALS = {1_000: 1.8, 10_000: 1.1}
"""By instances: the time of a plan over the physical limit."""
APPLY_GOAL = 1.15
PACE = f"{LATENCY * 1000:.0f} ms a request and {RATE} requests a second"


@dataclass(frozen=True, slots=True)
class Wait:
    """A run at the API's pace; ``progress`` is the seconds until it shows the first on a terminal."""

    what: str
    took: Took
    progress: float | None = None

    @property
    def limit(self) -> float:
        return physical_limit(self.took.requests, self.took.chain)

    @property
    def ratio(self) -> float:
        return self.took.seconds / self.limit

    def goal(self, at_most: float) -> Goal:
        return Goal(f"{self.what}, {PACE}: time over the physical limit", at_most, self.ratio)

    def cells(self) -> Sequence[str]:
        took = self.took
        return (
            self.what,
            f"{took.seconds:.2f}",
            str(took.requests),
            str(took.chain),
            f"{self.limit:.2f}",
            f"**{self.ratio:.2f}**",
            f"{self.progress:.2f}" if self.progress else "",
            f"{took.cpu:.2f}",
            f"{took.megabytes:.0f}",
        )


def waiting(folder: Path, sizes: Sequence[int], runs: int) -> Section:
    """Measure plans of every size, and an apply of the largest."""
    plans = {instances: _plan(folder, instances, runs) for instances in sizes}
    apply = _apply(folder, sizes[-1])
    goals = [plans[size].goal(at_most) for size, at_most in PLAN_GOALS.items() if size in plans]
    table = markdown(COLUMNS, [wait.cells() for wait in (*plans.values(), apply)])
    text = f"{_explained()}\n\n{table}\n\n{_memory(plans)}"
    return Section(f"Waiting: {PACE}", text, [*goals, apply.goal(APPLY_GOAL)])


def _plan(folder: Path, instances: int, runs: int) -> Wait:
    manifests = folder / f"waiting-{instances}"
    tenant.write_manifests(manifests, tenant.Shape(instances), changed_every=10)
    with served(instances, LATENCY) as server:
        (took,) = best_of(runs, partial(server.reconciler, "plan", *PACED, cwd=manifests))
        progress = server.first_progress("plan", *PACED, cwd=manifests)
    shutil.rmtree(manifests)
    return Wait(f"`plan`, {_counted(instances)}, 10 % changed", took, progress)


def _apply(folder: Path, instances: int) -> Wait:
    manifests = folder / "waiting-apply"
    tenant.write_manifests(manifests, tenant.Shape(instances), changed_every=10, upgrade=True)
    with served(instances, LATENCY) as server:
        took = server.reconciler("apply", "--auto-approve", *PACED, cwd=manifests)
    return Wait(f"`apply` of {instances // 10:,} upgrades with deploys, of {_counted(instances)}", took)


def _memory(plans: Mapping[int, Wait]) -> str:
    smallest, largest = min(plans), max(plans)
    kilobytes = (plans[largest].took.megabytes - plans[smallest].took.megabytes) * 1000 / (largest - smallest)
    return (
        f"Peak memory an instance: **{kilobytes:.1f} kB**, which is the peak of {largest:,} instances minus that of "
        f"{smallest:,}, divided by the difference."
    )


def _explained() -> str:
    return (
        f"The physical limit is the larger of `(requests - {BURST}) / {RATE} + {LATENCY:g}` and "
        f"`longest chain * {LATENCY:g}` seconds. Requests and chain are those of the same run."
    )


def _counted(instances: int) -> str:
    return f"{instances:,} instance{'s' if instances > 1 else ''}"
