"""Measures the product and prints tables; with ``--write`` also writes ``docs/benchmarks.md`` and its picture."""

from __future__ import annotations

import argparse
import compileall
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks import cases, page
from benchmarks.results import goals_section
from benchmarks.starting import starting
from benchmarks.waiting import waiting

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from benchmarks.results import Section

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"
FIGURES = "## Figures"


@dataclass(frozen=True, slots=True)
class Scale:
    """How much is measured."""

    instances: int
    growth: tuple[int, ...]
    waiting: tuple[int, ...]
    limit: int
    latencies: tuple[float, ...]
    runs: int


WHOLE = Scale(10_000, (1_000, 5_000, 10_000, 25_000), (1, 100, 1_000, 10_000), 2_000, (0.0, 0.05), 2)
QUICK = Scale(200, (50, 100), (1, 100), 50, (0.0,), 1)
PARTS: dict[str, Callable[[Path, Scale], Sequence[Section]]] = {
    "waiting": lambda folder, scale: [waiting(folder, scale.waiting, scale.runs)],
    "floor": lambda folder, scale: [cases.against_the_floor(folder, scale.instances, scale.runs)],
    "sets": lambda folder, scale: [cases.of_a_set(folder, scale.instances, scale.runs)],
    "octodns": lambda folder, scale: cases.against_octodns(folder, scale.instances, scale.runs),
    "calls": lambda folder, scale: [cases.against_calls(folder, scale.latencies)],
    "growth": lambda folder, scale: [cases.growth(folder, scale.growth)],
    "limit": lambda folder, scale: [cases.at_the_limit(folder, scale.limit)],
    "start": lambda folder, scale: [starting(folder, scale.runs * 5)],
}


def measure(parts: Sequence[str], scale: Scale) -> list[Section]:
    """Return the sections of some parts, after a table of the goals that they have."""
    # An installed package has its bytecode. Here the environment may keep Python from writing it.
    compileall.compile_dir(ROOT / "reconciler", quiet=1)
    with tempfile.TemporaryDirectory() as folder:
        sections = [section for part in parts for section in PARTS[part](Path(folder), scale)]
    goals = [goal for section in sections for goal in section.goals]
    return [goals_section(goals), *sections] if goals else sections


def write(sections: Sequence[Section], load: str) -> None:
    """Write the figures into the page, and the picture beside it."""
    file = DOCS / "benchmarks.md"
    before = file.read_text(encoding="utf-8").partition(FIGURES)[0] + FIGURES
    file.write_text(page.page(before, sections, load), encoding="utf-8")
    for section in sections:
        if section.picture:
            (DOCS / page.PICTURE).write_text(section.picture, encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    chosen = parser.add_mutually_exclusive_group()
    chosen.add_argument("--only", metavar="PARTS", help=f"some of {','.join(PARTS)}, separated by commas")
    chosen.add_argument("--write", action="store_true", help="write docs/benchmarks.md, which needs every part")
    parser.add_argument("--quick", action="store_true", help="measure small tenants, to see that the benchmarks work")
    options = parser.parse_args()
    parts = options.only.split(",") if options.only else list(PARTS)
    if unknown := ", ".join(part for part in parts if part not in PARTS):
        parser.error(f"unknown part: {unknown}; the parts are {', '.join(PARTS)}")
    started, load = time.monotonic(), page.busy()
    sections = measure(parts, QUICK if options.quick else WHOLE)
    for section in sections:
        print(f"### {section.title}\n\n{section.table}\n")
    print(f"{time.monotonic() - started:.0f} s in all")
    if options.write:
        write(sections, load)


if __name__ == "__main__":
    main()
