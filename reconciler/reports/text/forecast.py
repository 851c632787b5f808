"""The impact of unpublished definitions as text for a terminal."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from reconciler.reports.shared.impact import (
    alike_judged,
    by_group,
    change_lines,
    others_wrong,
    told,
    undeclared_sentence,
    without_told,
)
from reconciler.reports.shared.repeated import first_of
from reconciler.reports.text.plan import header, plan_text
from reconciler.text.escape import safe
from reconciler.text.natural import natural
from reconciler.text.plural import counted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reconciler.impact.verdict import Judged, Verdict, VersionStep
    from reconciler.planning.plan import Plan
    from reconciler.reports.shared.outcome import Outcome
    from reconciler.reports.shared.style import Style

MOST_LISTED = 20


def forecast_text(outcome: Outcome, plan: Plan, style: Style) -> str:
    """Return the plan and the verdicts, each verdict's sentence last."""
    plan = replace(plan, warnings=tuple(without_told(plan.warnings, outcome)))
    lines = [line for verdict in outcome.verdicts for line in _verdict(verdict, style, verbose=outcome.verbose)]
    others = [*others_wrong(outcome)]
    if others:
        lines = [style.bold("Wrong besides"), *(f"  {style.bad(safe(str(each)))}" for each in others), "", *lines]
    concerns = not plan.empty or (any(verdict.judged for verdict in outcome.verdicts) and not outcome.failure)
    planned = plan_text(plan, style, verbose=outcome.verbose) if concerns else f"{header(plan, style)}\n"
    return planned + "\n".join(["", *lines]) + "\n"


def _verdict(verdict: Verdict, style: Style, *, verbose: bool) -> Iterator[str]:
    for step in verdict.steps:
        yield from _step(verdict, step, style)
        yield ""
    repeated, others = ([], by_group(verdict)) if verbose else alike_judged(verdict)
    for group, members in sorted(others.items(), key=lambda item: natural(item[0])):
        yield style.bold(safe(group))
        for each in members:
            yield from _judged_lines(each, style)
        yield ""
    for found in repeated:
        yield from _judged_lines(found[0], style, counted(len(found), "resource"))
        yield f"      {first_of(each.address for each in found)}"
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


def _judged_lines(judged: Judged, style: Style, called: str = "") -> Iterator[str]:
    """Yield the problems and warnings of one manifest, each at its place; ``called`` are several that are alike."""
    shown = called or safe(judged.address)
    if judged.breaks:
        yield style.bad(f"  ✗ {shown} would break")
    elif judged.already:
        yield style.bad(f"  ✗ {shown}")
    else:
        yield style.warn(f"  ! {shown}")
    for bad, place, said in told(judged):
        at = f"{safe(str(place))}: " if place else ""
        yield (style.bad if bad else style.warn)(f"      {at}{safe(said)}")


def _undeclared(verdict: Verdict, style: Style) -> Iterator[str]:
    yield style.bold(safe(undeclared_sentence(verdict)))
    losing = [each for each in verdict.undeclared if each.losses]
    for each in losing[:MOST_LISTED]:
        yield style.warn(f"  ? {safe(repr(each.name))} of {safe(repr(each.owner))}, version {each.version}")
        yield from (f"      {safe(loss)}" for loss in each.losses)
    if len(losing) > MOST_LISTED:
        yield f"  and {len(losing) - MOST_LISTED} more; the json report has them all"
