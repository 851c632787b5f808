"""How far a run is, in one line: counts, rate, time left; and what it cost. No name from outside is in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reconciler.text.plural import counted, plural

if TYPE_CHECKING:
    from collections.abc import Iterator

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


def progress_line(count: Count, noun: str, seconds: float, stats: Stats, room: int | None = None) -> str:
    """Return the line for something that has taken so many seconds by now: what matters most comes first.

    Where ``room`` has too few columns for all of it, the end is left out, and then the count: never the time left.
    """
    counts, left, *others = _parts(count, noun, seconds, stats)
    shown = ", ".join(filter(None, (counts, left)))
    if room is not None and left and len(shown) > room:
        return left
    for part in filter(None, others):
        longer = f"{shown}, {part}"
        if room is None or len(longer) <= room:
            shown = longer
    return shown


def _parts(count: Count, noun: str, seconds: float, stats: Stats) -> Iterator[str]:
    """Yield the count, the time left, and the others; empty if unknown."""
    total = counted(count.total, noun, f"{count.total:,}")
    yield f"{count.done:,} of {total}" if count.total else f"no {plural(noun)} yet"
    rate = count.done / seconds if seconds >= _TELLING else 0
    yield f"{duration((count.total - count.done) / rate)} left" if rate and count.done < count.total else ""
    yield f"{count.failed:,} failed" if count.failed else ""
    yield f"throttled {counted(stats.throttles, 'time')}" if stats.throttles else ""
    yield counted(stats.requests, "request")
    if rate:
        yield f"{rate:,.0f} a second" if rate >= 10 else f"{rate:.1f} a second"


def duration(seconds: float) -> str:
    """Return a time in its two largest units: ``7 s``, ``12 min 5 s``, ``1 h 20 min``."""
    minutes, rest = divmod(round(seconds), _MINUTE)
    hours, minutes = divmod(minutes, _MINUTE)
    units = [(hours, "h"), (minutes, "min"), (rest, "s")]
    shown = [f"{number} {unit}" for number, unit in (units[:2] if hours else units) if number]
    return " ".join(shown) or "0 s"


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
