"""Changes that are alike as Markdown: once what they have in common, and who they are; many names unfold."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.reports.markdown.block import Block, bulleted, fenced, in_parts, paragraphs
from reconciler.reports.markdown.markup import code, folded, html_code, prose
from reconciler.reports.markdown.names import first_names, listed_names, name_of
from reconciler.reports.shared.fields import diff_lines_of, shown_value
from reconciler.reports.shared.fleets import REASONED
from reconciler.reports.shared.topics import some
from reconciler.text.plural import counted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from reconciler.model.resource import SetCustomer
    from reconciler.reports.markdown.block import Detail
    from reconciler.reports.shared.fields import Leaf
    from reconciler.reports.shared.fleets import Fleet, Group

CUSTOMERS = 100
"""Customers of a part."""
NAMES = 50
"""Names of a part, each on a line of its own."""
MOST_IN_SUMMARY = 3


def fleet_blocks(fleet: Fleet, detail: Detail) -> Iterator[Block]:
    """Yield the heading of a set with its first group, its other groups, and who is unchanged or left out."""
    place = f" – {code(f'{fleet.place.file}:{fleet.place.line}')}" if fleet.place else ""
    title = f"#### {code(fleet.address)}: {fleet.counts if fleet.groups else fleet.at_rest}{place}"
    for group in fleet.groups:
        first, *others = _of_set(group, fleet.main, detail)
        yield Block(paragraphs(title, first.text), first.changes)
        yield from others
        title = ""
    if rest := paragraphs(title, "\n".join(_rest(fleet))):
        yield Block(rest)


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


def _of_set(group: Group, main: Group | None, detail: Detail) -> Iterator[Block]:
    """Yield a group of a set, then the parts of a long list of its customers."""
    rows, like = group.beside(main)
    one = len(group.entries) == 1 and not group.separate
    who = _name(group.customer(0)) if one else group.in_words
    reason = f" – {prose(group.change.reason)}" if _reasoned(group) and not like else ""
    origin = f": {prose(group.first.origin)}" if group.first.origin else ""
    remarks = [] if group.first.bad else _remarks(group)
    shown = [] if detail != "all" and group.creates else rows
    own = detail == "all" and any(map(group.own, range(len(group.entries))))
    few = not own and len(some(group.entries)) == len(group.entries)
    names = ""
    if group.separate and (detail == "all" or not group.first.deleted):
        names = "\n".join(f"- {_name(customer)}" for customer in group.customers)
    elif few and not one:
        names = ", ".join(map(_name, group.customers))
    text = paragraphs(f"**{group.word}** {who}{reason}{origin}{like}", bulleted(remarks), _fields(shown), names)
    named = one or few or group.separate
    yield Block(text, len(group.entries) if named and not group.first.deleted else 0)
    if not named:
        yield from _customers(group, own=own)


def _customers(group: Group, *, own: bool) -> Iterator[Block]:
    """Yield the names of many customers in parts that unfold, with the values of each if ``own``."""
    for at, part in in_parts(range(len(group.entries)), CUSTOMERS):
        lines = [f"- {_name(group.customer(each))}{_own_values(group.own(each))}" for each in at]
        listed = "\n".join(lines) if own else ", ".join(_name(group.customer(each)) for each in at)
        yield Block(folded(f"{part} of {group.in_words}" if part else group.in_words, listed), len(at))


def _name(customer: SetCustomer) -> str:
    """Return the handle, and the name if it adds anything."""
    alike = customer.name.lower().replace(" ", "-") == customer.handle
    return code(customer.handle) if alike else f"{code(customer.handle)} {code(customer.name)}"


def group_blocks(groups: Sequence[Group], detail: Detail) -> Iterator[Block]:
    """Yield each group of no set; its long list of names follows it, unless the report is short of room."""
    for group in groups:
        everybody = len(some(group.entries)) == len(group.entries)
        yield Block(_of_no_set(group), len(group.entries) if everybody else 0)
        if detail == "all" and not everybody:
            yield from _everybody(group, with_values=True)


def name_blocks(groups: Sequence[Group], detail: Detail) -> Iterator[Block]:
    """Yield the long lists of names of a report that is short of room: last, since they can be left out."""
    if detail != "all":
        for group in groups:
            if len(some(group.entries)) < len(group.entries):
                yield from _everybody(group, with_values=False)


def _of_no_set(group: Group) -> str:
    said = [group.change.reason] if _reasoned(group) and not group.first.bad else []
    said += [*filter(None, [group.first.origin]), *_remarks(group)]
    names = listed_names(group.entries)
    return paragraphs(f"#### {_title(group)}", bulleted(said), _fields(group.shown_rows), names)


def _title(group: Group) -> str:
    same = group.shown_rows and not any(row.values > 1 for row in group.shown_rows)
    alike = "The same difference in " if group.first.command == "drift" else "The same change to "
    change = alike if same else ""
    names = {entry.change.name for entry in group.entries}
    called = f" {code(names.pop())}" if len(names) == 1 else ""
    return f"{change}{group.in_words}{called}: {group.word}"


def _everybody(group: Group, *, with_values: bool) -> Iterator[Block]:
    """Yield the names of a group in parts that unfold, each with the values of its own if there is room."""
    for at, part in in_parts(range(len(group.entries)), NAMES):
        values = [_own_values(group.own(each)) if with_values else "" for each in at]
        lines = [f"- {name_of(group.entries[each])}{value}" for each, value in zip(at, values, strict=True)]
        which = f", {part}" if part else ""
        yield Block(folded(f"All {group.in_words}: {group.word}{_what(group)}{which}", "\n".join(lines)), len(at))


def _what(group: Group) -> str:
    """Return which fields change, as HTML: a list of names may be far below its group."""
    names = list(dict.fromkeys(row.label for row in group.shown_rows))
    rest = f" and {len(names) - MOST_IN_SUMMARY} more" if len(names) > MOST_IN_SUMMARY else ""
    return f" ({', '.join(map(html_code, names[:MOST_IN_SUMMARY]))}{rest})" if names else ""


def _reasoned(group: Group) -> bool:
    """Return whether a group needs its reason, since its fields do not show it."""
    return group.first.command != "drift" and (not group.rows or bool(REASONED & {*group.change.actions}))


def _remarks(group: Group) -> list[str]:
    return [each for each in group.remarks if each != group.first.origin]


def _fields(rows: Iterable[Leaf]) -> str:
    return fenced([line for row in rows for line in diff_lines_of(row)])


def _own_values(rows: Sequence[Leaf]) -> str:
    """Return the values that one member of a group has of its own, to follow its name."""
    values = ", ".join(f"{code(row.label)} {_value(row)}" for row in rows)
    return f": {values}" if values else ""


def _value(row: Leaf) -> str:
    after = code(shown_value(row.after))
    return after if row.added else f"{code(shown_value(row.before))} → {after}"
