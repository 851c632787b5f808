"""Measures everything and prints one table; with ``--write`` also writes ``docs/benchmarks.md`` and its picture."""

from __future__ import annotations

import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from benchmarks import cases, page

DOCS = Path(__file__).resolve().parents[1] / "docs"
FIGURES = "## Figures"


@dataclass(frozen=True, slots=True)
class Scale:
    """How much is measured."""

    instances: int
    growth: tuple[int, ...]
    limit: int
    latencies: tuple[float, ...]
    runs: int


WHOLE = Scale(10_000, (1_000, 5_000, 10_000, 25_000), 2_000, (0.0, 0.05), 2)
QUICK = Scale(200, (50, 100), 50, (0.0,), 1)


def measure(scale: Scale, folder: Path) -> dict[str, list[cases.Line]]:
    """Return every section's lines."""
    floor = cases.against_the_floor(folder, scale.instances, scale.runs)
    calls = [line for latency in scale.latencies for line in cases.against_calls(folder, latency)]
    return {
        "Against the floor": floor,
        "Against octoDNS": cases.against_octodns(folder, scale.instances, floor[-1].took),
        "Updating one variable in 100 instances, and deploying them": calls,
        "Growth (10 % changed)": cases.growth(folder, scale.growth),
        "At the API's limit": cases.at_the_limit(folder, scale.limit),
        "Starting": cases.start_up(folder, scale.runs * 3),
    }


def main(arguments: list[str]) -> None:
    started, load = time.monotonic(), page.busy()
    with tempfile.TemporaryDirectory() as folder:
        sections = measure(QUICK if "--quick" in arguments else WHOLE, Path(folder))
    print(page.table([line for lines in sections.values() for line in lines]))
    print(f"\n{time.monotonic() - started:.0f} s in all")
    if "--write" in arguments:
        file = DOCS / "benchmarks.md"
        before = file.read_text(encoding="utf-8").partition(FIGURES)[0] + FIGURES
        file.write_text(page.page(before, sections, load), encoding="utf-8")
        (DOCS / page.PICTURE).write_text(page.picture(sections["Growth (10 % changed)"]), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
