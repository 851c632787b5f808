"""Sets of instances as Markdown: one part for each group of members that are alike, whose names unfold."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.reports.markdown.block import Block, fenced
from reconciler.reports.markdown.markup import code, folded, prose
from reconciler.reports.markdown.names import first_names
from reconciler.reports.shared.fields import diff_lines_of, shown_value
from reconciler.reports.shared.fleets import REASONED
from reconciler.reports.shared.topics import some
from reconciler.text.plural import counted

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reconciler.model.resource import SetCustomer
    from reconciler.reports.markdown.block import Detail
    from reconciler.reports.shared.alike_fields import Row
    from reconciler.reports.shared.fleets import Fleet, Group

PART = 100
"""Customers of a part, so that a report that is too long is cut between two parts."""


def fleet_blocks(fleet: Fleet, detail: Detail) -> Iterator[Block]:
    """Yield the heading with the first group, the other groups, and who is unchanged or left out."""
    place = f" – {code(f'{fleet.place.file}:{fleet.place.line}')}" if fleet.place else ""
    title = f"#### {code(fleet.address)}: {fleet.counts if fleet.groups else fleet.at_rest}{place}"
    for group in fleet.groups:
        first, *others = _group(group, fleet.main, detail)
        yield Block(f"{title}\n\n{first.text}" if title else first.text, first.changes)
        yield from others
        title = ""
    rest = "\n".join(_rest(fleet))
    if title or rest:
        yield Block("\n\n".join(filter(None, (title, rest))))


def _rest(fleet: Fleet) -> Iterator[str]:
    # Without a group, the heading has these counts.
    if fleet.unchanged and fleet.groups:
        yield f"- {counted(len(fleet.unchanged), fleet.noun)} unchanged"
    if fleet.later and fleet.groups:
        yield f"- {counted(fleet.later, fleet.noun)} in a rollout"
    if fleet.not_planned:
        yield f"- {counted(fleet.not_planned, fleet.noun)} not in this plan (`--target`, `--customer`, `--shard` …)"
    for reason, customers in fleet.reasons.items():
        handles = [each.handle for each in customers]
        yield f"- {counted(len(handles), 'customer')} left out, {prose(reason)}: {first_names(handles)}"


def _group(group: Group, main: Group | None, detail: Detail) -> Iterator[Block]:
    """Yield a group, then the parts of a long list of its customers."""
    rows = group.apart_from(main)
    like = "" if rows is None or main is None else f", like the {len(main.entries)} above but with:"
    one = len(group.entries) == 1 and not group.separate
    who = _name(group.customer(0)) if one else group.in_words
    reasoned = group.first.command != "drift" and not like and (not group.rows or REASONED & {*group.change.actions})
    reason = f" – {prose(group.change.reason)}" if reasoned else ""
    origin = f": {prose(group.first.origin)}" if group.first.origin else ""
    parts = [f"**{group.word}** {who}{reason}{origin}{like}"]
    remarks = [] if group.first.bad else [each for each in group.remarks if each != group.first.origin]
    parts += ["\n".join(f"- {prose(each)}" for each in remarks)] if remarks else []
    shown = [] if detail != "all" and group.creates else (group.shown_rows if rows is None else rows)
    lines = [line for row in shown for line in diff_lines_of(row.leaf)]
    parts += [fenced(lines)] if lines else []
    own = detail == "all" and any(map(group.own, range(len(group.entries))))
    few = not own and len(some(group.entries)) == len(group.entries)
    if group.separate and (detail == "all" or not group.first.deleted):
        parts.append("\n".join(f"- {_name(customer)}" for customer in group.customers))
    elif few and not one:
        parts.append(", ".join(map(_name, group.customers)))
    named = one or few or group.separate
    yield Block("\n\n".join(parts), len(group.entries) if named and not group.first.deleted else 0)
    if not named:
        yield from _customers(group, own=own)


def _customers(group: Group, *, own: bool) -> Iterator[Block]:
    """Yield the names of many customers in parts that unfold, with the values of each if ``own``."""
    count = len(group.entries)
    noun = group.in_words.partition(" ")[2]
    for start in range(0, count, PART):
        at = range(start, min(start + PART, count))
        lines = [f"- {_name(group.customer(each))}{own_values(group.own(each))}" for each in at]
        listed = "\n".join(lines) if own else ", ".join(_name(group.customer(each)) for each in at)
        part = f"{start + 1} to {start + len(at)} of " if count > PART else ""
        yield Block(folded(f"{part}{count} {noun}", listed), len(at))


def own_values(rows: Sequence[Row]) -> str:
    """Return the values that one member of a group has of its own, to follow its name."""
    values = ", ".join(f"{code(row.path)} {_value(row)}" for row in rows)
    return f": {values}" if values else ""


def _value(row: Row) -> str:
    after = code(shown_value(row.leaf.after))
    return after if row.leaf.added else f"{code(shown_value(row.leaf.before))} → {after}"


def _name(customer: SetCustomer) -> str:
    """Return the handle, and the name if it adds anything."""
    alike = customer.name.lower().replace(" ", "-") == customer.handle
    return code(customer.handle) if alike else f"{code(customer.handle)} {code(customer.name)}"
