"""Text reports on terminals of several widths, and where no terminal is: properties that hold for every scene."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from reports.fleets import FLEETS
from reports.scenes import SCENES
from reports.waves import STATUSES
from support.effort import lines_run

from reconciler.reports.registry import render, render_status
from reconciler.reports.shared.style import Style
from reconciler.text.table import table
from reconciler.text.wrapping import columns, laid_out, together

if TYPE_CHECKING:
    from collections.abc import Callable

WIDTHS = (60, 80, 120, 200)
COLOUR = re.compile(r"\x1b\[[0-9;]*m")
NAME = re.compile(r"(?<!\w)'[^'\n]{1,48}'(?!\w)")
PLACE = re.compile(r"  \S+\.ya?ml:\d+$", re.MULTILINE)
SIXTEEN = {0, 1, 2, *range(30, 38), *range(90, 98)}
"""The codes of terminals of 16 colours, with bold and dim."""

REPORTS: dict[str, Callable[[Style], str]] = {
    **{name: (lambda style, scene=scene: render(scene(), "text", style)) for name, scene in (SCENES | FLEETS).items()},
    **{
        f"status-{name}": (lambda style, scene=scene: render_status(scene(), "text", style))
        for name, scene in STATUSES.items()
    },
}


def _words(text: str) -> list[str]:
    return PLACE.sub("", text).split()


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", REPORTS)
def test_no_line_is_wider_than_the_terminal(name: str, width: int) -> None:
    """A line fits, unless it is one word or one quoted name that does not, which is never broken."""
    for line in REPORTS[name](Style(width=width)).splitlines():
        if columns(line) > width:
            assert " " not in NAME.sub("x", line.strip()), line


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", [name for name in REPORTS if not name.startswith("status-")])
def test_a_narrow_terminal_loses_nothing_but_places(name: str, width: int) -> None:
    """At any width a report has the same words in the same order; only the place of a manifest may go."""
    assert _words(REPORTS[name](Style(width=width))) == _words(REPORTS[name](Style()))


ROWS = [
    ("declared", "Acme Inventory", "FTL Rockets", "1", "Instance/inventory.ftl-rockets"),
    ("declared", "Acme Inventory with every variable", "株式会社日本物流サービス", "12", "Instance/inventory.nihon"),
    ("unmanaged", "Großhändler 🚚 und Söhne", "Müller & Söhne Gesellschaft mbH", "", ""),
    ("declared", "Low Stock", "Blue Harbor", "2", f"Instance/inventory.{'long-' * 7}handle"),
]


@pytest.mark.parametrize("width", WIDTHS)
def test_a_table_fits_the_terminal_and_loses_nothing(width: int) -> None:
    """Columns become narrower, and what fits in none stands below its row, behind its heading; no word is broken."""
    headings = ("State", "Name", "Belongs to", "Version", "Manifest")
    head, texts = table(headings, ROWS, width)
    lines = [line for text in (head, *texts) for line in text.split("\n")]
    assert all(columns(line) <= width and line == line.rstrip() for line in lines)
    words = {word for cell in (each for row in ROWS for each in row) for word in cell.split()}
    assert words <= {word for line in lines for word in line.split()}
    assert all("\n" not in text for text in table(headings, ROWS, None)[1])
    if width == max(WIDTHS):
        assert (head, texts) == table(headings, ROWS, None)


def test_a_narrow_terminal_costs_a_long_table_little() -> None:
    """To make a table narrower takes less than five times the work of writing it as it is."""
    rows = [("x" * (at % 29), f"Freight {'y' * (at % 23)} and sons", "z" * (at % 31)) for at in range(99)]

    def work(width: int | None) -> int:
        return lines_run(lambda: table(("Name", "Belongs to", "Manifest"), rows, width))

    assert work(50) < 5 * work(None)


@pytest.mark.parametrize("name", REPORTS)
def test_names_and_addresses_are_never_broken(name: str) -> None:
    """Each quoted name of a report stands on one line at 60 columns, too."""
    narrow = REPORTS[name](Style(width=60))
    joined = " ".join(narrow.split())
    broken = {found for found in NAME.findall(joined) if len(found) <= 40 and found not in narrow}
    assert not broken


@pytest.mark.parametrize("name", REPORTS)
def test_nothing_is_broken_or_coloured_where_there_is_no_terminal(name: str) -> None:
    """In a pipe or a file, each line is whole, and no report has a code that only a terminal understands."""
    text = REPORTS[name](Style())
    assert "\x1b" not in text
    if not name.startswith("status-"):  # its lists are cut by the room that they have
        assert text == REPORTS[name](Style(width=100_000))


@pytest.mark.parametrize("name", REPORTS)
def test_colours_are_of_16_and_change_no_line(name: str) -> None:
    """With colours the lines break where they do without, and every colour is one that terminals of 16 have."""
    coloured = REPORTS[name](Style(colour=True, width=80))
    assert COLOUR.sub("", coloured) == REPORTS[name](Style(width=80))
    codes = {int(code or 0) for found in COLOUR.findall(coloured) for code in found[2:-1].split(";")}
    assert codes <= SIXTEEN


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("error: no customer is named 'FTL Rockets'", 38, ["error: no customer is named", "  'FTL Rockets'"]),
        ("  ! one two", 9, ["  ! one", "   two"]),
        ("  ✗ Instance/a failed  the API said no", 30, ["  ✗ Instance/a failed  the API", "      said no"]),
        ("  Batch Size    5 and more → 100", 22, ["  Batch Size    5 and", "    more → 100"]),
        ("it waits for 12 min and 5 s", 15, ["it waits for", "  12 min and", "  5 s"]),
        ("there is 1 Instance", 14, ["there is", "  1 Instance"]),
        ("from (sensitive #1) on", 16, ["from", "  (sensitive #1)", "  on"]),
        ("don't break what isn't a name", 24, ["don't break what isn't a", "  name"]),
        ("https://acme.example/a/very/long/address now", 20, ["https://acme.example/a/very/long/address", "  now"]),
        ("  - Instance/a-long-address 'Acme'", 20, ["  - Instance/a-long-address", "      'Acme'"]),
        ("  acme, a-handle-of-twenty-two", 24, ["  acme,", "  a-handle-of-twenty-two"]),
        ("cron  0 2 * * * → 0 4 * * *", 18, ["cron  0 2 * * *", "  → 0 4 * * *"]),
        ("it is 5 characters and 40 more", 17, ["it is", "  5 characters", "  and 40 more"]),
        ("6 secrets are left to variables", 20, ["6 secrets are left", "  to variables"]),
        ("store-01, store-02, store-03", 20, ["store-01, store-02,", "  store-03"]),
        (f"of {together('Blue Harbor')}, {together('FTL Rockets')}", 18, ["of Blue Harbor,", "  FTL Rockets"]),
    ],
)
def test_a_line_is_broken_between_words_that_mean_something_apart(text: str, width: int, lines: list[str]) -> None:
    """Names, columns and quantities stay whole, and what follows is indented below the text."""
    assert laid_out(text, width).split("\n") == lines
    assert laid_out(text, None) == text.replace("\0", " ")
