"""What one change is called in Markdown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.reports.markdown.markup import code
from reconciler.reports.shared.fleets import customer_of, set_of
from reconciler.reports.shared.topics import some
from reconciler.text.plural import listed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reconciler.reports.shared.entries import Entry


def name_of(entry: Entry, *, with_customer: bool = True) -> str:
    """Return the address, the name if it adds anything, and the customer unless a heading has it."""
    change = entry.change
    if set_of(change):
        return f"{code(change.address)} {code(customer_of(change).name)}"
    called = entry.called
    handle = called.partition("/")[2]
    parts = [code(called) if handle else called]
    parts += [code(change.name)] if change.name != handle else []
    parts += [f"of {code(change.customer)}"] if with_customer and change.customer else []
    return " ".join(parts)


def first_names(names: Sequence[str]) -> str:
    """Return the first of these names, and how many others there are."""
    return listed([*map(code, names)], len(some(names)))


def listed_names(found: Sequence[Entry]) -> str:
    """Return the names of the first changes, and how many others there are.

    Where each is of another customer, the customers are enough: they are what a reader knows.
    """
    customers = {entry.change.group for entry in found}
    enough = len(customers) == len(found) and all(customers)
    first = some(found)
    shown = ", ".join(code(entry.change.group) if enough else name_of(entry) for entry in first)
    return f"{shown}, … and {len(found) - len(first)} more" if len(found) > len(first) else shown
