"""Findings: the parts of an outcome that belong to a line of a manifest, which a forge shows at that line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from reconciler.reports.shared.entries import entries
from reconciler.reports.shared.topics import summarized

if TYPE_CHECKING:
    from reconciler.model.place import Place
    from reconciler.reports.shared.entries import Entry
    from reconciler.reports.shared.outcome import Outcome

Severity = Literal["error", "warning", "notice"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to see, what sort of thing it is, and at which place, where that is known."""

    severity: Severity
    rule: str
    message: str
    place: Place | None = None


def findings(outcome: Outcome) -> list[Finding]:
    """Return the problems, then the warnings, then the changes."""
    problems = outcome.failure.problems if outcome.failure else ()
    found = [
        *(Finding("error", "problem", each.message, each.place) for each in problems),
        *(_of(entry) for entry in entries(outcome)),
        *(Finding("warning", "warning", each.message, each.place) for each in summarized(outcome.warnings)),
    ]
    order: dict[Severity, int] = {"error": 0, "warning": 1, "notice": 2}
    return sorted(found, key=lambda finding: order[finding.severity])


def _of(entry: Entry) -> Finding:
    """Return the finding of a change: a failure, a drift, a deletion, or the planned change."""
    said = "; ".join(entry.sayings) or entry.change.reason
    message = f"{entry.change.address} {entry.word}: {said}"
    if entry.bad:
        return Finding("error", "result", message, entry.change.source)
    if entry.command == "drift":
        return Finding("warning", "drift", message, entry.change.source)
    return Finding("warning" if entry.change.deletes else "notice", "change", message, entry.change.source)
