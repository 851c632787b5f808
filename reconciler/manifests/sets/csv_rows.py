"""The values of customers in a CSV file: a column ``customer`` with the handle, and a column for each key."""

from __future__ import annotations

import csv
from io import StringIO
from typing import TYPE_CHECKING

from reconciler.manifests.sets.filling import Cell
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.place import Place
from reconciler.text.suggest import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterator

COLUMN = "customer"
_SEPARATORS = ",;\t"


def read_rows(text: str, shown: str, problems: list[Diagnostic]) -> tuple[dict[str, dict[str, Cell]], dict[str, Place]]:
    """Return the values by handle and the place of each row; add what is wrong to ``problems``.

    The separator is the comma, semicolon or tab that is most frequent in the header. A cell that is empty is no value.
    """
    lines = _rows(text, shown, problems)
    header_line, header = next(lines, (1, []))
    names = [name.strip() for name in header]
    wrong = _header_problem(names)
    if wrong:
        problems.append(Diagnostic(wrong, Place(shown, header_line)))
        return {}, {}
    column = names.index(COLUMN)
    rows: dict[str, dict[str, Cell]] = {}
    places: dict[str, Place] = {}
    for line, cells in lines:
        place = Place(shown, line)
        handle = cells[column].strip() if len(cells) > column else ""
        if len(cells) != len(names):
            message = (
                f"this row has {len(cells)} cells, and the header {len(names)}; put cells with separators in quotes"
            )
            problems.append(Diagnostic(message, place))
        elif not handle:
            problems.append(
                Diagnostic(f"the cell of the column {COLUMN!r} is empty; write the handle of the customer", place)
            )
        elif handle in rows:
            message = f"the customer {handle!r} has a row already, in line {places[handle].line}; keep one of them"
            problems.append(Diagnostic(message, place))
        else:
            filled = zip(names, cells, strict=True)
            rows[handle] = {name: Cell(cell) for name, cell in filled if cell and name != COLUMN}
            places[handle] = place
    return rows, places


def _header_problem(names: list[str]) -> str | None:
    twice = next((name for name in names if names.count(name) > 1), None)
    if not names:
        return f"the file is empty; write a header with the column {COLUMN!r} and one column for each value"
    if "" in names:
        return f"column {names.index('') + 1} has no name; name every column in the header"
    if twice is not None:
        return f"two columns are named {twice!r}; rename one of them"
    if COLUMN not in names:
        known = did_you_mean(COLUMN, names, listed_as="columns")
        return f"the column {COLUMN!r} with the handles of customers is missing; {known}"
    return None


def _rows(text: str, shown: str, problems: list[Diagnostic]) -> Iterator[tuple[int, list[str]]]:
    """Yield each row that is not blank, with the number of its first line; stop at one that is no CSV."""
    head = text.split("\n", 1)[0]
    separator = max(_SEPARATORS, key=head.count)
    # Not splitlines(), which ends lines at more characters than CSV does, such as a form feed in a cell.
    reader = csv.reader(StringIO(text, newline=""), delimiter=separator, strict=True)
    line = 1
    try:
        for cells in reader:
            if any(map(str.strip, cells)):
                yield line, cells
            line = reader.line_num + 1
    except csv.Error as error:
        message = f"this is no row of CSV: {error}; put a cell with quotes in quotes, and double those in it"
        problems.append(Diagnostic(message, Place(shown, line)))
