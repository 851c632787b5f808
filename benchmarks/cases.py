"""What is measured: each case returns the lines of its table."""

from __future__ import annotations

import json
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks import octodns, tenant
from benchmarks.measure import Took, run, served

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.measure import Server

UPDATED = 100
"""Instances in which one variable is updated."""
PRISM = Path(__file__).resolve().parents[1] / "tests" / "official_cli" / "node_modules" / ".bin" / "prism"
PRISM_RUNS = 3
FAST = ("--rate", "1000")
"""The server has no limit; with the API's own the network would be all there is to see."""


@dataclass(frozen=True, slots=True)
class Line:
    """One measurement; ``against`` is what it is compared with, if anything."""

    what: str
    took: Took
    against: Took | None = None
    note: str = ""

    @property
    def ratio(self) -> float | None:
        return self.took.seconds / self.against.seconds if self.against else None

    @property
    def cpu_ratio(self) -> float | None:
        return self.took.cpu / self.against.cpu if self.against else None

    @property
    def memory_ratio(self) -> float | None:
        return self.took.megabytes / self.against.megabytes if self.against and self.against.megabytes else None


def start_up(folder: Path, runs: int) -> list[Line]:
    """Measure starting: help, and the check of one file, against importing click and yaml."""
    (folder / "one.yaml").write_text(
        "apiVersion: reconciler/v1\nkind: Customer\nmetadata: {name: a}\nspec: {name: A}\n", encoding="utf-8"
    )
    python = [sys.executable]
    bare = _best([run([*python, "-c", "import click, yaml"], cwd=folder) for _ in range(runs)])
    command = [*python, "-m", "reconciler"]
    shown = _best([run([*command, "--help"], cwd=folder) for _ in range(runs)])
    checked = _best([run([*command, "validate", "-f", "one.yaml"], cwd=folder) for _ in range(runs)])
    return [
        Line("`python -c 'import click, yaml'`", bare),
        Line("`reconciler --help`", shown, bare),
        Line("`reconciler validate` of one file", checked, bare),
    ]


def against_the_floor(folder: Path, instances: int, runs: int) -> list[Line]:
    """Measure plans of a whole tenant, against fetching, decoding and loading the same and nothing else."""
    lines = []
    with served(instances) as server:
        for name, every in (("all unchanged", 0), ("10 % changed", 10)):
            manifests = folder / f"floor-{every}"
            tenant.write_manifests(manifests, tenant.Shape(instances), changed_every=every)
            ours = _best([server.reconciler("plan", *FAST, cwd=manifests) for _ in range(runs)])
            bodies = folder / "bodies.json"
            bodies.write_text(json.dumps(server.seen()["bodies"]), encoding="utf-8")
            bare = [sys.executable, "-m", "benchmarks.floor", server.url, str(bodies), str(manifests)]
            floor = _best([run(bare) for _ in range(runs)])
            lines += [
                Line(f"floor, {instances:,} instances, {name}", floor),
                Line(f"`plan`, {instances:,} instances, {name}", ours, floor),
            ]
            shutil.rmtree(manifests)
    return lines


def against_octodns(folder: Path, records: int, ours: Took) -> list[Line]:
    """Measure octoDNS planning as many records as there were instances in ``ours``."""
    if not octodns.installed():
        return []
    theirs = octodns.plan(folder / "octodns", records)
    return [
        Line(f"octoDNS, {records:,} records", theirs),
        Line(f"`plan`, {records:,} instances of 8 values", ours, theirs),
    ]


def against_calls(folder: Path, latency: float) -> list[Line]:
    """Measure updating one variable in a hundred instances of a thousand and deploying them."""
    manifests = folder / f"calls-{latency}"
    tenant.write_manifests(manifests, tenant.Shape(UPDATED), changed_every=1)
    (manifests / "reconciler.yaml").unlink()
    what = f"{latency * 1000:.0f} ms"
    lines = []
    with served(UPDATED * 10, latency) as server:
        script = run([sys.executable, "-m", "benchmarks.script", server.url, str(UPDATED)])
        lines.append(Line(f"script, three calls an instance, {what}", _counted(script, server)))
    if PRISM.exists():
        with served(UPDATED, latency) as server:
            loop = run(_prism_loop(), environ=server.environ)
            scaled = UPDATED / PRISM_RUNS
            took = Took(loop.seconds * scaled, loop.cpu * scaled, loop.megabytes, UPDATED)
            note = f"deploys alone: it cannot set a variable; {PRISM_RUNS} measured, scaled to {UPDATED}"
            lines.append(Line(f"official CLI in a shell loop, {what}", took, note=note))
    with served(UPDATED * 10, latency) as server:
        ours = server.reconciler("apply", "-f", "customers", "--auto-approve", *FAST, cwd=manifests)
    return [
        *lines,
        *(Line(f"`apply`, against the {each.what.split(',')[0]}, {what}", ours, each.took) for each in lines),
    ]


def _prism_loop() -> list[str]:
    shell = shutil.which("sh") or "sh"
    loop = " ".join(f"instance-{number}" for number in range(PRISM_RUNS))
    return [shell, "-ec", f'for id in {loop}; do "{PRISM}" instances:deploy "$id"; done']


def _counted(took: Took, server: Server) -> Took:
    return Took(took.seconds, took.cpu, took.megabytes, server.seen()["requests"])


def growth(folder: Path, sizes: Sequence[int]) -> list[Line]:
    """Measure plans, and applies that update and deploy a tenth, of ever larger tenants."""
    lines = []
    for instances in sizes:
        manifests = folder / f"growth-{instances}"
        tenant.write_manifests(manifests, tenant.Shape(instances), changed_every=10)
        with served(instances) as server:
            planned = server.reconciler("plan", *FAST, cwd=manifests)
            applied = server.reconciler("apply", "--auto-approve", *FAST, cwd=manifests)
        shutil.rmtree(manifests)
        lines += [Line(f"`plan`, {instances:,} instances", planned), Line(f"`apply`, {instances:,} instances", applied)]
    return lines


def at_the_limit(folder: Path, instances: int) -> list[Line]:
    """Measure how much of a processor a run takes that sends 20 requests a second, the API's limit."""
    manifests = folder / "limit"
    tenant.write_manifests(manifests, tenant.Shape(instances), changed_every=1)
    with served(instances) as server:
        took = server.reconciler("apply", "--auto-approve", "--rate", "20", cwd=manifests)
    share = took.cpu / took.seconds
    note = f"{took.requests / took.seconds:.1f} requests a second, {share:.0%} of one processor"
    return [Line(f"`apply` of {instances:,} instances at 20 requests a second", took, note=note)]


def _best(runs: Sequence[Took]) -> Took:
    """Return the quickest of several runs: what else the machine had to do only ever adds."""
    return min(runs, key=lambda took: took.seconds)
