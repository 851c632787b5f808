"""An outcome as text for a terminal. What shows a plan is imported when there is a plan."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from reconciler.reports.shared.outcome import valid_line
from reconciler.reports.text.warning_lines import warning_lines
from reconciler.text.escape import safe
from reconciler.text.plural import counted
from reconciler.text.wrapping import laid_out

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from reconciler.applying.results import Result
    from reconciler.planning.plan import Plan
    from reconciler.reports.shared.outcome import Failure, Outcome
    from reconciler.reports.shared.style import Style


def render(outcome: Outcome, style: Style) -> str:
    """Return the outcome as text; a failure last, where the eye of a reader of a terminal is."""
    return laid_out(_text(outcome, style), style.width)


def _text(outcome: Outcome, style: Style) -> str:
    failed = failure_text(outcome.failure, style) if outcome.failure else ""
    if outcome.valid is not None:
        return _validation_text(outcome, outcome.valid, style)
    verified = _health_text(outcome, style) if outcome.healths or (outcome.command == "verify" and not failed) else ""
    if outcome.plan is None:
        return verified + failed
    planned = _planned_text(outcome, outcome.plan, style, failed)
    # What is not healthy comes last, where the eye of a reader of a terminal is.
    healthy = all(health.verdict == "passed" for health in outcome.healths)
    return verified + planned if healthy else planned + verified


def _health_text(outcome: Outcome, style: Style) -> str:
    from reconciler.reports.text.health import health_text

    return health_text(outcome.healths, style, verbose=outcome.verbose)


def _validation_text(outcome: Outcome, counts: Mapping[str, int], style: Style) -> str:
    warned = [f"{line}\n" for line in warning_lines(outcome.warnings, style, verbose=outcome.verbose)]
    return "".join([*warned, _notes_text(outcome, style), style.good(f"{valid_line(counts)}."), "\n"])


def _notes_text(outcome: Outcome, style: Style) -> str:
    return "".join(f"{style.dim(safe(f'{note}.'))}\n" for note in outcome.notes)


def _planned_text(outcome: Outcome, plan: Plan, style: Style, failed: str) -> str:
    from reconciler.reports.text.plan import drift_text, plan_text
    from reconciler.reports.text.results import authorize_text, results_text

    if outcome.verdicts:
        from reconciler.reports.text.forecast import forecast_text

        return forecast_text(outcome, plan, style)
    results = _readable_results(outcome)
    if outcome.failure or outcome.command == "plan":
        done = results_text(results, style, verbose=outcome.verbose) if results else ""
        return plan_text(plan, style, verbose=outcome.verbose) + done + failed
    if outcome.command == "drift":
        return drift_text(outcome, plan, style)
    done = results_text(results, style, verbose=outcome.verbose)
    return done + _notes_text(outcome, style) + authorize_text(outcome.authorize_urls)


def _readable_results(outcome: Outcome) -> Sequence[Result]:
    """Return the results with messages as a reader understands them."""
    readable = outcome.readable
    return [
        replace(each, messages=[*map(readable, each.messages)], notes=[*map(readable, each.notes)])
        for each in outcome.results
    ]


def failure_text(failure: Failure, style: Style) -> str:
    """Return all problems, their number, and what to do about them."""
    lines = [
        style.bad(safe(str(each))) if each.place else f"{style.bad('error:')} {safe(each.message)}"
        for each in failure.problems
    ]
    end = f"{counted(len(failure.problems), 'problem')}. {failure.advice}".rstrip()
    return "\n".join([*lines, end]) + "\n"
