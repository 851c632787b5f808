"""How far a run is, in one line: counts, rate, time left; and what it cost. No name from outside is in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reconciler.text.plural import counted

if TYPE_CHECKING:
    from reconciler.prismatic.http.stats import Stats
    from reconciler.reports.shared.style import Style

_MINUTE = 60
_TELLING = 1.0
"""Seconds after which a rate means something."""


@dataclass(frozen=True, slots=True)
class Count:
    """The progress of a phase: ``done`` of ``total``, which may still grow; ``failed`` are among the done ones.

    ``title`` names the phase, if it changed since the beginning.
    """

    done: int
    total: int
    failed: int = 0
    title: str = ""

    @property
    def part(self) -> float:
        """Return what part is done, from 0 to 1."""
        return min(1.0, self.done / self.total) if self.total else 0.0


def progress_line(count: Count, unit: str, seconds: float, stats: Stats) -> str:
    """Return the line for something that has taken so many seconds by now."""
    parts = [f"{count.done:,} of {count.total:,} {unit}" if count.total else f"no {unit} yet"]
    if count.failed:
        parts.append(f"{count.failed:,} failed")
    parts.append(counted(stats.requests, "request"))
    if seconds >= _TELLING and count.done:
        rate = count.done / seconds
        parts.append(f"{rate:,.0f} a second" if rate >= 10 else f"{rate:.1f} a second")
        if count.done < count.total:
            parts.append(f"{clock((count.total - count.done) / rate)} left")
    if stats.throttles:
        parts.append(f"throttled {counted(stats.throttles, 'time')}")
    return ", ".join(parts)


def clock(seconds: float) -> str:
    """Return a time as a clock shows it: ``0:07``, ``12:05``, ``1:00:00``."""
    minutes, rest = divmod(round(seconds), _MINUTE)
    hours, minutes = divmod(minutes, _MINUTE)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def cost_line(stats: Stats, style: Style, seconds: float | None = None) -> str:
    """Return one line on the cost of the run; ``seconds`` is its duration, if known."""
    parts = [
        *([] if seconds is None else [f"{seconds:.1f} s"]),
        f"{counted(stats.operations, 'operation')} in {counted(stats.requests, 'request')}",
        f"{stats.bytes_received / 1000:.0f} kB received",
        f"{stats.seconds:.1f} s of waiting for answers",
    ]
    if stats.retries:
        parts.append(f"{stats.retries} tried again")
    if stats.throttles:
        parts.append(f"throttled {counted(stats.throttles, 'time')}, held back for {stats.throttled_seconds:.1f} s")
    if stats.lowest_rate:
        parts.append(f"down to {stats.lowest_rate:.3g} requests a second")
    return style.dim(", ".join(parts))
