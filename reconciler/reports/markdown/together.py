"""Changes that are alike as Markdown: once what they have in common, and who they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.reports.markdown.block import Block, fenced
from reconciler.reports.markdown.fleet import own_values
from reconciler.reports.markdown.markup import code, folded, html_code, prose
from reconciler.reports.markdown.names import listed_names, name_of
from reconciler.reports.shared.fields import diff_lines_of
from reconciler.reports.shared.fleets import REASONED
from reconciler.reports.shared.topics import some

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reconciler.reports.markdown.block import Detail
    from reconciler.reports.shared.fleets import Group

PART = 50
"""Names of a part, so that a report that is too long is cut between two parts."""
MOST_IN_SUMMARY = 3


def group_blocks(groups: Sequence[Group], detail: Detail) -> Iterator[Block]:
    """Yield each group; its long list of names follows it, unless the report is short of room."""
    for group in groups:
        everybody = len(some(group.entries)) == len(group.entries)
        yield Block(_group(group), len(group.entries) if everybody else 0)
        if detail == "all" and not everybody:
            yield from _everybody(group, with_values=True)


def name_blocks(groups: Sequence[Group], detail: Detail) -> Iterator[Block]:
    """Yield the long lists of names of a report that is short of room: last, since they can be left out."""
    if detail != "all":
        for group in groups:
            if len(some(group.entries)) < len(group.entries):
                yield from _everybody(group, with_values=False)


def _group(group: Group) -> str:
    parts = [f"#### {_title(group)}"]
    reasoned = group.first.command != "drift" and (not group.rows or REASONED & {*group.change.actions})
    remarks = [each for each in group.remarks if each != group.first.origin]
    said = [group.change.reason] if reasoned and not group.first.bad else []
    said += [*([group.first.origin] if group.first.origin else []), *remarks]
    parts += ["\n".join(f"- {prose(each)}" for each in said)] if said else []
    lines = [line for row in group.shown_rows for line in diff_lines_of(row.leaf)]
    parts += [fenced(lines)] if lines else []
    parts.append(listed_names(group.entries, len(some(group.entries))))
    return "\n\n".join(parts)


def _title(group: Group) -> str:
    same = group.shown_rows and not any(row.values > 1 for row in group.shown_rows)
    alike = "The same difference in " if group.first.command == "drift" else "The same change to "
    change = alike if same else ""
    names = {entry.change.name for entry in group.entries}
    called = f" {code(names.pop())}" if len(names) == 1 else ""
    return f"{change}{group.in_words}{called}: {group.word}"


def _everybody(group: Group, *, with_values: bool) -> Iterator[Block]:
    """Yield the names of a group in parts that unfold, each with the values of its own if there is room."""
    count = len(group.entries)
    for start in range(0, count, PART):
        at = range(start, min(start + PART, count))
        values = [own_values(group.own(each)) if with_values else "" for each in at]
        lines = [f"- {name_of(group.entries[each])}{value}" for each, value in zip(at, values, strict=True)]
        part = f", {start + 1} to {start + len(at)}" if count > PART else ""
        yield Block(folded(f"All {group.in_words}: {group.word}{_what(group)}{part}", "\n".join(lines)), len(at))


def _what(group: Group) -> str:
    """Return which fields change, as HTML: a list of names may be far below its group."""
    names = list(dict.fromkeys(row.path for row in group.shown_rows))
    rest = f" and {len(names) - MOST_IN_SUMMARY} more" if len(names) > MOST_IN_SUMMARY else ""
    return f" ({', '.join(map(html_code, names[:MOST_IN_SUMMARY]))}{rest})" if names else ""
