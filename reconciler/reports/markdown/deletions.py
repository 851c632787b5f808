"""All deletions as Markdown, before any other change: what is deleted cannot be brought back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.reports.markdown.block import Block, in_parts
from reconciler.reports.markdown.markup import alert, code, prose
from reconciler.reports.markdown.names import name_of
from reconciler.reports.shared.fleets import customer_of, set_of
from reconciler.reports.shared.topics import grouped

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reconciler.reports.markdown.block import Detail
    from reconciler.reports.shared.entries import Entry

PART = 50
"""Deletions of a part, so that a report that even they alone are too long for is cut between two parts."""


def deletion_blocks(found: Sequence[Entry], detail: Detail) -> Iterator[Block]:
    """Yield the deletions, those of one reason together: each on a line of its own, or in short several on a line."""
    deleted = [entry for entry in found if entry.deleted]
    reasons = grouped(deleted, lambda entry: entry.change.reason)
    lines = _one_each if detail == "all" else _in_short
    if len(deleted) <= PART:
        # Without an empty line, a title would go on in the last item of the list above it.
        listed = [line for reason, same in reasons.items() for line in ("", _title(same, reason), *lines(same))]
        yield from [Block(alert("CAUTION", listed[1:]), len(deleted), len(deleted))] if deleted else []
        return
    for reason, same in reasons.items():
        for part, at in in_parts(same, PART):
            which = f" ({at} of {len(same)})" if at else ""
            yield Block(alert("CAUTION", [_title(same, reason) + which, *lines(part)]), len(part), len(part))


def _title(same: Sequence[Entry], reason: str) -> str:
    return f"**{'Deleted' if same[0].result else 'To be deleted'}**: {prose(reason)}"


def _one_each(found: Sequence[Entry]) -> Iterator[str]:
    yield from (f"- {name_of(entry)}" for entry in found)


def _in_short(found: Sequence[Entry]) -> Iterator[str]:
    """Yield objects of one kind and name with their customers, and the others of a customer, each on one line."""
    alike = grouped(found, lambda entry: (entry.change.kind.name, entry.change.name if _owner(entry) else ""))
    apart: list[Entry] = []
    for (kind, name), same in alike.items():
        if name and len(same) > 1:
            yield f"- {kind} {code(name)} of {', '.join(code(_owner(entry)) for entry in same)}"
        elif name:
            apart += same
        else:
            yield f"- {kind}: {', '.join(code(entry.change.name) for entry in same)}"
    for owner, its in grouped(apart, _owner).items():
        yield f"- of {code(owner)}: {', '.join(f'{each.change.kind.name} {code(each.change.name)}' for each in its)}"


def _owner(entry: Entry) -> str:
    """Return the name of an object's customer; empty for what is of no customer."""
    change = entry.change
    return customer_of(change).name if set_of(change) else change.customer
