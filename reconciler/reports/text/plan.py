"""A plan as text for a terminal: readable for one change and for a thousand."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from reconciler.planning.masking import Mask
from reconciler.reports.shared.alike import alike_changes
from reconciler.reports.shared.fields import field_lines
from reconciler.reports.shared.headline import VERBS, undeclared_heading
from reconciler.reports.shared.style import SIGNS
from reconciler.reports.shared.topics import by_topic
from reconciler.text.escape import safe

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reconciler.model.diagnostic import Diagnostic
    from reconciler.planning.plan import Change, Plan
    from reconciler.reports.shared.style import Style

MANY = 40
"""From this many changes on, each creation takes one line."""


def plan_text(plan: Plan, style: Style, *, verbose: bool = False) -> str:
    """Return the plan as text, the summary last, where the eye of a reader of a terminal is."""
    lines = [header(plan, style), ""]
    lines += _blocks(plan, style, verbose=verbose)
    lines += warning_lines(plan.warnings, style, verbose=verbose)
    lines += unclaimed_lines(plan, style)
    lines.append(summary_line(plan, style))
    if plan.without_secrets:
        lines.append("Secrets were not resolved and not compared (--without-secrets): this plan cannot be applied.")
    return "\n".join(lines) + "\n"


def header(plan: Plan, style: Style) -> str:
    tenant = f"{style.bold(safe(plan.tenant.organization))} at {safe(plan.tenant.url)}"
    project = f", project {safe(plan.project)}" if plan.project else ""
    environment = plan.inputs.get("environment")
    return tenant + project + (f", environment {safe(str(environment))}" if environment else "")


def summary_line(plan: Plan, style: Style) -> str:
    """Return the headline."""
    summary = plan.summary
    parts = [style.action(action, f"{summary[action]} {verb}") for action, verb in VERBS.items() if summary.get(action)]
    if not parts:
        return style.good(f"Nothing to do: {plan.unchanged} unchanged.")
    return f"{style.bold('Plan:')} {', '.join(parts)} – {plan.unchanged} unchanged."


def _blocks(plan: Plan, style: Style, *, verbose: bool) -> Iterator[str]:
    mask = Mask.for_plan(plan)
    brief = len(plan.changes) >= MANY and not verbose
    by_group: dict[str, list[Change]] = defaultdict(list)
    for change in plan:
        by_group[change.group].append(change)
    alike = alike_changes(plan.changes, mask) if not verbose else {}
    told: set[str] = set()
    alone = [group[0] for group in by_group.values() if brief and _needs_no_heading(group)]
    for change in alone:
        yield from _block(change, mask, style, brief=brief)
    if alone:
        yield ""
    for group in by_group.values():
        single = [change for change in group if change.address not in alike and change not in alone]
        if single:
            yield style.bold(safe(single[0].group))
            for change in single:
                yield from _block(change, mask, style, brief=brief)
            yield ""
    for change in plan:
        together = alike.get(change.address)
        if together and change.address not in told:
            told |= {each.address for each in together}
            yield from _together(together, mask, style)
            yield ""
    if brief and any("create" in change.actions for change in plan):
        yield style.dim("Each creation takes one line; -v shows every field.")
        yield ""


def _needs_no_heading(group: Sequence[Change]) -> bool:
    """Return whether a heading would only repeat the one line below it."""
    return len(group) == 1 and group[0].group == group[0].name and group[0].actions == ("create",)


def place_of(change: Change, style: Style) -> str:
    """Return the place of a change's manifest, as the end of a line."""
    return style.dim(f"  {safe(change.source.file)}:{change.source.line}") if change.source else ""


def _block(change: Change, mask: Mask, style: Style, *, brief: bool) -> Iterator[str]:
    yield f"  {_head(change, style)}{place_of(change, style)}"
    if brief and "create" in change.actions:
        return
    yield from (f"      {line}" for line in field_lines(change, mask, style, both="create" not in change.actions))
    if {"deploy", "delete", "adopt", "forget"} & {*change.actions}:
        yield style.dim(f"      because {safe(change.reason)}")


def _head(change: Change, style: Style) -> str:
    actions = ", ".join(style.action(action, action) for action in change.actions)
    sign = style.action(change.actions[0], SIGNS[change.actions[0]])
    return f"{sign} {safe(change.address)} {safe(repr(change.name))}: {actions}"


def _together(changes: Sequence[Change], mask: Mask, style: Style) -> Iterator[str]:
    first = changes[0]
    actions = ", ".join(style.action(action, action) for action in first.actions)
    yield style.bold(f"The same change to {len(changes)} of the kind {first.kind.name}") + f": {actions}"
    yield from (f"      {line}" for line in field_lines(first, mask, style, both="create" not in first.actions))
    for change in changes:
        sign = style.action(change.actions[0], SIGNS[change.actions[0]])
        yield f"  {sign} {safe(change.address)}{place_of(change, style)}"


def warning_lines(warnings: Sequence[Diagnostic], style: Style, *, verbose: bool) -> Iterator[str]:
    """Yield the warnings; several of one topic as one line, unless everything is asked for."""
    if not warnings:
        return
    yield style.bold("Warnings")
    alone, together = (warnings, {}) if verbose else by_topic(warnings)
    for warning in alone:
        place = f"{warning.place}: " if warning.place else ""
        about = f"{warning.address}: " if warning.address else ""
        yield style.warn(f"  ! {safe(place)}{safe(about)}{safe(warning.message)}")
    for topic, found in together.items():
        yield style.warn(f"  ! {len(found)} {safe(topic)}; -v lists them")
    yield ""


def unclaimed_lines(plan: Plan, style: Style) -> Iterator[str]:
    """Yield the orphans."""
    if not plan.orphans:
        return
    yield style.bold(undeclared_heading(plan))
    for found in plan.orphans:
        protected = ", protected" if found.protected else ""
        yield f"  ? {found.kind} {safe(repr(found.name))} ({safe(found.id)}{protected})"
    yield ""
