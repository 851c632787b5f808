"""The comment on a pull request, as a forge renders it."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest
from reports.gfm import OURS, acting, rendered, tokens
from reports.plans import change, field, plan
from reports.scenes import LARGE, SCENES, UNFRIENDLY, told
from support.hostile import HOSTILE
from support.hostile import acting as acting_in_a_log

from reconciler.kinds.registry import default_registry
from reconciler.reports.markdown.markup import code, fence, html_code, prose
from reconciler.reports.markdown.report import LONGEST_COMMENT, markdown, marker_of, render
from reconciler.reports.shared.outcome import Outcome, RunContext
from reconciler.reports.shared.style import Style

ALL = {**SCENES, **LARGE, **UNFRIENDLY}
RUN = RunContext(full_report="https://forge.example/acme/actions/runs/1")


def comment(outcome: Outcome) -> str:
    return render(outcome, Style())


WHERE = "project `acme`, environment `production`, tenant `Rocket Vendor`"
FIRST_LINES = {
    "empty": ("### Plan: tenant `Rocket Vendor`", "**Nothing to do – 3 unchanged**"),
    "one-of-each": (
        f"### Plan: {WHERE}",
        "**1 to create, 1 to adopt, 2 to update, 1 to delete, 2 to deploy – 3 unchanged**",
    ),
    "no-plan": ("### Plan: project `acme`", "**No plan: 3 problems**"),
    "declined": (
        f"### Apply: {WHERE}",
        "**Not applied: 1 problem – 1 to create, 1 to adopt, 2 to update, 1 to delete, 2 to deploy – 3 unchanged**",
    ),
    "interrupted": (f"### Apply: {WHERE}", "**Not all done: 1 problem, 1 applied, 1 skipped, 1 not converged**"),
    "applied": (f"### Apply: {WHERE}", "**7 applied – 41 unchanged**"),
    "nothing-applied": ("### Apply: tenant `Rocket Vendor`", "**Nothing to do – 3 unchanged**"),
    "failed-apply": (
        f"### Apply: {WHERE}",
        "**Not all done: 3 applied, 1 failed, 1 skipped, 1 not converged – 3 unchanged**",
    ),
    "drift": (f"### Drift: {WHERE}", "**4 differ, 1 missing, 1 to be gone – 3 as declared, 2 owned but not declared**"),
    "no-drift": ("### Drift: tenant `Rocket Vendor`", "**No drift – 3 as declared**"),
    "no-drift-report": ("### Drift: project `acme`", "**No drift report: 3 problems**"),
}


@pytest.mark.parametrize("name", FIRST_LINES)
def test_the_title_states_what_ran_and_where(name: str) -> None:
    """Whoever reads no further than two lines knows the command, the tenant, and what is to be done or went wrong."""
    title, empty, result = comment(SCENES[name]()).split("\n")[:3]
    assert (title, empty, result.partition(" at ")[0]) == (FIRST_LINES[name][0], "", FIRST_LINES[name][1])


@pytest.mark.parametrize("name", ALL)
def test_every_report_renders_without_stray_markup(name: str) -> None:
    """Nested as it should be; no HTML but ours, no pictures, and no link but the one to the whole report."""
    outcome = ALL[name]()
    text = comment(outcome)
    found = rendered(text)
    kinds = {token.type for token in tokens(text)}
    assert not kinds & {"image", "html_inline", "table_open", "hr", "ordered_list_open", "code_block", "lheading_open"}
    html = "".join(token.content for token in tokens(text) if token.type == "html_block")
    assert set(re.findall(r"</?([a-z]+)", html)) <= OURS
    assert found.links == [outcome.surroundings.full_report] * ("Cut here" in text and bool(found.links))
    assert set(found.tags) <= OURS | {"h3", "h4", "p", "strong", "ul", "li", "blockquote", "pre", "a"}


@pytest.mark.parametrize("name", UNFRIENDLY)
def test_names_are_escaped(name: str) -> None:
    """No mention, issue, address, formula or emoji stands in the text outside of code, nor a command for the log."""
    text = comment(UNFRIENDLY[name]())
    assert acting(rendered(text)) == []
    assert acting_in_a_log(text) == []
    comments = [token.content for token in tokens(text) if token.type == "html_block" and "<!--" in token.content]
    assert comments == [text.rstrip("\n").rsplit("\n", 1)[1] + "\n"]


@pytest.mark.parametrize("key", HOSTILE)
def test_an_ordinary_name_is_shown_unchanged(key: str) -> None:
    """Each hostile name is one piece of code in the text that was rendered, and nothing else comes of it."""
    name = HOSTILE[key]
    for text in (f"before {code(name)} after", f"- {code(name)}", f"> - **x** {code(name)}: y"):
        spans = [token.content for token in tokens(text) if token.type == "code_inline"]
        assert len(spans) == 1
        assert set(rendered(text).tags) <= {"p", "code", "ul", "li", "blockquote", "strong"}
    assert rendered(f"<details><summary>{html_code(name)}</summary>\n\nx\n\n</details>").text[-2:]
    said = rendered(f"- {prose(f'about {name} and more')}")
    assert acting(said) == []
    assert set(said.tags) <= {"p", "code", "ul", "li"}


@pytest.mark.parametrize("run", range(8))
def test_a_fence_is_longer_than_any_within(run: int) -> None:
    """A block ends where it has to, however many backticks its lines begin with."""
    lines = ["`" * run + "diff", "+ x", "~~~"]
    (block,) = [token for token in tokens(fence(lines)) if token.type == "fence"]
    assert block.content == "\n".join(lines) + "\n"
    assert block.info == "diff"


def test_prose_keeps_words_and_makes_code_of_the_rest() -> None:
    """A sentence stays one: only what is not plainly a word is set apart, its punctuation left outside."""
    assert prose("it depends on Customer/ftl, which wasn't applied (yet).") == (
        "it depends on `Customer/ftl`, which wasn't applied (yet)."
    )
    assert prose("see https://a.example: 3 users, 'two words', a @b #1") == (
        "see `https://a.example`: 3 users, `two words`, a `@b` `#1`"
    )
    assert prose("Amazon S3 (and with --this)") == "Amazon S3 (and with `--this`)"
    assert prose("call f(x). Then (see g(y)) so") == "call `f(x)`. Then (see `g(y)`) so"
    assert prose("sent (with --a-b); A_KEY is set") == "sent (with `--a-b`); `A_KEY` is set"
    assert prose("") == ""
    assert prose("...") == "`...`"


PIECES = {
    "'Acme Inventory User/Pass' is new, and must": "`Acme Inventory User/Pass` is new, and must",
    "empty it with {clear: true}; the plan": "empty it with `{clear: true}`; the plan",
    "(in {valueFrom: {file: a, key: b.c}}, say)": "(in `{valueFrom: {file: a, key: b.c}}`, say)",
    "the name \"Bob's A/B\" and 'plain words', too": "the name `Bob's A/B` and `plain words`, too",
    "one {that never ends, and 'so does a/b this": "one `{that` never ends, and 'so does `a/b` this",
    "an empty '' and a {} there": "an empty `''` and a `{}` there",
    "did you mean 'a b'?": "did you mean `a b`?",
    'add x.from: ["Old Name"], which keeps it': 'add `x.from: ["Old Name"]`, which keeps it',
    "keep one with apply --receipt FILE, and": "keep one with apply `--receipt FILE`, and",
    "no version 13 (customer-099)": "no version 13 (`customer-099`)",
    "2 of 10 (Kind 'Sync' of 'Acme'), more than 2.5 %": "2 of 10 (Kind `Sync` of `Acme`), more than 2.5 %",
    "from STRING → NUMBER, say [a": "from STRING → NUMBER, say `[a`",
    "a/b c/d": "`a/b` `c/d`",
}


@pytest.mark.parametrize(("text", "shown"), PIECES.items(), ids=PIECES)
def test_quoted_text_becomes_one_code_span(text: str, shown: str) -> None:
    """A name of several words, and a piece of YAML, are not cut into code, words and code."""
    assert prose(text) == shown


def blocks_of(text: str) -> list[str]:
    """Return what is seen without unfolding anything, heading by heading."""
    return re.split(r"(?m)^(?=#)", re.sub(r"(?s)<details>.*?</details>", "", text))


def test_deletions_and_warnings_come_first_and_visible() -> None:
    """What cannot be undone and what has to be known stand above the changes, outside of anything folded."""
    head = blocks_of(comment(SCENES["several-customers"]()))[1]
    assert head.index("[!CAUTION]") < head.index("[!WARNING]")
    assert "> **To be deleted**: in no manifest, and prune is on\n> - Instance `Old CRM` of `Blue Harbor`\n" in head
    assert "> - `Instance/old-crm`: deleting it deletes its 3 users for good" in head


def test_failures_come_before_everything_else() -> None:
    """After an apply the failures stand at the top, each with what was said of it."""
    text = comment(SCENES["failed-apply"]())
    head = blocks_of(text)[1]
    for address, said in (
        ("Customer `Gone`", "it may have been carried out"),
        ("Instance/inventory", "declared False"),
    ):
        assert address in head
        assert said in head
    assert "To be deleted" not in text


def test_resources_are_grouped_by_customer() -> None:
    """Each customer has one heading, in natural order, with its resources below it, in the plan's order."""
    found = rendered(comment(SCENES["several-customers"]()))
    assert found.headings[1:] == ["Blue Harbor", "FTL Rockets", "Nordlys Energi", "Smith & Sons"]


