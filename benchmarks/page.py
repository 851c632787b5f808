"""The page with the figures, and the picture of the growth."""

from __future__ import annotations

import os
import platform
from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.results import Line, Section

PICTURE = "benchmarks-growth.svg"


def busy() -> str:
    """Return how busy the machine is with other things, where it reports that."""
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else 0.0
    return f"; load average {load:.1f} beforehand, from other work" if load > 1 else ""


def machine() -> str:
    """Return what the figures were measured on, without anything that names the machine."""
    cores = os.cpu_count()
    version = f"{platform.python_implementation()} {platform.python_version()}"
    return f"{datetime.now(UTC):%Y-%m-%d}, {cores} cores ({platform.machine()}), {platform.system()}, {version}"


def page(before: str, sections: Sequence[Section], load: str) -> str:
    """Return the page: the text before the figures, the machine that they were measured on, and each section."""
    parts = [before.rstrip(), f"Measured on {machine()}{load}."]
    for section in sections:
        parts += [f"### {section.title}", section.table]
        if section.picture:
            parts.append(f"![Seconds against instances]({PICTURE})")
    return "\n\n".join(parts) + "\n"


WIDTH, HEIGHT, LEFT, TOP = 640, 320, 60, 20
COLOURS = {"plan": "#2563eb", "apply": "#c2410c"}


def picture(lines: Sequence[Line]) -> str:
    """Return seconds against instances as an SVG, one curve for plans and one for applies."""
    points = {name: [_point(line) for line in lines if f"`{name}`" in line.what] for name in COLOURS}
    widest = max(x for found in points.values() for x, _ in found)
    highest = max(y for found in points.values() for _, y in found)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-size="12">',
        "<style>text { font-family: sans-serif }</style>",
        "<title>Seconds of a plan and of an apply, by the number of instances</title>",
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>',
    ]
    bottom, right = HEIGHT - 40, WIDTH - 80
    for share in (0, 0.25, 0.5, 0.75, 1):
        y = bottom - share * (bottom - TOP)
        parts.append(f'<path d="M{LEFT} {y:.1f}H{right}" stroke="#ddd"/>')
        parts.append(f'<text x="{LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{highest * share:.3g} s</text>')
    for name, found in points.items():
        placed = [(LEFT + x / widest * (right - LEFT), bottom - y / highest * (bottom - TOP)) for x, y in found]
        curve = " ".join(f"{x:.1f},{y:.1f}" for x, y in placed)
        colour = COLOURS[name]
        parts.append(f'<polyline points="{curve}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5" fill="{colour}"/>' for x, y in placed]
        parts.append(f'<text x="{placed[-1][0] + 8:.1f}" y="{placed[-1][1] + 4:.1f}" fill="{colour}">{name}</text>')
    for x, _ in points["plan"]:
        place = LEFT + x / widest * (right - LEFT)
        parts.append(f'<text x="{place:.1f}" y="{bottom + 18}" text-anchor="middle">{x:,.0f}</text>')
    parts.append(f'<text x="{(LEFT + right) / 2:.0f}" y="{HEIGHT - 6}" text-anchor="middle">instances</text></svg>')
    return "\n".join(parts) + "\n"


def _point(line: Line) -> tuple[float, float]:
    number = line.what.split(", ", 1)[1].split(" ")[0].replace(",", "")
    return float(number), line.took.seconds
