"""Changes that are reported as one: they have equal values, whatever part of the values is shown."""

from __future__ import annotations

import json

import pytest
from reports.plans import change, field, plan, shown
from reports.scenes import told

from reconciler.planning.masking import Mask
from reconciler.reports.html.report import html_data
from reconciler.reports.json.report import render as json_report
from reconciler.reports.registry import render
from reconciler.reports.shared.entries import entries
from reconciler.reports.shared.fleets import together
from reconciler.reports.shared.repeated import alike, shape
from reconciler.reports.shared.style import Style

LINES = [f"line {number}" for number in range(60)]
ODD = [*LINES[:56], "odd", *LINES[57:]]
LONG = {
    "a line that a block does not show": (None, "\n".join(LINES), "\n".join(ODD)),
    "the end of a text in one line": (None, "x" * 200 + "y", "x" * 200 + "z"),
    "the end of both texts": ("a" * 300, "b" * 300 + "y", "b" * 300 + "z"),
    "a line of many that change": ("\n".join(LINES), "\n".join(f"a {each}" for each in LINES), "\n".join(ODD)),
    "the end of a list": ([1] * 90, [*[2] * 90, 3], [*[2] * 90, 4]),
    "a number and its text": (0, 1, "1"),
    "an entry that looks like nothing": ("a", None, "(nothing)"),
    "the names of nested values": ({"a": {"b": 1}}, {"a": {"b": 2}}, {"a": {"b": 1}, "a.b": 2}),
}


@pytest.mark.parametrize("name", LONG)
def test_values_that_differ_are_never_reported_as_the_same_change(name: str) -> None:
    """Neither as text nor as Markdown, nor on a page, for any value of which reports show a part."""
    before, usual, odd = LONG[name]
    changes = [
        change(f"c{at}", kind="Customer", name=f"Cust {at}", fields=[field("description", before, after)])
        for at, after in enumerate([usual] * 5 + [odd])
    ]
    outcome = told("plan", plan(*changes))
    assert "The same change to 5 Customers" in shown(*changes)
    assert "The same change to 5 Customers" in render(outcome, "markdown")
    assert "same change to 6" not in shown(*changes) + render(outcome, "markdown")
    (group,) = html_data(outcome)["alike"]
    assert len(group["at"]) == 5


def test_changes_of_one_group_have_equal_fields_in_the_json_report() -> None:
    """For every pair of values above, mixed: only what a group says to differ does."""
    values = [(before, after) for before, *both in LONG.values() for after in both]
    changes = [
        change(f"c{at}-{copy}", kind="Customer", fields=[field("description", *pair)])
        for copy in range(4)
        for at, pair in enumerate(values)
    ]
    outcome = told("plan", plan(*changes))
    documents = {each["address"]: each["fields"] for each in json.loads(json_report(outcome, Style()))["changes"]}
    mask = Mask.for_plan(plan(*changes))
    in_text = alike(changes, lambda each: shape(each, mask))
    others, _ = together(entries(outcome), mask)
    grouped = [[entry.change for entry in group.entries] for group in others if all(r.values == 1 for r in group.rows)]
    assert len(in_text) == len(values)
    for group in (*in_text, *grouped):
        assert len({json.dumps(documents[each.address]) for each in group}) == 1
