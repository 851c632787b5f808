"""The parts of a Markdown report after its head, each whole in itself: what did not fit can be left out between two."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.planning.masking import Mask
from reconciler.reports.markdown.block import DOZEN, Block, fenced
from reconciler.reports.markdown.fleet import cause_lines, fleet_blocks
from reconciler.reports.markdown.health import health_parts
from reconciler.reports.markdown.markup import alert, code, folded, html_code, located, prose
from reconciler.reports.markdown.rollouts import name_blocks, rollout_blocks
from reconciler.reports.shared.entries import entries
from reconciler.reports.shared.fields import diff_lines
from reconciler.reports.shared.fleets import causes, customer_of, members_of, set_of, sorted_by_set
from reconciler.reports.shared.headline import undeclared_heading
from reconciler.reports.shared.impact import about, by_group, others_wrong, without_told
from reconciler.reports.shared.planned_runs import HEADING, planned_run_lines
from reconciler.reports.shared.repeated import alike, shape
from reconciler.reports.shared.rollouts import WAITS, waiting_lines
from reconciler.reports.shared.topics import by_topic, grouped

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator, Mapping, Sequence

    from reconciler.impact.verdict import Judged
    from reconciler.model.diagnostic import Diagnostic
    from reconciler.planning.plan import Change, Orphan, Plan
    from reconciler.reports.markdown.block import Detail
    from reconciler.reports.shared.entries import Entry
    from reconciler.reports.shared.outcome import Outcome
    from reconciler.reports.shared.topics import Member

MOST_LISTED = 25
"""The most deletions and failures listed first; the rest is listed among the changes."""
LISTED_TOGETHER = 50


def blocks(outcome: Outcome, detail: Detail) -> Iterator[Block]:
    if outcome.verdicts:
        yield from map(Block, forecast_parts(outcome))
    elif outcome.failure:
        problems = [f"- {located(each.place, each.message)}" for each in outcome.failure.problems]
        advice = ["", prose(outcome.failure.advice)] if outcome.failure.advice else []
        yield Block("\n".join([*problems, *advice]))
    if outcome.healths:
        yield from map(Block, health_parts(outcome.healths))
    found = entries(outcome)
    yield from map(Block, _first(outcome, found))
    yield from map(Block, _warnings(without_told(outcome.warnings, outcome), members_of(outcome.plan)))
    if outcome.plan and outcome.command == "plan" and (runs := planned_run_lines(outcome.plan)):
        yield Block(alert("NOTE", [f"**{HEADING}**", *(f"- {prose(line)}" for line in runs)]))
    if outcome.plan and (waits := waiting_lines(outcome.plan.later, outcome.origins)):
        yield Block(alert("NOTE", [f"**{WAITS}**", *(f"- {prose(line)}" for line in waits)]))
    if outcome.plan and outcome.command != "drift":
        yield from rollout_blocks(outcome.plan.rollouts)
    if outcome.plan:
        yield from map(Block, _orphans(outcome, outcome.plan))
        yield from _changes(outcome.plan, found, detail)
    if outcome.plan and outcome.command != "drift":
        yield from name_blocks(outcome.plan.rollouts)


def _first(outcome: Outcome, found: Sequence[Entry]) -> Iterator[str]:
    """Yield the first part: failures, those of a set by their cause, or else deletions."""
    bad = [entry for entry in found if entry.bad and not set_of(entry.change)]
    of_sets = causes(entry for entry in found if entry.bad and set_of(entry.change))
    if bad or of_sets:
        lines = [line for group in of_sets for line in cause_lines(group)]
        lines += [line for entry in bad[:MOST_LISTED] for line in _result(entry)]
        yield alert("CAUTION", ["**Not as declared**", *lines, *_rest(len(bad))])
        return
    deleted = [entry for entry in found if entry.change.deletes]
    if deleted and outcome.command != "drift":
        title = "**Deleted**" if outcome.results else "**To be deleted**"
        lines = [f"- {_name(entry.change)}: {prose(entry.change.reason)}" for entry in deleted[:MOST_LISTED]]
        yield alert("CAUTION", [title, *lines, *_rest(len(deleted))])


def _rest(count: int) -> list[str]:
    return [f"- and {count - MOST_LISTED} more, below"] if count > MOST_LISTED else []


def _result(entry: Entry) -> list[str]:
    first, *more = [prose(each) for each in entry.sayings] or [""]
    return [f"- {_name(entry.change)} {entry.word}: {first}", *(f"  - {each}" for each in more)]


def _warnings(warnings: Sequence[Diagnostic], members: Mapping[str, Member]) -> Iterator[str]:
    """Yield the warnings; several of one topic or of members of a set under one line that unfolds."""
    if not warnings:
        return
    alone, together = by_topic(warnings, members)
    lines = [f"- {_warning(each)}" for each in alone]
    for topic in together:
        place = f"{code(str(topic.place))}: " if topic.place else ""
        lines.append(f"- {place}{len(topic.found)} {prose(topic.text)}")
    yield alert("WARNING", lines)
    for topic in together:
        summary = f"Where: {len(topic.found)} {html_code(topic.text.partition(':')[0])}"
        each_line = "\n".join(f"- {_warning(each)}" for each in topic.found)
        yield folded(summary, ", ".join(map(code, topic.customers)) or each_line)


def _warning(notice: Diagnostic) -> str:
    place = f"{code(str(notice.place))}: " if notice.place else ""
    about = f"{code(notice.address)}: " if notice.address else ""
    return f"{place}{about}{prose(notice.message)}"


def _changes(plan: Plan, found: Sequence[Entry], detail: Detail) -> Iterator[Block]:
    mask = Mask.for_plan(plan)
    in_sets = sorted_by_set(found, plan, mask)
    found = in_sets.others
    shared = alike(found, lambda entry: _likeness(entry, mask))
    apart = {entry.change.address for group in shared for entry in group}
    alone = (entry for entry in found if entry.change.address not in apart)
    for title, members in grouped(alone, lambda entry: entry.change.group).items():
        # The heading goes with its first change, so that a cut never leaves a heading alone.
        first, *others = [_change(entry, mask, detail) for entry in members]
        yield Block(f"#### {code(title)}\n\n{first}", 1)
        yield from (Block(other, 1) for other in others)
    for group in shared:
        yield from _together(group, mask)
    for fleet in in_sets.fleets:
        yield from fleet_blocks(fleet, detail)


def _likeness(entry: Entry, mask: Mask) -> tuple[Hashable, ...]:
    """Return every word on a change; empty where it is reported by itself."""
    fields = () if entry.bad else shape(entry.change, mask)
    return (entry.word, tuple(entry.sayings), fields) if fields else ()


def _change(entry: Entry, mask: Mask, detail: Detail) -> str:
    change = entry.change
    head = f"**{entry.word}** {_name(change)}"
    head += f" – {code(f'{change.source.file}:{change.source.line}')}" if change.source else ""
    # The reason, unless the fields show it.
    fields_suffice = entry.command == "drift" or not {"deploy", "delete", "adopt", "forget"} & {*change.actions}
    if not (change.fields and fields_suffice):
        head += f" – {prose(change.reason)}"
    parts = [head]
    parts += _said(entry)
    brief = detail == "no fields" or (detail == "no creations" and "create" in change.actions)
    lines = [] if brief or (entry.command == "drift" and change.live is None) else diff_lines(change, mask)
    if lines:
        parts.append(fenced(lines))
    return "\n\n".join(parts)


def _said(entry: Entry) -> list[str]:
    """Return the remarks on a change; failures are in the first part."""
    return ["\n".join(f"- {prose(each)}" for each in entry.sayings)] if entry.sayings and not entry.bad else []


def _together(found: Sequence[Entry], mask: Mask) -> Iterator[Block]:
    """Yield a change that many share, and the list of its resources in parts, so that a cut falls between parts."""
    first = found[0]
    title = f"#### The same change to {len(found)} of the kind {code(first.change.kind.name)}: {first.word}"
    yield Block("\n\n".join([title, *_said(first), fenced(diff_lines(first.change, mask))]))
    for start in range(0, len(found), LISTED_TOGETHER):
        part = found[start : start + LISTED_TOGETHER]
        lines = [f"- {_name(entry.change)} in {code(entry.change.group)}" for entry in part]
        yield Block(folded(f"{start + 1} to {start + len(part)}", "\n".join(lines)), len(part))


def _name(change: Change) -> str:
    """Return the address, and the name if it adds anything."""
    if set_of(change):
        return f"{code(change.address)} {code(customer_of(change).name)}"
    handle = change.address.partition("/")[2]
    return code(change.address) if change.name == handle else f"{code(change.address)} {code(change.name)}"


def _orphans(outcome: Outcome, plan: Plan) -> Iterator[str]:
    if not plan.orphans:
        return
    lines = [line for each in plan.orphans for line in _found(outcome, each)]
    title = undeclared_heading(plan)
    if len(plan.orphans) <= DOZEN:
        yield alert("NOTE", [f"**{title}**", *lines])
    else:
        yield folded(f"{title}: {len(plan.orphans)}", "\n".join(lines))


def _found(outcome: Outcome, each: Orphan) -> Iterator[str]:
    origin = outcome.origins.get(each.address, "")
    protected = ", protected" if each.protected else ""
    cause = f": {prose(origin)}" if origin else ""
    yield f"- {prose(each.kind)} {code(each.name)} ({code(each.id)}{protected}){cause}"
    yield from (f"  - {prose(remark)}" for remark in outcome.remarks.get(each.address, ()))


def forecast_parts(outcome: Outcome) -> Iterator[str]:
    """Yield a part for each customer with a problem or warning, and one for all other problems."""
    for verdict in outcome.verdicts:
        for group, members in by_group(verdict).items():
            yield "\n".join([f"#### {code(group)}", "", *(line for each in members for line in _judged_lines(each))])
    others = [f"- {located(each.place, each.message)}" for each in others_wrong(outcome)]
    if others:
        yield "\n".join(["#### Wrong besides", "", *others])


def _judged_lines(judged: Judged) -> Iterator[str]:
    word = "**would break**" if judged.breaks else "wrong today too" if judged.already else "to look at"
    yield f"- {code(judged.address)}: {word}"
    yield from (f"  - {located(each.place, about(each, judged))}" for each in judged.breaks)
    yield from (f"  - {located(each.place, about(each, judged))} (today too)" for each in judged.already)
    yield from (f"  - {located(each.place, each.message)}" for each in judged.notices)
