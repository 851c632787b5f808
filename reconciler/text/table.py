"""Rows of cells as lines whose columns are aligned."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.text.wrapping import columns, padded

if TYPE_CHECKING:
    from collections.abc import Sequence


def table(headings: Sequence[str], rows: Sequence[Sequence[str]], *, empty: bool = True) -> list[str]:
    """Return the headings and the rows as lines; without ``empty``, columns in which no row has anything are left out.

    >>> table(["Name", "Note", "Version"], [["Acme", "", "12"], ["株式会社", "", "7"]], empty=False)
    ['Name      Version', 'Acme      12', '株式会社  7']
    """
    shown = [column for column in range(len(headings)) if empty or any(row[column] for row in rows)]
    cells = [[row[column] for column in shown] for row in (headings, *rows)]
    widths = [max(map(columns, column)) for column in zip(*cells, strict=True)]
    return ["  ".join(map(padded, row, widths)).rstrip() for row in cells]
