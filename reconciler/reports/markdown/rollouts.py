"""The status of rollouts as Markdown, for the issue about one that stopped and for the summary of a job."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from reconciler.reports.markdown.markup import code, fence
from reconciler.reports.markdown.report import LONGEST_COMMENT, marker

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reconciler.planning.plan import Plan
    from reconciler.rollouts.decisions import RolloutStanding

LEFT_OUT = "… the rest is left out, since a comment cannot be longer"
ROOM = LONGEST_COMMENT - 2_000
"""Characters for the lines of the status; what is around them is shorter than the rest."""


def status_markdown(plan: Plan, standings: Sequence[RolloutStanding], lines: Sequence[str], marker_key: bytes) -> str:
    """Return the status as long as a forge takes it; ``lines`` are its text, which is harmless in a fence already.

    The last line is a marker, by which the next run finds the issue to edit.
    """
    environment = plan.inputs.get("environment")
    states = Counter(each.state for each in standings)
    counts = ", ".join(f"{count} {state}" for state, count in states.items())
    named = {"project": plan.project, "environment": environment}
    about = [f"{code(plan.tenant.organization)} at {code(plan.tenant.url)}"]
    about += [f"{key} {code(value)}" for key, value in named.items() if value]
    parts = [
        f"### Rollouts: {counts or 'none'}",
        ", ".join(about),
        *([fence(_that_fit(lines))] if lines else []),
        marker("rollout", plan.project, environment, marker_key),
    ]
    return "\n\n".join(parts) + "\n"


def _that_fit(lines: Sequence[str]) -> list[str]:
    kept: list[str] = []
    room = ROOM
    for line in lines:
        # As JavaScript counts, which is never less than the number of characters.
        room -= len(line.encode("utf-16-le", errors="surrogatepass")) // 2 + 1
        if room < 0:
            return [*kept, LEFT_OUT]
        kept.append(line)
    return kept
