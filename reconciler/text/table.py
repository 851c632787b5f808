"""Rows of cells as lines whose columns are aligned."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


def table(headings: Sequence[str], rows: Sequence[Sequence[str]], *, empty: bool = True) -> list[str]:
    """Return the headings and the rows as lines; without ``empty``, columns in which no row has anything are left out.

    >>> table(["Name", "Note", "Version"], [["Acme", "", "12"]], empty=False)
    ['Name  Version', 'Acme  12']
    """
    shown = [column for column in range(len(headings)) if empty or any(row[column] for row in rows)]
    widths = {column: max(len(row[column]) for row in (headings, *rows)) for column in shown}
    return ["  ".join(row[column].ljust(widths[column]) for column in shown).rstrip() for row in (headings, *rows)]
