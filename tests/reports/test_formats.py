"""Every format of every outcome: equal to its golden file, deterministic and complete."""

from __future__ import annotations

import json

import pytest
from jsonschema import Draft202012Validator
from reports.kept import DIGESTS, ENDINGS, FOLDER, digests, kept, whole
from reports.scenes import LARGE, SCENES, UNFRIENDLY

from reconciler.manifests.schema.schemas import load_schema
from reconciler.reports.registry import FORMATS, render

EVERY = [(name, form) for name in SCENES for form in FORMATS]
ALL = {**SCENES, **LARGE, **UNFRIENDLY}


@pytest.mark.parametrize(("name", "form"), EVERY, ids=lambda value: value)
def test_a_report_equals_its_golden_file(name: str, form: str) -> None:
    """Each report of each scene is, to the letter, the one that is kept."""
    assert kept(SCENES[name](), form) == (FOLDER / f"{name}.{ENDINGS[form]}").read_bytes().decode()


def test_no_golden_file_is_left_over() -> None:
    """Every file that is kept is compared with a report."""
    assert {path.name for path in FOLDER.iterdir()} == {*whole(), DIGESTS.name}


def test_reports_kept_as_digests_have_their_counted_parts() -> None:
    """Reports of thousands of changes, and of hostile names, are the same to the letter, and have as many parts."""
    assert digests() == json.loads(DIGESTS.read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", [*SCENES, *UNFRIENDLY])
def test_a_report_is_the_same_each_time(name: str) -> None:
    """The same outcome gives the same report, whatever was rendered before it."""
    outcome = ALL[name]()
    first = {form: render(outcome, form) for form in FORMATS}
    assert {form: render(outcome, form) for form in reversed(FORMATS)} == first
    assert {form: render(ALL[name](), form) for form in FORMATS} == first


@pytest.mark.parametrize("name", [*SCENES, *UNFRIENDLY, "a-thousand-alike"])
def test_json_is_valid_by_its_schema(name: str) -> None:
    """Each outcome as JSON keeps to the schema that is shipped, also when there is no result."""
    Draft202012Validator(load_schema("plan")).validate(json.loads(render(ALL[name](), "json")))


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("name", SCENES)
def test_no_report_leaves_a_change_or_a_problem_out(name: str, form: str) -> None:
    """Every address and every problem of an outcome is in each of its reports; the name of what has no manifest."""
    outcome = SCENES[name]()
    text = render(outcome, form)
    changes = outcome.plan or ()
    if form == "text" and outcome.command == "apply" and not outcome.failure:
        # What went as it should has been told line by line already, as it went.
        changes = [result.change for result in outcome.results if not result.ok]
    addresses = [change.address if change.source else change.name for change in changes]
    assert [address for address in addresses if address not in text] == []
    # Markdown shows as code what a message has in quotes.
    text = text.replace("&apos;", "'").replace("`", "").replace("'", "")
    joined = "\n".join(line.strip("> -") for line in text.splitlines())
    problems = outcome.failure.problems if outcome.failure else ()
    assert [each.message for each in problems if each.message.replace("'", "") not in joined] == []
