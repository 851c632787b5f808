"""The health of objects as text for a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.reports.shared.health import (
    SIGNS,
    WORDS,
    by_cause,
    called,
    check_line,
    health_counts,
    health_line,
    healthy,
    unhealthy,
    whose,
)
from reconciler.reports.shared.repeated import first_of
from reconciler.text.escape import safe

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from reconciler.model.health import Health, Verdict
    from reconciler.reports.shared.style import Style


def health_text(healths: Sequence[Health], style: Style, *, verbose: bool = False) -> str:
    """Return what is not healthy, check by check, and the counts last; what is so for one cause is one block.

    ``verbose``: each by itself, the healthy, too, with the IDs of executions.
    """
    groups = [[each] for each in (*unhealthy(healths), *healthy(healths))] if verbose else by_cause(healths)
    lines = []
    for group in groups:
        first = group[0]
        lines.append(f"{_colour(first.verdict, style)(SIGNS[first.verdict])} {style.bold(safe(called(group)))}")
        for check in first.checks if verbose else first.decisive:
            said = check_line(check, verbose=verbose) + whose(group)
            lines.append(f"    {_colour(check.verdict, style)(safe(said))}")
        lines += [f"    {first_of(each.address for each in group)}"] if len(group) > 1 else []
    counts = health_counts(healths)
    worst: Verdict = "failed" if counts["failed"] else "inconclusive" if counts["inconclusive"] else "passed"
    return "\n".join([*lines, _colour(worst, style)(f"Health: {health_line(healths)}.")]) + "\n"


def progress_of(health: Health, style: Style) -> str:
    """Return one line on one object, for showing while the others are still verified."""
    said = f"  {style.dim(safe(health.reason))}" if health.reason else ""
    sign = _colour(health.verdict, style)(SIGNS[health.verdict])
    return f"  {sign} {safe(health.shown)} {WORDS[health.verdict]}{said}"


def _colour(verdict: Verdict, style: Style) -> Callable[[str], str]:
    return {"passed": style.good, "failed": style.bad, "inconclusive": style.warn}[verdict]
