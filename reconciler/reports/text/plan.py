"""A plan and a drift as text for a terminal: readable for one change and for a thousand."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from reconciler.planning.masking import Mask
from reconciler.reports.shared.entries import entries
from reconciler.reports.shared.fields import leaf_lines, leaves_of
from reconciler.reports.shared.fleets import REASONED, members_of, sorted_by_set
from reconciler.reports.shared.headline import (
    UNDECLARED,
    VERBS,
    WITHOUT_SECRETS,
    later_note,
    undeclared_heading,
    waiting_note,
)
from reconciler.reports.shared.names import heading_of
from reconciler.reports.shared.outcome import Outcome
from reconciler.reports.shared.planned_runs import HEADING, planned_run_lines
from reconciler.reports.shared.repeated import alike, shape
from reconciler.reports.shared.rollouts import WAITS, waiting_lines
from reconciler.reports.shared.style import SIGNS
from reconciler.reports.shared.topics import grouped, some
from reconciler.reports.shared.unmanaged import MOST, NONE, unmanaged_groups, unmanaged_heading
from reconciler.reports.text.fleet import fleets_text
from reconciler.reports.text.rollouts import rollout_lines
from reconciler.reports.text.warning_lines import warning_lines
from reconciler.text.escape import safe
from reconciler.text.natural import natural
from reconciler.text.plural import counted
from reconciler.text.wrapping import laid_out

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator, Sequence

    from reconciler.planning.plan import Change, Plan
    from reconciler.reports.shared.style import Style

MANY = 40
"""From this many changes on, each creation takes one line."""


def plan_text(plan: Plan, style: Style, *, verbose: bool = False) -> str:
    """Return the plan as text, the summary last, where the eye of a reader of a terminal is."""
    lines = _lines(Outcome("plan", plan, verbose=verbose), plan, style)
    if runs := planned_run_lines(plan):
        lines += [style.bold(HEADING), *(f"  {safe(line)}" for line in runs), ""]
    lines += rollout_lines(plan.rollouts, style)
    summary = plan.summary
    parts = [style.action(action, f"{summary[action]} {verb}") for action, verb in VERBS.items() if summary.get(action)]
    if parts:
        lines.append(f"{style.bold('Plan:')} {', '.join(parts)}{waiting_note(plan)} – {plan.unchanged} unchanged.")
    else:
        lines.append(style.good(f"Nothing to do: {plan.unchanged} unchanged."))
    if plan.without_secrets:
        lines.append(WITHOUT_SECRETS)
    return laid_out("\n".join(lines) + "\n", style.width)


def drift_text(outcome: Outcome, plan: Plan, style: Style) -> str:
    """Return the drift as text, each difference with its cause if that is known."""
    lines = _lines(replace(outcome, plan=plan), plan, style)
    lines += _unmanaged_lines(outcome, style)
    if waits := waiting_lines(plan.later, outcome.origins):
        lines += [style.bold(WAITS), *(style.dim(f"  … {safe(line)}") for line in waits), ""]
    lines += (style.dim(safe(f"{note}.")) for note in outcome.notes)
    count = len(plan.changes)
    owned = (f", {len(plan.orphans)} {UNDECLARED}" if plan.orphans else "") + later_note(plan)
    if count:
        differ = "1 differs" if count == 1 else f"{count} differ"
        rest = f"{plan.unchanged} as declared{owned}"
        shown = " (shown as live → declared)" if any(change.fields and change.live for change in plan) else ""
        lines.append(f"{style.bold('Drift:')} {differ} from the manifests{shown} – {rest}.")
    else:
        lines.append(style.good(f"No drift: {plan.unchanged} as declared{owned}."))
    return laid_out("\n".join(lines) + "\n", style.width)


def _lines(outcome: Outcome, plan: Plan, style: Style) -> list[str]:
    """Return what a plan and a drift have in common: tenant, changes, sets, warnings and undeclared objects."""
    mask = Mask.for_plan(plan)
    fleets, others = sorted_by_set(entries(outcome), plan, mask)
    changes = [entry.change for entry in others]
    lines = [header(plan, style), ""]
    if outcome.command == "drift":
        lines += [line for change in changes for line in _change_lines(change, mask, style, outcome)]
    else:
        lines += _blocks(changes, mask, style, verbose=outcome.verbose)
    lines += fleets_text(fleets, style, verbose=outcome.verbose)
    lines += warning_lines(outcome.warnings, style, verbose=outcome.verbose, members=members_of(plan))
    lines += _orphan_lines(plan, style, outcome)
    return lines


def header(plan: Plan, style: Style) -> str:
    tenant = f"{style.bold(safe(plan.tenant.organization))} at {safe(plan.tenant.url)}"
    project = f", project {safe(plan.project)}" if plan.project else ""
    environment = plan.inputs.get("environment")
    return tenant + project + (f", environment {safe(str(environment))}" if environment else "")


def _blocks(changes: Sequence[Change], mask: Mask, style: Style, *, verbose: bool) -> Iterator[str]:
    """Yield the changes: first those without a heading, then by group, then those that many resources share."""
    brief = len(changes) >= MANY and not verbose
    shared = [] if verbose else alike(changes, lambda change: _shape(change, mask))
    apart = {change.address for group in shared for change in group}
    groups = grouped(changes, lambda change: change.group).values()
    alone = [group[0] for group in groups if brief and _needs_no_heading(group)]
    apart.update(change.address for change in alone)
    for change in alone:
        yield from _block(change, mask, style, brief=brief, verbose=verbose)
    if alone:
        yield ""
    for group in sorted(groups, key=lambda found: natural(found[0].group)):
        single = [change for change in group if change.address not in apart]
        if single:
            yield style.bold(safe(heading_of(single[0].group)))
            for change in single:
                yield from _block(change, mask, style, brief=brief, verbose=verbose)
            yield ""
    for group in shared:
        yield from _together(group, mask, style)
        yield ""
    if brief and any("create" in change.actions for change in changes):
        yield style.dim("Each creation takes one line; -v shows every field.")
        yield ""


def _shape(change: Change, mask: Mask) -> tuple[Hashable, ...]:
    """Return what equals for changes that are shown together; empty for what is created or deleted."""
    if change.fields or not {"adopt", "forget", "deploy"} & {*change.actions}:
        return shape(change, mask)
    return () if "create" in change.actions else (change.kind.name, *change.actions, change.reason)


def _needs_no_heading(group: Sequence[Change]) -> bool:
    """Return whether a heading would only repeat the one line below it."""
    return len(group) == 1 and group[0].group == group[0].name and group[0].actions == ("create",)


def _named(change: Change, *, verbose: bool) -> str:
    """Return the address and the name of a change's object; of one that is deleted also whose it is.

    An object without a manifest has an ID for a handle, which only ``verbose`` shows.
    """
    if change.source is None and not verbose:
        return safe(change.shown)
    return f"{safe(change.address)} {safe(repr(change.name))}{_whose(change) if change.deletes else ''}"


def _whose(change: Change) -> str:
    return f" of {safe(repr(change.customer))}" if change.customer else ""


def _block(change: Change, mask: Mask, style: Style, *, brief: bool, verbose: bool) -> Iterator[str]:
    named = _named(change, verbose=verbose)
    yield style.ending(f"  {_sign(change, style)} {named}: {style.actions(change.actions)}", change.source)
    if brief and "create" in change.actions:
        return
    yield from _fields(change, mask, style)
    if REASONED & {*change.actions}:
        yield style.dim(f"      because {safe(change.reason)}")


def _fields(change: Change, mask: Mask, style: Style) -> Iterator[str]:
    lines = leaf_lines(leaves_of(change, mask), style, both="create" not in change.actions)
    return (f"      {line}" for line in lines)


def _sign(change: Change, style: Style) -> str:
    return style.action(change.actions[0], SIGNS[change.actions[0]])


def _together(changes: Sequence[Change], mask: Mask, style: Style) -> Iterator[str]:
    first = changes[0]
    title = style.bold(f"The same change to {counted(len(changes), first.kind.name)}")
    yield f"{title}: {style.actions(first.actions)}"
    yield from _fields(first, mask, style)
    if not first.fields:
        yield style.dim(f"      because {safe(first.reason)}")
    ordered = sorted(changes, key=lambda change: natural(change.address))
    shown = some(ordered)
    for change in shown:
        called = safe(change.address) + _whose(change) if change.source else safe(change.shown)
        yield style.ending(f"  {_sign(change, style)} {called}", change.source)
    if len(shown) < len(changes):
        yield f"    and {len(changes) - len(shown)} more; -v lists them all"


def _orphan_lines(plan: Plan, style: Style, outcome: Outcome) -> Iterator[str]:
    """Yield the orphans, in a drift each with its cause; where everything is asked for, with their IDs."""
    if not plan.orphans:
        return
    yield style.bold(undeclared_heading(plan))
    for orphan in plan.orphans:
        known = [*([safe(orphan.id)] if outcome.verbose else []), *(["protected"] if orphan.protected else [])]
        more = f" ({', '.join(known)})" if known else ""
        own = orphan.group in {"", orphan.name}
        whose = "" if own else f" of {safe(repr(orphan.group))}"
        yield f"  ? {orphan.kind} {safe(repr(orphan.name))}{whose}{more}{_origin(orphan.address, style, outcome)}"
        yield from _remark_lines(orphan.address, style, outcome)
    if not outcome.verbose:
        yield style.dim("  forget takes them by their IDs, which -v shows")
    yield ""


def _unmanaged_lines(outcome: Outcome, style: Style) -> Iterator[str]:
    """Yield what nobody declares, by what it belongs to; of a long group only the first ones, unless verbose."""
    if outcome.unmanaged is None:
        return
    if not outcome.unmanaged:
        yield from (style.dim(NONE), "")
        return
    yield style.bold(unmanaged_heading(outcome.unmanaged))
    for group, members in unmanaged_groups(outcome.unmanaged):
        yield f"  {safe(heading_of(group))}"
        shown = members if outcome.verbose else members[:MOST]
        for each in shown:
            identifier = f" ({safe(each.id)})" if outcome.verbose else ""
            yield f"    ? {each.kind} {safe(repr(each.name))}{identifier}"
        if len(members) > len(shown):
            yield style.dim(f"      … {len(members) - len(shown)} more (-v lists all)")
    yield ""


def _origin(address: str, style: Style, outcome: Outcome) -> str:
    origin = outcome.origins.get(address)
    return f": {style.bold(safe(origin))}" if origin else ""


def _remark_lines(address: str, style: Style, outcome: Outcome) -> Iterator[str]:
    for remark in outcome.remarks_on(address):
        yield style.dim(f"             {safe(remark)}")


def _change_lines(change: Change, mask: Mask, style: Style, outcome: Outcome) -> Iterator[str]:
    name, origin = _named(change, verbose=outcome.verbose), _origin(change.address, style, outcome)
    if change.live is None:
        yield style.ending(f"  {style.bad('missing')}  {name}{origin}", change.source)
    elif change.deletes:
        why = "declared absent" if change.source else "in no manifest"
        yield style.ending(f"  {style.bad('present')}  {name}, {why}{origin}", change.source)
    else:
        yield style.ending(f"  {style.warn('differs')}  {name}{origin}", change.source)
        yield from (f"             {line}" for line in leaf_lines(leaves_of(change, mask), style, both=True))
        if not change.fields:
            yield f"             {safe(change.reason)}"
    yield from _remark_lines(change.address, style, outcome)
    yield ""
