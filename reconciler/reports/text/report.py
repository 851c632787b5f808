"""An outcome as text for a terminal: results, the impact of a definition, and the problems of a failure."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from reconciler.reports.shared.headline import result_counts, valid_line
from reconciler.reports.shared.impact import (
    about,
    by_group,
    change_lines,
    others_wrong,
    undeclared_sentence,
    without_told,
)
from reconciler.reports.text.plan import drift_text, header, plan_text, warning_lines
from reconciler.text.escape import safe
from reconciler.text.plural import counted

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from reconciler.applying.results import Result
    from reconciler.impact.verdict import Judged, Verdict, VersionStep
    from reconciler.model.place import Place
    from reconciler.planning.plan import Plan
    from reconciler.reports.shared.outcome import Failure, Outcome
    from reconciler.reports.shared.style import Style

SIGNS = {"applied": "✓", "failed": "✗", "skipped": "-", "not converged": "≠"}
TITLES = {"webhookUrls": "webhook of"}
"""What outcomes are called on a screen, where their names in the JSON report would read badly."""
MOST_LISTED = 20


def render(outcome: Outcome, style: Style) -> str:
    """Return the outcome as text; a failure last, where the eye of a reader of a terminal is."""
    failed = failure_text(outcome.failure, style) if outcome.failure else ""
    if outcome.valid is not None:
        warned = [f"{line}\n" for line in warning_lines(outcome.warnings, style, verbose=outcome.verbose)]
        notes = [f"{style.dim(safe(f'{note}.'))}\n" for note in outcome.notes]
        return "".join([*warned, *notes, style.good(f"{valid_line(outcome.valid)}."), "\n"])
    if outcome.plan is None:
        return failed
    if outcome.verdicts:
        return forecast_text(outcome, outcome.plan, style)
    if outcome.failure or outcome.command == "plan":
        done = results_text(outcome.results, style) if outcome.results else ""
        return plan_text(outcome.plan, style, verbose=outcome.verbose) + done + failed
    if outcome.command == "drift":
        return drift_text(outcome, outcome.plan, style)
    return results_text(outcome.results, style) + authorize_text(outcome.authorize_urls)


def failure_text(failure: Failure, style: Style) -> str:
    """Return all problems, their number, and what to do about them."""
    lines = [
        style.bad(safe(str(each))) if each.place else f"{style.bad('error:')} {safe(each.message)}"
        for each in failure.problems
    ]
    end = f"{counted(len(failure.problems), 'problem')}. {failure.advice}".rstrip()
    return "\n".join([*lines, end]) + "\n"


def result_line(result: Result, style: Style) -> str:
    """Return one line on one result, for showing while the others are still under way."""
    sign = SIGNS[result.status]
    marked = style.good(sign) if result.ok else style.bad(sign)
    steps = style.dim(f"  {', '.join(result.done)}") if result.done else ""
    return f"  {marked} {safe(result.change.address)} {result.status}{steps}"


def results_text(results: Sequence[Result], style: Style) -> str:
    """Return the end of the report: failures, notes, outcomes, and the count."""
    lines: list[str] = []
    for result in results:
        lines += _details(result, style)
    lines += [""] if lines else []
    total = ", ".join(f"{count} {status}" for status, count in result_counts(results).items() if count)
    ok = all(result.ok for result in results)
    lines.append(style.good(f"Done: {total or 'nothing to do'}.") if ok else style.bad(f"Not all done: {total}."))
    return "\n".join(lines) + "\n"


def _details(result: Result, style: Style) -> Iterator[str]:
    """Yield one result: its ID beside its address, and its other outcomes below."""
    has_outcome = "create" in result.change.actions or not result.ok
    outcome = dict(result.outcome) if has_outcome else {}
    if not (outcome or result.messages or result.notes):
        return
    identifier = outcome.pop("id", None)
    yield style.bold(safe(result.change.address)) + (f"  {safe(str(identifier))}" if identifier else "")
    for message in result.messages:
        yield style.bad(f"    {safe(message)}")
    for note in result.notes:
        yield style.warn(f"    {safe(note)}")
    yield from (f"    {line}" for line in _outcome_lines(outcome))


def _outcome_lines(outcome: Mapping[str, Any]) -> Iterator[str]:
    for key, value in outcome.items():
        title = TITLES.get(key, key)
        if isinstance(value, dict):
            yield from (f"{title} {safe(name)}: {safe(str(item))}" for name, item in value.items())
        else:
            yield f"{title}: {safe(str(value))}"


def authorize_text(urls: Mapping[str, Mapping[str, str]]) -> str:
    """Return where connections must be authorized, by address and connection; nothing if none must be."""
    lines = [
        f"{safe(address)}: authorize {safe(key)!r} at {safe(url)}"
        for address, connections in urls.items()
        for key, url in connections.items()
    ]
    return "".join(f"{line}\n" for line in lines)


def forecast_text(outcome: Outcome, plan: Plan, style: Style) -> str:
    """Return the plan and the verdicts, each verdict's sentence last."""
    plan = replace(plan, warnings=tuple(without_told(plan.warnings, outcome)))
    lines = [line for verdict in outcome.verdicts for line in _verdict(verdict, style)]
    others = [*others_wrong(outcome)]
    if others:
        lines = [style.bold("Wrong besides"), *(f"  {style.bad(safe(str(each)))}" for each in others), "", *lines]
    concerns = not plan.empty or (any(verdict.judged for verdict in outcome.verdicts) and not outcome.failure)
    planned = plan_text(plan, style, verbose=outcome.verbose) if concerns else f"{header(plan, style)}\n"
    return planned + "\n".join(["", *lines]) + "\n"


