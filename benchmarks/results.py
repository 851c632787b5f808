"""What a benchmark returns: sections with a table each, and the goals that their figures are compared with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from benchmarks.measure import Took

LINE_COLUMNS = ("", "seconds", "CPU seconds", "peak MB", "requests", "ratio: time", "CPU", "memory", "")


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


@dataclass(frozen=True, slots=True)
class Goal:
    """A ratio that is to be at most ``at_most``, and the one that was measured."""

    what: str
    at_most: float
    measured: float


@dataclass(frozen=True, slots=True)
class Section:
    """A table under its title; ``picture`` is an SVG to show below it."""

    title: str
    table: str
    goals: Sequence[Goal] = ()
    picture: str = ""


def lines_section(title: str, lines: Sequence[Line], goals: Sequence[Goal] = ()) -> Section:
    return Section(title, markdown(LINE_COLUMNS, map(_cells, lines)), goals)


def goals_section(goals: Sequence[Goal]) -> Section:
    rows = ((each.what, f"{each.at_most:.2f}", f"**{each.measured:.2f}**", _verdict(each)) for each in goals)
    return Section("Goals", markdown(("", "goal: at most", "measured", ""), rows))


def markdown(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a Markdown table. Columns with a name hold numbers, and are aligned to the right."""
    head = (columns, ["--:" if name else "---" for name in columns])
    return "\n".join(f"| {' | '.join(row)} |" for row in (*head, *rows))


def _verdict(goal: Goal) -> str:
    return "met" if round(goal.measured, 2) <= goal.at_most else "missed"


def _cells(line: Line) -> Sequence[str]:
    took = line.took
    return (
        line.what,
        f"{took.seconds:.2f}",
        f"{took.cpu:.2f}",
        f"{took.megabytes:.0f}",
        str(took.requests or ""),
        f"**{line.ratio:.2f}**" if line.ratio else "",
        f"{line.cpu_ratio:.2f}" if line.cpu_ratio else "",
        f"{line.memory_ratio:.2f}" if line.memory_ratio else "",
        line.note,
    )
