"""Sets of instances as text for a terminal: what changes for all, who differs, and who is left out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.reports.shared.fields import leaf_lines
from reconciler.reports.shared.fleets import REASONED, as_one
from reconciler.reports.shared.style import SIGNS
from reconciler.reports.shared.topics import grouped, some
from reconciler.text.escape import safe
from reconciler.text.natural import natural
from reconciler.text.plural import counted, listed

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator, Sequence

    from reconciler.model.resource import SetCustomer
    from reconciler.reports.shared.fleets import Fleet, Group
    from reconciler.reports.shared.style import Style

INDENT = " " * 6
MORE = "-v names every customer of a set, and shows the values of each."


def fleets_text(fleets: Sequence[Fleet], style: Style, *, verbose: bool) -> Iterator[str]:
    """Yield the sets of a plan or a drift, an empty line after each."""
    for fleet in fleets:
        yield from _fleet(fleet, style, verbose=verbose)
        yield ""
    if not verbose and any(map(_shortened, fleets)):
        yield style.dim(MORE)
        yield ""


def _shortened(fleet: Fleet) -> bool:
    """Return whether anything about a set is not shown."""
    rows = (row for group in fleet.groups for row in group.shown_rows)
    lists = [*fleet.reasons.values(), *(group.entries for group in fleet.groups if not group.separate)]
    return (
        any(row.values > 1 for row in rows)
        or any(len(some(each)) < len(each) for each in lists)
        or any(group.creates and group.rows for group in fleet.groups[1:])
        or any(group.own_remarks(entry) for group in fleet.groups for entry in group.entries)
        or bool(fleet.left_out and not fleet.groups)
    )


def _fleet(fleet: Fleet, style: Style, *, verbose: bool) -> Iterator[str]:
    title = style.bold(safe(fleet.address))
    if not fleet.groups and not verbose:
        left_out = f", {counted(len(fleet.left_out), 'customer')} left out" if fleet.left_out else ""
        yield style.ending(f"{title}: {fleet.at_rest}{left_out}", fleet.place)
        return
    yield style.ending(f"{title}: {fleet.counts}", fleet.place)
    for group in fleet.groups if verbose else _as_shown(fleet):
        yield from _group(group, fleet.main, style, verbose=verbose)
    if fleet.unchanged:
        yield f"  = {counted(len(fleet.unchanged), fleet.noun)}: unchanged"
        if verbose:
            yield names(fleet.unchanged, verbose=True)
    if fleet.later:
        yield f"  … {counted(fleet.later, fleet.noun)}: in a rollout, listed below"
    if fleet.not_planned:
        yield f"  ? {counted(fleet.not_planned, fleet.noun)}: not in this plan (--target, --customer, --shard …)"
    if fleet.left_out:
        yield f"  left out: {counted(len(fleet.left_out), 'customer')}"
        for reason, customers in fleet.reasons.items():
            yield f"{INDENT}{safe(reason)}: {names(customers, verbose=verbose).lstrip()}"


def _as_shown(fleet: Fleet) -> Iterator[Group]:
    """Yield the groups, as one those that would look alike: only the main group of creations shows its fields."""

    def look(group: Group) -> Hashable:
        alike = group.creates and group is not fleet.main and group.apart_from(fleet.main) is None
        said = (group.word, group.change.actions, group.change.reason, group.remarks)
        return said if alike else id(group)

    for alike in grouped(fleet.groups, look).values():
        yield alike[0] if len(alike) == 1 else as_one(alike)


def _group(group: Group, main: Group | None, style: Style, *, verbose: bool) -> Iterator[str]:
    rows, like = group.beside(main)
    yield f"  {head(group, style)}{like}"
    if group is main or verbose or like or not group.creates:
        yield from (f"{INDENT}{line}" for line in leaf_lines(rows, style, both=not group.creates))
    yield from (style.dim(f"{INDENT}{line}") for line in _reasons(group, like=bool(like)))
    if group.separate:
        deleted = sorted(group.customers, key=lambda each: natural(each.handle))
        yield from (f"{INDENT}{style.action('delete', whole_name(customer))}" for customer in deleted)
    elif len(group.entries) > 1 and not (verbose and all(map(group.own, range(len(group.entries))))):
        yield names(group.customers, verbose=verbose)
    if verbose:
        yield from _own(group, style)


def head(group: Group, style: Style) -> str:
    """Return how many customers, or which one, and what is done or how they differ."""
    one = len(group.entries) == 1 and not group.separate
    who = safe(group.customer(0).handle) if one else group.in_words
    if group.first.command == "drift":
        origin = f": {style.bold(safe(group.first.origin))}" if group.first.origin else ""
        marked = style.warn(group.word) if group.word == "differs" else style.bad(group.word)
        return f"{marked}  {who}{origin}"
    first, *_ = group.change.actions
    return f"{style.action(first, SIGNS[first])} {who}: {style.actions(group.change.actions)}"


def _reasons(group: Group, *, like: bool) -> Iterator[str]:
    """Yield why, where the fields do not say it, and the remarks on all of them."""
    if group.first.command == "drift":
        if not group.rows and group.word == "differs":
            yield safe(group.change.reason)
        yield from (safe(each) for each in group.remarks if each != group.first.origin)
    elif REASONED & {*group.change.actions} and not like:
        yield f"because {safe(group.change.reason)}"


def _own(group: Group, style: Style) -> Iterator[str]:
    """Yield the values and remarks that only one customer has."""
    for at, entry in enumerate(group.entries):
        rows = group.own(at)
        said = group.own_remarks(entry)
        if rows or said:
            yield f"{INDENT}{safe(group.customer(at).handle)}:"
            yield from (f"{INDENT}  {line}" for line in leaf_lines(rows, style, both=not group.creates))
            yield from (style.dim(f"{INDENT}  {safe(each)}") for each in said)


def names(customers: Sequence[SetCustomer], *, verbose: bool) -> str:
    """Return a line of the handles of all, or of some and the number of the others."""
    handles = [safe(each.handle) for each in sorted(customers, key=lambda each: natural(each.handle))]
    return INDENT + listed(handles, len(some(handles, whole=verbose)))


def whole_name(customer: SetCustomer) -> str:
    """Return the handle, and the name if it is another."""
    return safe(customer.handle) + (f"  {safe(repr(customer.name))}" if customer.name != customer.handle else "")