def _verdict(verdict: Verdict, style: Style) -> Iterator[str]:
    for step in verdict.steps:
        yield from _step(verdict, step, style)
        yield ""
    for group, members in by_group(verdict).items():
        yield style.bold(safe(group))
        for each in members:
            yield from _judged_lines(each, style)
        yield ""
    if verdict.undeclared:
        yield from _undeclared(verdict, style)
        yield ""
    yield (style.bad if verdict.broken else style.bold)(safe(f"{verdict.sentence}."))


def _step(verdict: Verdict, step: VersionStep, style: Style) -> Iterator[str]:
    head = f"{style.bold(safe(verdict.integration))}  {step.before} → {safe(verdict.file)}"
    yield f"{head}  ({counted(step.count, 'instance')})"
    if step.changes is None:
        yield f"  version {step.before} cannot be read any more: its changes are unknown"
        return
    yield from [*change_lines(step.changes, style)] or ["  nothing changes"]


def _judged_lines(judged: Judged, style: Style) -> Iterator[str]:
    """Yield the problems and warnings of one manifest, each at its place."""
    if judged.breaks:
        yield style.bad(f"  ✗ {safe(judged.address)} would break")
    elif judged.already:
        yield style.bad(f"  ✗ {safe(judged.address)}")
    else:
        yield style.warn(f"  ! {safe(judged.address)}")
    for problem in judged.breaks:
        yield style.bad(f"      {_at(problem.place)}{safe(about(problem, judged))}")
    for problem in judged.already:
        yield style.bad(f"      {_at(problem.place)}{safe(about(problem, judged))} (today too)")
    for notice in judged.notices:
        yield style.warn(f"      {_at(notice.place)}{safe(notice.message)}")


def _at(place: Place | None) -> str:
    return f"{safe(str(place))}: " if place else ""


def _undeclared(verdict: Verdict, style: Style) -> Iterator[str]:
    yield style.bold(safe(undeclared_sentence(verdict)))
    losing = [each for each in verdict.undeclared if each.losses]
    for each in losing[:MOST_LISTED]:
        yield style.warn(f"  ? {safe(repr(each.name))} of {safe(repr(each.owner))}, version {each.version}")
        yield from (f"      {safe(loss)}" for loss in each.losses)
    if len(losing) > MOST_LISTED:
        yield f"  and {len(losing) - MOST_LISTED} more; the json report has them all"
