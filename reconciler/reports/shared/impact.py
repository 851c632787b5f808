"""A forecast as data, and as sentences for the reports that have no place of their own for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reconciler.reports.shared.json_documents import problem_document
from reconciler.reports.shared.repeated import grouped
from reconciler.reports.shared.style import Style
from reconciler.reports.shared.version_changes import change_lines, changes_document
from reconciler.text.plural import counted

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reconciler.impact.verdict import Judged, Verdict
    from reconciler.model.diagnostic import Diagnostic
    from reconciler.reports.shared.outcome import Outcome

PLAIN = Style()


def verdict_document(verdict: Verdict) -> dict[str, Any]:
    """Return everything about one definition as plain data."""
    return {
        "definition": verdict.file,
        "integration": verdict.integration,
        "sentence": verdict.sentence,
        "wouldBreak": verdict.broken,
        "resources": [_judged(each) for each in verdict.judged],
        "versions": [
            {"before": step.before, "resources": step.count, "changes": step.changes and changes_document(step.changes)}
            for step in verdict.steps
        ],
        "undeclared": [
            {
                "id": each.id,
                "name": each.name,
                "owner": each.owner,
                "version": each.version,
                "losses": list(each.losses),
            }
            for each in verdict.undeclared
        ],
    }


def _judged(judged: Judged) -> dict[str, Any]:
    return {
        "address": judged.address,
        "group": judged.group,
        "source": {"file": judged.source.file, "line": judged.source.line},
        "version": judged.version,
        "breaks": [problem_document(each) for each in judged.breaks],
        "already": [problem_document(each) for each in judged.already],
        "notices": [problem_document(each) for each in judged.notices],
    }


def verdict_sentences(verdict: Verdict) -> Iterator[str]:
    """Yield the verdict and the remarks, one sentence each, without a full stop."""
    yield verdict.sentence
    for step in verdict.steps:
        about = f"{verdict.integration} {step.before} → {verdict.file} ({counted(step.count, 'instance')})"
        if step.changes is None:
            yield f"{about}: version {step.before} cannot be read any more, so its changes are unknown"
        else:
            lines = [line.strip() for line in change_lines(step.changes, PLAIN)]
            yield f"{about}: {'; '.join(lines) or 'nothing changes'}"
    if verdict.undeclared:
        yield undeclared_sentence(verdict)


def by_group(verdict: Verdict) -> dict[str, list[Judged]]:
    """Return the resources with problems or warnings, by their parent."""
    remarkable = (each for each in verdict.judged if each.breaks or each.already or each.notices)
    return grouped(remarkable, lambda each: each.group)


def about(problem: Diagnostic, judged: Judged) -> str:
    """Return a problem's message without the address, which is the heading."""
    return problem.message.removeprefix(f"{judged.address}: ")


def others_wrong(outcome: Outcome) -> Iterator[Diagnostic]:
    """Yield the problems of resources that do not use the integrations."""
    judged = [each for verdict in outcome.verdicts for each in verdict.judged]
    known = {problem for each in judged for problem in (*each.breaks, *each.already)}
    yield from (each for each in (outcome.failure.problems if outcome.failure else ()) if each not in known)


def without_told(warnings: Sequence[Diagnostic], outcome: Outcome) -> list[Diagnostic]:
    """Return the warnings without those that the verdicts contain."""
    known = {notice for verdict in outcome.verdicts for each in verdict.judged for notice in each.notices}
    unused = {verdict.unused for verdict in outcome.verdicts}
    return [notice for notice in warnings if notice not in known and notice.message not in unused]


def undeclared_sentence(verdict: Verdict) -> str:
    """Return the number of undeclared live objects, and of those that may lose values."""
    losing = sum(bool(each.losses) for each in verdict.undeclared)
    lost = f", {losing} of which may lose values" if losing else ""
    return f"{counted(len(verdict.undeclared), 'instance')} of {verdict.integration} in none of these manifests{lost}"
