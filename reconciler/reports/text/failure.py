"""A failure as text: one paragraph for each problem, with its place in front."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.text.escape import safe
from reconciler.text.plural import counted

if TYPE_CHECKING:
    from reconciler.reports.shared.outcome import Failure
    from reconciler.reports.shared.style import Style


def failure_text(failure: Failure, style: Style) -> str:
    """Return all problems, their number, and what to do about them."""
    lines = [
        style.bad(safe(str(each))) if each.place else f"{style.bad('error:')} {safe(each.message)}"
        for each in failure.problems
    ]
    end = f"{counted(len(failure.problems), 'problem')}. {failure.advice}".rstrip()
    return "\n".join([*lines, end]) + "\n"
