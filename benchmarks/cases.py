"""Comparisons with other programs, and the growth with the size of a tenant: each case returns its section."""

from __future__ import annotations

import json
import shutil
import sys
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks import floor, octodns, page, tenant
from benchmarks.measure import Took, best_of, run, served
from benchmarks.results import Goal, Line, lines_section

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from benchmarks.measure import Server
    from benchmarks.results import Section

UPDATED = 100
"""Instances in which one variable is updated."""
PRISM = Path(__file__).resolve().parents[1] / "tests" / "official_cli" / "node_modules" / ".bin" / "prism"
PRISM_RUNS = 3
FAST = ("--rate", "1000")
"""The server has no limit; with the API's own the network would be all there is to see."""


def against_the_floor(folder: Path, instances: int, runs: int) -> Section:
    """Measure plans of a whole tenant, against fetching, decoding and loading the same and nothing else."""
    lines: list[Line] = []
    goals: list[Goal] = []
    with served(instances) as server:
        for name, every, at_most in (("all unchanged", 0, 1.0), ("10 % changed", 10, 1.1)):
            manifests = folder / f"floor-{every}"
            tenant.write_manifests(manifests, tenant.Shape(instances), changed_every=every)
            floors = _floors(server, manifests, folder / "bodies.json")
            plan_of = partial(server.reconciler, "plan", *FAST, cwd=manifests)
            ours, *bare = best_of(runs, plan_of, *floors.values())
            plan = f"`plan`, {instances:,} instances, {name}"
            for floor_name, took in zip(floors, bare, strict=True):
                lines += [
                    Line(f"{floor_name}, {instances:,} instances, {name}", took),
                    Line(f"{plan}, against the {floor_name}", ours, took),
                ]
            goals += [
                Goal(f"{plan}: time over the floor's", at_most, ours.seconds / bare[0].seconds),
                Goal(f"{plan}: peak memory over the floor's", 1.2, ours.megabytes / bare[0].megabytes),
            ]
            shutil.rmtree(manifests)
    return lines_section("Against the floor", lines, goals)


def _floors(server: Server, manifests: Path, bodies: Path) -> dict[str, Callable[[], Took]]:
    """Return what runs each floor; they send what a plan of the manifests sends."""
    server.reconciler("plan", *FAST, cwd=manifests)
    bodies.write_text(json.dumps(server.seen()["bodies"]), encoding="utf-8")
    command = [sys.executable, "-m", "benchmarks.floor", server.url, str(bodies), str(manifests)]
    floors = {"floor": lambda: run(command)}
    if floor.fast_installed():
        floors["fast floor"] = lambda: run([*command, "fast"])
    return floors


def of_a_set(folder: Path, members: int, runs: int) -> Section:
    """Measure the plan of one set, against that of the same instances written one by one."""
    plain, as_set, shape = folder / "set-plain", folder / "set", tenant.Shape(members, per_customer=1)
    tenant.write_manifests(plain, shape)
    tenant.write_set(as_set, shape)
    with served(members, per_customer=1) as server:
        plan_of = partial(server.reconciler, "plan", "--detailed-exitcode", *FAST)
        bare, ours = best_of(runs, lambda: plan_of(cwd=plain), lambda: plan_of(cwd=as_set))
    plan = f"`plan` of a set of {members:,} members"
    goals = [
        Goal(f"{plan}: time over that of as many instances", 1.5, ours.seconds / bare.seconds),
        Goal(f"{plan}: peak memory over that of as many instances", 1.5, ours.megabytes / bare.megabytes),
    ]
    lines = [
        Line(f"`plan`, {members:,} instances of {members:,} customers, one by one", bare),
        Line(f"{plan}, with a CSV file of values", ours, bare),
    ]
    return lines_section("A set against instances one by one", lines, goals)


def against_octodns(folder: Path, records: int, runs: int) -> Sequence[Section]:
    """Measure octoDNS planning as many records as there are instances; nothing where it is not installed."""
    if not octodns.installed():
        return ()
    manifests = folder / "octodns-manifests"
    tenant.write_manifests(manifests, tenant.Shape(records), changed_every=10)
    octodns.write(folder / "octodns", records)
    with served(records) as server:
        ours, theirs = best_of(
            runs,
            lambda: server.reconciler("plan", *FAST, cwd=manifests),
            lambda: octodns.plan(folder / "octodns"),
        )
    plan = f"`plan`, {records:,} instances of 8 values"
    goal = Goal(f"{plan}: time over octoDNS' for as many records", 0.7, ours.seconds / theirs.seconds)
    lines = [Line(f"octoDNS, {records:,} records", theirs), Line(plan, ours, theirs)]
    return (lines_section("Against octoDNS", lines, [goal]),)


def against_calls(folder: Path, latencies: Sequence[float]) -> Section:
    """Measure updating one variable in a hundred instances of a thousand and deploying them."""
    lines = [line for latency in latencies for line in _calls(folder, latency)]
    return lines_section(f"Updating one variable in {UPDATED} instances, and deploying them", lines)


def _calls(folder: Path, latency: float) -> list[Line]:
    manifests = folder / f"calls-{latency}"
    tenant.write_manifests(manifests, tenant.Shape(UPDATED), changed_every=1)
    (manifests / "reconciler.yaml").unlink()
    what = f"{latency * 1000:.0f} ms"
    lines = []
    with served(UPDATED * 10, latency) as server:
        script = run([sys.executable, "-m", "benchmarks.script", server.url, str(UPDATED)])
        counted = replace(script, requests=server.seen()["requests"])
        lines.append(Line(f"script, three calls an instance, {what}", counted))
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


def growth(folder: Path, sizes: Sequence[int]) -> Section:
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
    return replace(lines_section("Growth (10 % changed)", lines), picture=page.picture(lines))


def at_the_limit(folder: Path, instances: int) -> Section:
    """Measure how much of a processor a run takes that sends 20 requests a second, the API's limit."""
    manifests = folder / "limit"
    tenant.write_manifests(manifests, tenant.Shape(instances), changed_every=1)
    with served(instances) as server:
        took = server.reconciler("apply", "--auto-approve", "--rate", "20", cwd=manifests)
    share = took.cpu / took.seconds
    note = f"{took.requests / took.seconds:.1f} requests a second, {share:.0%} of one processor"
    line = Line(f"`apply` of {instances:,} instances at 20 requests a second", took, note=note)
    return lines_section("At the API's limit", [line])