def test_each_resource_has_its_difference_and_long_ones_are_folded() -> None:
    """A dozen lines are shown as they are, more of them unfold; what is in them is a diff."""
    text = comment(SCENES["several-customers"]())
    fences = [token for token in tokens(text) if token.type == "fence"]
    assert [token.info for token in fences] == ["diff"] * len(fences)
    folded = re.findall(r"(?s)<details>.*?</details>", text)
    for token in fences:
        lines = token.content.rstrip("\n").split("\n")
        assert all(line[0] in "+- @…" for line in lines)
        assert any(token.content in each for each in folded) == (len(lines) > 12)
    assert folded


def test_unchanged_resources_are_counted_and_not_listed() -> None:
    """Of what stays as it is a comment has the number alone."""
    text = comment(SCENES["several-customers"]())
    assert "41 unchanged" in text
    assert "Customer/acme" not in text


def test_the_marker_is_invisible_and_stable() -> None:
    """Every run of a command for a project and an environment has the same marker, failed ones too."""
    names: dict[str, Any] = {"project": "acme", "environment": "production"}
    scenes = (SCENES["no-plan"], SCENES["declined"], LARGE["five-thousand"])
    outcomes = [replace(scene(), command="plan", **names) for scene in scenes]
    markers = {comment(outcome).rstrip("\n").rsplit("\n", 1)[1] for outcome in outcomes}
    assert markers == {"<!-- reconciler:plan project=acme environment=production -->"}
    assert "reconciler:plan" not in "".join(rendered(comment(outcomes[0])).text)
    assert marker_of(Outcome("drift")) == "<!-- reconciler:drift -->"
    named = Outcome("plan", project="acme-integrations", environment="eu--west")
    assert marker_of(named) == "<!-- reconciler:plan project=acme-integrations environment=eu%2D%2Dwest -->"
    hostile = [marker_of(Outcome("plan", project=name, environment=name)) for name in HOSTILE.values() if name]
    assert len(set(hostile)) == len(hostile)
    assert not [each for each in hostile if "--" in each[4:-3]]
    assert all(
        re.fullmatch(r"<!-- reconciler:plan project=[\w.%-]+ environment=[\w.%-]+ -->", each) for each in hostile
    )


