"""The cost of a run to the API and the network: a line for people, numbers for machines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from reconciler.prismatic.http.stats import Stats
    from reconciler.reports.shared.style import Style

_KILO = 1000


def cost_document(stats: Stats) -> dict[str, Any]:
    """Return the ``cost`` of a JSON report; see ``schemas/plan.schema.json``."""
    return {
        "requests": stats.requests,
        "operations": stats.operations,
        "retries": stats.retries,
        "throttles": stats.throttles,
        "throttledSeconds": round(stats.throttled_seconds, 3),
        "lowestRate": stats.lowest_rate,
        "bytesReceived": stats.bytes_received,
        "seconds": round(stats.seconds, 3),
    }


def cost_line(stats: Stats, style: Style, seconds: float | None = None) -> str:
    """Return one line on the cost of the run; ``seconds`` is its duration, if known."""
    parts = [
        *([] if seconds is None else [f"{seconds:.1f} s"]),
        f"{stats.operations} operations in {stats.requests} requests",
        f"{stats.bytes_received / _KILO:.0f} kB received",
        f"{stats.seconds:.1f} s of waiting for answers",
    ]
    if stats.retries:
        parts.append(f"{stats.retries} tried again")
    if stats.throttles:
        parts.append(f"throttled {stats.throttles} times, held back for {stats.throttled_seconds:.1f} s")
    if stats.lowest_rate:
        parts.append(f"down to {stats.lowest_rate:.3g} requests a second")
    return style.dim(", ".join(parts))
