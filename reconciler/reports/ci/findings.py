"""Findings: the parts of an outcome that belong to a line of a manifest, which a forge shows at that line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from reconciler.reports.shared.entries import entries
from reconciler.reports.shared.topics import by_topic

if TYPE_CHECKING:
    from collections.abc import Iterator

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
    found = [*_problems(outcome), *(_of(entry) for entry in entries(outcome)), *_warnings(outcome)]
    order: dict[Severity, int] = {"error": 0, "warning": 1, "notice": 2}
    return sorted(found, key=lambda finding: order[finding.severity])


def _problems(outcome: Outcome) -> Iterator[Finding]:
    for problem in outcome.failure.problems if outcome.failure else ():
        yield Finding("error", "problem", problem.message, problem.place)


def _warnings(outcome: Outcome) -> Iterator[Finding]:
    """Yield the warnings; several of one topic once, at the first of their places: they would crowd out the rest."""
    alone, together = by_topic(outcome.warnings)
    for warning in alone:
        about = f"{warning.address}: " if warning.address else ""
        yield Finding("warning", "warning", f"{about}{warning.message}", warning.place)
    for topic, found in together.items():
        yield Finding("warning", "warning", f"{len(found)} {topic}", found[0].place)


def _of(entry: Entry) -> Finding:
    """Return the finding of a change: a failure, a drift, a deletion, or the planned change."""
    said = "; ".join(entry.sayings) or entry.change.reason
    message = f"{entry.change.address} {entry.word}: {said}"
    if entry.bad:
        return Finding("error", "result", message, entry.change.source)
    if entry.command == "drift":
        return Finding("warning", "drift", message, entry.change.source)
    return Finding("warning" if entry.change.deletes else "notice", "change", message, entry.change.source)
