"""A failure as text: one paragraph for each problem, with its place in front."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.text.escape import safe

if TYPE_CHECKING:
    from reconciler.reports.shared.outcome import Failure
    from reconciler.reports.shared.style import Style


def failure_text(failure: Failure, style: Style) -> str:
    """Return all problems, their number, and what to do about them."""
    lines = [
        style.bad(safe(str(each))) if each.place else f"{style.bad('error:')} {safe(each.message)}"
        for each in failure.problems
    ]
    return "\n".join([*lines, " ".join(filter(None, (counted(failure), failure.advice)))]) + "\n"


def counted(failure: Failure) -> str:
    count = len(failure.problems)
    return f"{count} problem{'' if count == 1 else 's'}."
