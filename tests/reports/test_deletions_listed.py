"""Deletions in reports that have room for a part only: a reviewer must know each before anything is approved."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from reports.fleets import customer, member, the_set
from reports.gfm import tokens
from reports.plans import change, field, plan
from reports.scenes import told

from reconciler.applying.results import Result
from reconciler.reports.ci.findings import MOST, workflow_commands
from reconciler.reports.markdown.report import markdown
from reconciler.reports.registry import render

if TYPE_CHECKING:
    from reconciler.planning.plan import Change

MANY = 640
REASON = "it carries this project's label and is in no manifest (prune)"


def of_customer(number: int, name: str = "Inventory") -> Change:
    owner = f"Customer {number:03} with a rather long name of its own"
    return change(f"i{number}", "delete", name=name, group=owner, reason=REASON, source=None)


def customers(count: int) -> list[Change]:
    names = [f"Customer {number:03} with a rather long name of its own" for number in range(count)]
    return [
        change(f"c{at}", "delete", kind="Customer", name=name, group=name, reason=REASON, source=None)
        for at, name in enumerate(names)
    ]


def instances(count: int) -> list[Change]:
    return [of_customer(number) for number in range(count)]


def differently_named(count: int) -> list[Change]:
    return [of_customer(number // 2, f"Sync {number}") for number in range(count)]


def updates(count: int) -> list[Change]:
    """Return changes that come before the deletions in the order of customers."""
    return [
        change(f"u{at}", name=f"U{at}", group=f"A {at}", fields=[field("name", "x" * at, "y" * 90)])
        for at in range(count)
    ]


@pytest.mark.parametrize("deleted", [customers, instances, differently_named])
@pytest.mark.parametrize("others", [0, 400])
def test_a_comment_names_every_deletion_before_any_other_change(deleted: object, others: int) -> None:
    """However many there are, and whatever else is cut: each with its customer, visible, and none said to be below."""
    assert callable(deleted)
    changes = deleted(MANY)
    text = render(told("plan", plan(*updates(others), *changes)), "markdown")
    visible = re.sub(r"<details>.*?</details>", "", text, flags=re.DOTALL)
    first = visible.partition("\n#### ")[0]
    assert all(f"`{each.name}`" in first and f"`{each.group}`" in first for each in changes)
    assert "below" not in text
    assert "deletion" not in text.partition("**Cut here**")[2]


def test_few_deletions_have_a_line_each() -> None:
    """Where there is room, the list is one that can be ticked off."""
    text = render(told("plan", plan(*instances(60))), "markdown")
    assert text.count(f"`Inventory` of `{of_customer(59).group}`\n") == 1
    assert len(re.findall(r"(?m)^> - Instance `Inventory` of `[^`]+`$", text)) == 60


def test_deletions_of_each_reason_are_a_list_of_their_own() -> None:
    """The title of the second reason is a paragraph of its own, and no part of the last item of the first list."""
    declared = change("gone", "delete", kind="Customer", name="Gone", reason="its manifest declares state: absent")
    text = render(told("plan", plan(declared, *instances(2))), "markdown")
    paragraphs = [token.content for token in tokens(text) if token.type == "inline" and "deleted**" in token.content]
    assert [each.rpartition("\n")[2].partition(":")[0] for each in paragraphs] == ["**To be deleted**"] * 2
    assert not any("`" in each for each in paragraphs)


def test_a_comment_says_how_many_deletions_it_has_no_room_for() -> None:
    """At the top and at the cut, in bold; those that are shown and those that are not are all of them."""
    changes = customers(3000)
    text = render(told("plan", plan(*updates(20), *changes)), "markdown")
    named = sum(f"`{each.name}`" in text for each in changes)
    hidden = 3000 - named
    assert 0 < named < 3000
    head, cut = text.split("\n\n")[2], text.partition("**Cut here**")[2]
    assert f"> **{hidden} of 3000 deletions are not shown**: " in head
    assert f"**{hidden} deletions** and 20 other changes are not shown" in cut
    assert "**update**" not in text


@pytest.mark.parametrize("limit", [700, 900, 1500, 4000, 20_000])
def test_a_report_with_hidden_deletions_keeps_its_limit(limit: int) -> None:
    """The words on what is missing have their own room."""
    text = markdown(told("plan", plan(*instances(300))), limit, len)
    assert len(text) <= limit
    assert ("deletions are not shown**" in text) == (text.count("rather long name") < 300)


def test_deletions_that_are_listed_do_not_count_as_cut() -> None:
    """What the top of a report has is not said to be missing, done deletions neither."""
    changes = instances(300)
    results = [Result(each) for each in changes]
    text = markdown(told("apply", plan(*changes), results=results), 30_000, len)
    assert "Cut here" not in text
    assert all(f"`{each.group}`" in text for each in changes)


def test_the_deleted_members_of_a_set_are_listed_once_where_room_is_short() -> None:
    """The list at the top has them; the part of their set only counts them then."""
    changes = [member(customer(number), "delete", reason="declared absent") for number in range(200)]
    outcome = told("plan", plan(*changes, sets=(the_set(changes, ()),)))
    whole = markdown(outcome, 10**6, len)
    shorter = markdown(outcome, len(whole) - 1, len)
    one = customer(150)
    assert [text.count(f"`{one.name}`") for text in (whole, shorter)] == [1, 1]
    assert [text.count(f"- `{one.handle}`\n") for text in (whole, shorter)] == [1, 0]
    assert "Cut here" not in shorter


def test_annotations_beyond_the_limit_say_how_many_are_deletions() -> None:
    """A forge shows a few annotations; the last one counts what is not among them."""
    lines = workflow_commands(told("plan", plan(*instances(30))))
    left = 30 - MOST + 1
    assert lines[-1] == f"::warning title=reconciler::and {left} more, with {left} deletions; the log has them all"
    members = [member(customer(number), "delete", reason="declared absent") for number in range(60)]
    lines = workflow_commands(told("plan", plan(*instances(MOST), *members, sets=(the_set(members, ()),))))
    assert lines[-1] == "::warning title=reconciler::and 2 more, with 61 deletions; the log has them all"
