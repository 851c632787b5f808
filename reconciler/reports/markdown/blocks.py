"""The parts of a Markdown report after its head, each whole in itself: what did not fit can be left out between two."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.model.capabilities.ownership import THE_ORGANIZATION
from reconciler.planning.masking import Mask
from reconciler.reports.markdown.block import DOZEN, Block, bulleted, fenced, paragraphs
from reconciler.reports.markdown.deletions import deletion_blocks
from reconciler.reports.markdown.forecast import forecast_parts
from reconciler.reports.markdown.groups import fleet_blocks, group_blocks
from reconciler.reports.markdown.groups import name_blocks as names_of_groups
from reconciler.reports.markdown.health import health_parts
from reconciler.reports.markdown.markup import alert, code, folded, html_code, located, prose
from reconciler.reports.markdown.names import first_names, listed_names, name_of
from reconciler.reports.markdown.rollouts import name_blocks, rollout_blocks
from reconciler.reports.shared.entries import entries
from reconciler.reports.shared.fields import diff_lines
from reconciler.reports.shared.fleets import REASONED, causes, members_of, sorted_by_set, together
from reconciler.reports.shared.headline import undeclared_heading
from reconciler.reports.shared.impact import without_told
from reconciler.reports.shared.names import heading_of
from reconciler.reports.shared.planned_runs import HEADING, planned_run_lines
from reconciler.reports.shared.rollouts import WAITS, waiting_lines
from reconciler.reports.shared.topics import by_topic, grouped
from reconciler.reports.shared.unmanaged import NONE, unmanaged_groups, unmanaged_heading

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from reconciler.model.diagnostic import Diagnostic
    from reconciler.model.listed import Listed
    from reconciler.planning.plan import Orphan, Plan
    from reconciler.reports.markdown.block import Detail
    from reconciler.reports.shared.entries import Entry
    from reconciler.reports.shared.fleets import Group
    from reconciler.reports.shared.outcome import Outcome
    from reconciler.reports.shared.topics import Member

MOST_LISTED = 25
"""The most causes of failures listed first; the rest is listed among the changes."""


def blocks(outcome: Outcome, detail: Detail) -> Iterator[Block]:
    if outcome.verdicts:
        yield from map(Block, forecast_parts(outcome))
    elif outcome.failure:
        problems = "\n".join(f"- {located(each.place, each.message)}" for each in outcome.failure.problems)
        yield Block(paragraphs(problems, prose(outcome.failure.advice)))
    if outcome.healths:
        yield from map(Block, health_parts(outcome.healths))
    found = entries(outcome)
    if causes_listed := _failures(found):
        yield Block(causes_listed)
    yield from deletion_blocks(found, detail)
    yield from map(Block, _warnings(without_told(outcome.warnings, outcome), members_of(outcome.plan)))
    if outcome.plan:
        yield from _planned(outcome, outcome.plan, found, detail)


def _planned(outcome: Outcome, plan: Plan, found: Sequence[Entry], detail: Detail) -> Iterator[Block]:
    if outcome.command == "plan" and (runs := planned_run_lines(plan)):
        yield Block(_note(HEADING, runs))
    if waits := waiting_lines(plan.later, outcome.origins):
        yield Block(_note(WAITS, waits))
    rollouts = plan.rollouts if outcome.command != "drift" else ()
    yield from rollout_blocks(rollouts)
    yield from map(Block, _orphans(outcome, plan))
    yield from map(Block, _unmanaged(outcome.unmanaged))
    yield from _changes(plan, found, detail)
    yield from name_blocks(rollouts)


def _note(title: str, sentences: Sequence[str]) -> str:
    return alert("NOTE", [f"**{title}**", *(f"- {prose(each)}" for each in sentences)])


def _failures(found: Sequence[Entry]) -> str:
    """Return the failures, by their cause; empty if there are none."""
    bad = causes(entry for entry in found if entry.bad)
    lines = [line for group in bad[:MOST_LISTED] for line in cause_lines(group)]
    more = sum(len(group.entries) for group in bad[MOST_LISTED:])
    rest = [f"- … and {more} more, among the changes"] if more else []
    return alert("CAUTION", ["**Not as declared**", *lines, *rest]) if bad else ""


def cause_lines(group: Group) -> Iterator[str]:
    """Yield one cause of failures, and what it concerns."""
    first, *more = [*filter(None, map(prose, group.remarks))] or [""]
    if len(group.entries) == 1:
        yield f"- {name_of(group.first)} {group.word}: {first}"
    else:
        of_set = f" of {code(group.set_address)}" if group.set_address else ""
        yield f"- **{group.in_words}**{of_set} {group.word}: {first}"
    yield from (f"  - {each}" for each in more)
    if len(group.entries) > 1:
        handles = [each.handle for each in group.customers]
        listed = first_names(handles) if group.set_address else listed_names(group.entries)
        yield f"  - {listed}"


def _warnings(warnings: Sequence[Diagnostic], members: Mapping[str, Member]) -> Iterator[str]:
    """Yield the warnings; several of one topic or of members of a set under one line that unfolds."""
    if not warnings:
        return
    alone, topics = by_topic(warnings, members)
    lines = [f"- {_warning(each)}" for each in alone]
    lines += [f"- {located(topic.place, topic.line)}" for topic in topics]
    yield alert("WARNING", lines)
    for topic in topics:
        summary = f"Where: {len(topic.found)} {html_code(topic.text.partition(':')[0])}"
        each_line = "\n".join(f"- {_warning(each)}" for each in topic.found)
        yield folded(summary, ", ".join(map(code, topic.customers)) or each_line)


def _warning(notice: Diagnostic) -> str:
    place = f"{code(str(notice.place))}: " if notice.place else ""
    # An undeclared object has no address, but is called by its kind, its name and its customer.
    named = notice.address and (prose if "'" in notice.address else code)(notice.address)
    about = f"{named}: " if named else ""
    return f"{place}{about}{prose(notice.message)}"


def _changes(plan: Plan, found: Sequence[Entry], detail: Detail) -> Iterator[Block]:
    mask = Mask.for_plan(plan)
    fleets, others = sorted_by_set(found, plan, mask)
    groups, single = together(others, mask)
    yield from group_blocks(groups, detail)
    alone = [entry for entry in single if detail == "all" or not entry.deleted or entry.sayings]
    for title, members in grouped(alone, lambda entry: entry.change.group).items():
        # The heading goes with its first change, so that a cut never leaves a heading alone.
        heading = f"#### {_group_title(title)}\n\n"
        for entry in members:
            yield Block(f"{heading}{_change(entry, mask, detail)}", int(not entry.deleted))
            heading = ""
    for fleet in fleets:
        yield from fleet_blocks(fleet, detail)
    yield from names_of_groups(groups, detail)


def _group_title(group: str) -> str:
    """Return the customer that objects belong to, as code; what belongs to none is not under a name."""
    return heading_of(group) if group == THE_ORGANIZATION else code(group)


def _change(entry: Entry, mask: Mask, detail: Detail) -> str:
    change = entry.change
    head = f"**{entry.word}** {name_of(entry, with_customer=False)}"
    head += f" – {code(f'{change.source.file}:{change.source.line}')}" if change.source else ""
    # The reason, unless the fields show it.
    fields_suffice = entry.command == "drift" or not REASONED & {*change.actions}
    if not (change.fields and fields_suffice):
        head += f" – {prose(change.reason)}"
    brief = detail == "no fields" or (detail == "no creations" and "create" in change.actions)
    lines = [] if brief or (entry.command == "drift" and change.live is None) else diff_lines(change, mask)
    # Failures are in the first part.
    return paragraphs(head, "" if entry.bad else bulleted(entry.sayings), fenced(lines))


def _orphans(outcome: Outcome, plan: Plan) -> Iterator[str]:
    if not plan.orphans:
        return
    lines = [line for each in plan.orphans for line in _found(outcome, each)]
    title = undeclared_heading(plan)
    if len(plan.orphans) <= DOZEN:
        yield alert("NOTE", [f"**{title}**", *lines])
    else:
        yield folded(f"{title}: {len(plan.orphans)}", "\n".join(lines))


def _unmanaged(objects: Sequence[Listed] | None) -> Iterator[str]:
    if objects is None:
        return
    lines = [
        line
        for group, members in unmanaged_groups(objects)
        for line in (f"- {_group_title(group)}", *(f"  - {prose(each.kind)} {code(each.name)}" for each in members))
    ]
    if not lines:
        yield alert("NOTE", [prose(NONE)])
    elif len(objects) <= DOZEN:
        yield alert("NOTE", [f"**{unmanaged_heading(objects)}**", *lines])
    else:
        yield folded(unmanaged_heading(objects), "\n".join(lines))


def _found(outcome: Outcome, each: Orphan) -> Iterator[str]:
    origin = outcome.origins.get(each.address, "")
    cause = f": {prose(origin)}" if origin else ""
    details = [*([code(each.id)] if outcome.verbose else []), *(["protected"] if each.protected else [])]
    owner = f" of {code(each.group)}" if each.group not in {"", each.name} else ""
    known = f" ({', '.join(details)})" if details else ""
    yield f"- {each.kind} {code(each.name)}{owner}{known}{cause}"
    yield from (f"  - {prose(remark)}" for remark in outcome.remarks.get(each.address, ()))