@pytest.mark.parametrize("limit", [2_000, 10_000, LONGEST_COMMENT])
def test_a_comment_is_cut_between_two_blocks(limit: int) -> None:
    """What is too long ends with how much is missing and where it is; nothing is left open, and the marker stays."""
    outcome = replace(LARGE["five-thousand"](), surroundings=RUN)
    text = markdown(outcome, limit, len)
    assert limit * 0.6 < len(text) <= limit
    found = rendered(text)
    assert found.links == [RUN.full_report]
    shown = len(re.findall(r"(?m)^- `", text))
    assert f"{5000 - shown} changes are not shown" in text
    assert text.endswith(f"\n\n{marker_of(outcome)}\n")


def test_a_long_comment_is_shortened_before_it_is_cut() -> None:
    """Before anything is cut, the fields of what is created are left out, then all fields."""
    kinds = [kind.name for kind in default_registry()]
    created = [
        change("c", "create", kind=kind, fields=[field("name", None, "x" * 90)] * 5, group="A") for kind in kinds
    ]
    updated = [change("u", kind=kind, fields=[field("name", "y", "x" * 90)] * 5, group="B") for kind in kinds]
    outcome = told("plan", plan(*created, *updated))
    whole = markdown(outcome, 10**6, len)
    shorter = markdown(outcome, len(whole) - 1, len)
    shortest = markdown(outcome, len(shorter) - 1, len)
    fences = [len(re.findall(r"(?m)^```diff", text)) for text in (whole, shorter, shortest)]
    assert fences == [2 * len(kinds), len(kinds), 0]
    assert all(
        text.count("**create**") == text.count("**update**") == len(kinds) for text in (whole, shorter, shortest)
    )


def test_length_is_counted_as_the_strictest_forge_counts() -> None:
    """Characters beyond the first plane count as two, as they do in a browser."""
    outcome = told("plan", plan(*(change(f"i{n}", "create", name="🚀" * 90, group=f"g{n}") for n in range(900))))
    text = comment(outcome)
    assert LONGEST_COMMENT - 12_000 < len(text.encode("utf-16-le")) // 2 <= LONGEST_COMMENT
    assert "Cut here" in text


def test_a_cut_comment_names_where_the_whole_report_is() -> None:
    """The pointer is a file when there is one, and says what else there is when there is none."""
    outcome = told("plan", plan(*(change(f"c{number}") for number in range(30))))
    file = replace(outcome, surroundings=RunContext(full_report="plan <b>.html"))
    assert "the whole report is `plan <b>.html`" in markdown(file, 600, len)
    assert "the html and json reports are complete" in markdown(outcome, 600, len)


def test_equal_results_are_grouped() -> None:
    """Many changes with the same fields and the same result are one; the one that failed stands by itself."""
    from reconciler.applying.results import Result

    found = plan(*(change(f"i{n}", fields=[field("description", "a", "b")]) for n in range(9)))
    outcome = told(
        "apply", found, results=[Result(each) for each in found.changes[:8]] + [Result(found.changes[8], "failed")]
    )
    text = comment(outcome)
    assert "#### The same change to 8 Instances `Acme`: applied" in text
    assert "**failed** `Instance/i8`" in text
