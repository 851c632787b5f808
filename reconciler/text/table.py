"""Rows of cells as text whose columns are aligned, as far as the terminal has room for them."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from reconciler.text.wrapping import columns, cut_at_words, laid_out, padded

if TYPE_CHECKING:
    from collections.abc import Sequence

GAP = "  "
BELOW = "    "
"""Indents a cell that stands below its row."""
NARROW = 16
"""Columns below which no cell is broken: a text of one word a line cannot be read."""


def table(
    headings: Sequence[str], rows: Sequence[Sequence[str]], width: int | None, *, empty: bool = True
) -> tuple[str, list[str]]:
    r"""Return the line of the headings and the text of each row, for a terminal of so many columns.

    Without ``empty``, columns in which no row has anything are left out. Where the whole table does not fit, its
    columns become narrower, and their cells are broken at words. A cell that is too long for even that stands below its
    row, behind its heading; a column whose cells mostly do so is left out. The first column always stays.

    >>> table(["Name", "Note", "Version"], [["Acme", "", "12"], ["株式会社", "", "7"]], None, empty=False)
    ('Name      Version', ['Acme      12', '株式会社  7'])
    >>> table(["Name", "Of"], [["株式会社日本物流", "Customer/nihon"]], 24)
    ('Name', ['株式会社日本物流\n    Of: Customer/nihon'])
    """
    shown = [column for column in range(len(headings)) if empty or any(row[column] for row in rows)]
    head, body = [headings[column] for column in shown], [[row[column] for column in shown] for row in rows]
    widths = [max(map(columns, column)) for column in zip(head, *body, strict=True)]
    below: list[set[int]] = [set() for _ in body]
    if width is not None and _total(widths) > width:
        least = [[*map(_least, row)] for row in body]
        below = _below(head, least, width)
        widths = _widened(_needed(head, least, below), body, below, width)
    texts = [
        "\n".join(
            filter(
                None, [_line(row, widths, without), *(_below_row(head[at], row[at], width) for at in sorted(without))]
            )
        )
        for row, without in zip(body, below, strict=True)
    ]
    return _line(head, widths, set()), texts


def _total(widths: Sequence[int]) -> int:
    """Return how wide a table with these columns is; a column of no width is not shown."""
    shown = [*filter(None, widths)]
    return sum(shown) + len(GAP) * max(0, len(shown) - 1)


def _least(cell: str) -> int:
    """Return the columns that a cell needs at least: for its longest word, or for some words of a short line."""
    return max(min(columns(cell), NARROW), *map(columns, cell.split(" ")))


def _needed(head: Sequence[str], least: Sequence[Sequence[int]], below: Sequence[set[int]]) -> list[int]:
    """Return the least widths of the columns, without the cells that stand below their rows.

    ``least`` has what each cell needs at least, 0 for an empty one.
    """
    needed = []
    for at, heading in enumerate(head):
        inside = [row[at] for row, without in zip(least, below, strict=True) if row[at] and at not in without]
        needed.append(max(columns(heading), *inside) if inside else 0)
    return needed


def _below(head: Sequence[str], least: Sequence[Sequence[int]], width: int) -> list[set[int]]:
    """Return for each row the cells that have to stand below it, so that the others fit."""
    below: list[set[int]] = [set() for _ in least]
    while _total(needed := _needed(head, least, below)) > width and any(needed[1:]):
        at = max(range(1, len(needed)), key=lambda column: needed[column])
        filled = [number for number, row in enumerate(least) if row[at]]
        long = [number for number in filled if at in below[number] or least[number][at] == needed[at]]
        moved = filled if needed[at] == columns(head[at]) or 2 * len(long) > len(filled) else long
        for number in moved:
            below[number].add(at)
    return below


def _widened(needed: Sequence[int], body: Sequence[Sequence[str]], below: Sequence[set[int]], width: int) -> list[int]:
    """Return widths that fit: room goes where the fewest columns keep the most cells on one line."""
    widths = [*needed]
    cells = [
        Counter(columns(row[at]) for row, without in zip(body, below, strict=True) if at not in without)
        for at in range(len(widths))
    ]
    room = width - _total(widths)
    while steps := [
        (sum(count for cell, count in cells[at].items() if now < cell <= wider) / (wider - now), at, wider)
        for at, now in enumerate(widths)
        for wider in cells[at]
        if now and now < wider <= now + room
    ]:
        _, at, wider = max(steps)
        room -= wider - widths[at]
        widths[at] = wider
    return widths


def _line(row: Sequence[str], widths: Sequence[int], without: set[int]) -> str:
    """Return a row; it takes several lines where a cell is broken."""
    cells = [
        cut_at_words(cell if at not in without else "", room)
        for at, (cell, room) in enumerate(zip(row, widths, strict=True))
        if room
    ]
    room_of = [*filter(None, widths)]
    lines = [[cell[number] if number < len(cell) else "" for cell in cells] for number in range(max(map(len, cells)))]
    return "\n".join(GAP.join(map(padded, line, room_of)).rstrip() for line in lines)


def _below_row(heading: str, cell: str, width: int | None) -> str:
    return laid_out(f"{BELOW}{heading}: {cell}" if heading else BELOW + cell, width)
