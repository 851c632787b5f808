"""The API's clock against this machine's."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from reconciler.doctor.findings import Finding

if TYPE_CHECKING:
    from reconciler.prismatic.http.server_clock import ServerClock

LARGEST_SKEW = 60.0
"""Seconds that two clocks may differ by without a warning; the API states whole seconds."""


def clock_finding(clock: ServerClock, local: datetime | None = None) -> Finding:
    """Return how far the clocks are apart; ``local`` is this machine's time in UTC, by default the present one."""
    if not clock.known:
        return Finding("clock", "skew", "unknown", "", "the API's answers have no date, so its clock is not known")
    skew = ((local or datetime.now(UTC)) - clock.now()).total_seconds()
    if abs(skew) <= LARGEST_SKEW:
        return Finding("clock", "skew", "ok", f"{abs(skew):.0f} s", "this machine's clock and the API's agree")
    ahead = "ahead of" if skew > 0 else "behind"
    text = (
        f"this machine's clock is {abs(skew):.0f} s {ahead} the API's; soaks and windows of rollouts go by the API's "
        "clock, and times in reports by this machine's; set this machine's clock"
    )
    return Finding("clock", "skew", "warning", f"{abs(skew):.0f} s", text)
