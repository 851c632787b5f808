"""The health of objects as text for a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.reports.shared.health import SIGNS, WORDS, check_line, health_counts, health_line, unhealthy
from reconciler.text.escape import safe

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from reconciler.model.health import Health, Verdict
    from reconciler.reports.shared.style import Style


def health_text(healths: Sequence[Health], style: Style, *, verbose: bool = False) -> str:
    """Return what is not healthy, check by check, and the counts last; ``verbose``: the healthy, too."""
    shown = [*unhealthy(healths), *(each for each in healths if verbose and each.verdict == "passed")]
    lines = []
    for each in shown:
        lines.append(f"{_colour(each.verdict, style)(SIGNS[each.verdict])} {style.bold(safe(each.address))}")
        checks = each.checks if verbose else each.decisive
        lines += [f"    {_colour(check.verdict, style)(safe(check_line(check)))}" for check in checks]
    counts = health_counts(healths)
    worst: Verdict = "failed" if counts["failed"] else "inconclusive" if counts["inconclusive"] else "passed"
    return "\n".join([*lines, _colour(worst, style)(f"Health: {health_line(healths)}.")]) + "\n"


def progress_of(health: Health, style: Style) -> str:
    """Return one line on one object, for showing while the others are still verified."""
    said = f"  {style.dim(safe(health.reason))}" if health.reason else ""
    sign = _colour(health.verdict, style)(SIGNS[health.verdict])
    return f"  {sign} {safe(health.address)} {WORDS[health.verdict]}{said}"


def _colour(verdict: Verdict, style: Style) -> Callable[[str], str]:
    return {"passed": style.good, "failed": style.bad, "inconclusive": style.warn}[verdict]
