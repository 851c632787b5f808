"""How rollouts stand, in every format: kept in ``golden/waves``, complete, and safe against hostile names."""

from __future__ import annotations

import base64
import json
import re
from dataclasses import replace
from hashlib import sha256
from html import unescape

import pytest
from reports.gfm import OURS, rendered
from reports.gfm import acting as acting_on_a_forge
from reports.kept import WAVES_FOLDER, data_of, waves
from reports.test_html import Page
from reports.waves import CANARIES, STATUSES, half_way, hostile, ran, stand, status, verified, waits
from support.hostile import HOSTILE, acting

from reconciler.reports.html.files import escaped
from reconciler.reports.markdown.comment import LONGEST_COMMENT, utf16_length
from reconciler.reports.markdown.rollouts import LEFT_OUT
from reconciler.reports.registry import STATUS_FORMATS, render, render_status
from reconciler.reports.shared.rollouts import following
from reconciler.reports.shared.style import Style
from reconciler.reports.text.rollouts import rollout_lines
from reconciler.rollouts.evidence import Asked
from reconciler.text.wrapping import columns

KEPT = waves()


@pytest.mark.parametrize("name", KEPT)
def test_a_status_equals_its_golden_file(name: str) -> None:
    """Each report of how rollouts stand is, to the letter, the one that was read and found good."""
    assert KEPT[name] == (WAVES_FOLDER / name).read_bytes().decode()


def test_no_golden_file_of_a_status_is_left_over() -> None:
    """Every kept status is compared with a report."""
    assert {path.name for path in WAVES_FOLDER.iterdir()} == {*KEPT}


@pytest.mark.parametrize("width", [60, 80, 120])
@pytest.mark.parametrize("name", STATUSES)
def test_text_fits_its_terminal(name: str, width: int) -> None:
    """No line of a status is wider than the terminal, in colour or without."""
    for style in (Style(width=width), Style(colour=True, width=width)):
        text = render_status(STATUSES[name](), "text", style)
        assert max(map(columns, text.splitlines())) <= width


@pytest.mark.parametrize("name", STATUSES)
def test_the_counts_of_a_status_are_of_all_members(name: str) -> None:
    """The lines of a wave name the state and the number of every member, also of those whose names do not fit."""
    found = STATUSES[name]()
    text = render_status(found, "text")
    counts = [int(number) for number in re.findall(r"^      (?:[✗‖?▸◔…✓] |and )(\d+) ", text, re.MULTILINE)]
    shown = [int(number) for number in re.findall(r"^      and (\d+) more", text, re.MULTILINE)]
    members = sum(len(wave.members) for each in found.standings for wave in each.waves)
    assert sum(counts) == members
    assert (name == "broken") == bool(shown)


def test_the_names_of_all_customers_are_in_the_markdown() -> None:
    """Of 300 customers each is named in the wave that it is in."""
    found = half_way()
    text = render_status(status(found), "markdown")
    for wave in found.waves:
        folds = re.findall(rf"<summary>Wave <code>{wave.wave.name}</code>.*?</details>", text, re.DOTALL)
        named = re.findall(r"`([^`]+)`", "".join(folds))
        assert sorted(named) == sorted(each.member.shown for each in wave.members if folds)


def test_a_status_of_many_rollouts_is_cut_where_a_comment_ends() -> None:
    """A status that no forge would take is cut between two parts; every rollout's table comes before the names."""
    found = [half_way() for _ in range(12)]
    text = render_status(status(*found), "markdown")
    assert utf16_length(text) <= LONGEST_COMMENT
    assert text.count("\n| `rest` |") == 12
    assert text.splitlines()[-3] == LEFT_OUT
    assert text.splitlines()[-1] == "<!-- reconciler:rollout project=acme environment=production -->"


@pytest.mark.parametrize(
    ("standing", "expected"),
    [
        (stand({}), "acme of wave canary, then 2 more, with the next apply"),
        (stand({}, 5, allowed=9), "acme, blue-harbor, cirrus of wave canary, with the next apply"),
        (stand(CANARIES), "wave early (30 customers) waits for approval: apply --approve inventory/early"),
        (
            stand(CANARIES, asked=Asked(through="canary")),
            "wave early (30 customers) waits: this run ends after wave canary (--through)",
        ),
        (STATUSES["complete"]().standings[0], ""),
        (STATUSES["broken"]().standings[0], "nobody, since wave first stopped; correct the manifests and apply them"),
    ],
)
def test_one_sentence_says_who_is_next(standing: object, expected: str) -> None:
    """The sentence names who is changed next, or what the next wave waits for."""
    assert following(standing) == expected  # type: ignore[arg-type]  # parametrized


@pytest.mark.parametrize("command", ["plan", "apply"])
def test_the_reports_of_a_run_have_the_waves(command: str) -> None:
    """The Markdown of a plan and of an apply shows who is in which wave; the text has the waves and who is next."""
    outcome = ran(command)
    assert "| `early` | … waiting | 30 waiting |" in render(outcome, "markdown")
    assert "Wave <code>early</code> of <code>inventory</code>: 30 customers" in render(outcome, "markdown")
    assert "  next: " in render(ran("plan"), "text")
    text = render(outcome, "markdown")
    assert (
        text.index("| `early` |") < text.index("#### `InstanceSet/inventory`") < text.index("Wave <code>early</code>")
    )


@pytest.mark.parametrize("form", STATUS_FORMATS)
@pytest.mark.parametrize("key", HOSTILE)
def test_no_name_acts_in_a_status(key: str, form: str) -> None:
    """Whatever a rollout, a wave, a customer, a version and a reason are called: nothing acts where it is shown."""
    text = render_status(hostile(HOSTILE[key]), form)
    assert acting(text) == []
    if form == "html":
        assert HOSTILE[key] == "" or escaped(HOSTILE[key]) in text
    if form == "json":
        assert json.loads(text)["rollouts"][0]["name"] == HOSTILE[key]
    if form == "markdown":
        page = rendered(text)
        assert acting_on_a_forge(page) == []
        assert {"script", "img", "iframe", "h1", "input"}.isdisjoint(page.tags)
        assert page.tags.count("td") == 2 * 6
        assert {"details", "summary", "code"} <= OURS


def elements(page: Page) -> list[tuple[str, list[str]]]:
    """Return the elements of a page in order, each with the names of its attributes."""
    return [(tag, sorted(attributes)) for tag, attributes in page.elements]


@pytest.mark.parametrize("key", [key for key, name in HOSTILE.items() if name])
def test_no_name_adds_anything_to_a_page(key: str) -> None:
    """The page has the same elements and attributes whatever names are in it."""
    page = Page(render_status(hostile(HOSTILE[key]), "html"))
    assert elements(page) == elements(Page(render_status(hostile("a plain name"), "html")))


@pytest.mark.parametrize("name", STATUSES)
def test_a_page_loads_nothing_and_allows_only_its_own_style_and_script(name: str) -> None:
    """The policy names the digests of the page's style and script; the page has no other source, and no refresh."""
    text = render_status(STATUSES[name](), "html")
    page = Page(text)
    found = [attributes for tag, attributes in page.elements if tag == "meta"]
    (policy,) = [each["content"] for each in found if each.get("http-equiv") == "Content-Security-Policy"]
    digests = [base64.b64encode(sha256(page.inside[key].encode()).digest()).decode() for key in ("style", "script")]
    assert policy == (
        f"default-src 'none'; style-src 'sha256-{digests[0]}'; script-src 'sha256-{digests[1]}'; "
        "base-uri 'none'; form-action 'none'"
    )
    assert {"link", "img", "iframe", "form", "noscript"}.isdisjoint(tag for tag, _ in page.elements)
    assert not any({"src", "style", "onclick"} & {*attributes} for _, attributes in page.elements)
    assert [each.get("http-equiv") for each in found if each.get("http-equiv")] == ["Content-Security-Policy"]


@pytest.mark.parametrize("name", STATUSES)
def test_a_page_names_every_customer_and_every_failure(name: str) -> None:
    """All members are on the page, without its script; the reasons of failures are outside of what unfolds."""
    found = STATUSES[name]()
    text = render_status(found, "html")
    members = [each for rollout in found.standings for wave in rollout.waves for each in wave.members]
    assert text.count("<li><bdi>") == len(members)
    assert {each.member.shown for each in members} <= {*re.findall(r"<li><bdi>(.*?)</bdi>", text)}
    assert text.count('<li class="wave ') == sum(len(rollout.waves) for rollout in found.standings)
    assert f'datetime="{found.read_at.isoformat()}"' in text


@pytest.mark.parametrize("form", ["text", "markdown", "html"])
def test_a_status_shows_who_was_set_back_and_where_others_would_go(form: str) -> None:
    """A held member has the reason why its change failed; members that are to be changed have the version before."""
    text = unescape(" ".join(render_status(STATUSES["set-back"](), form).replace("`", "").split()))
    assert "flow Sync orders failed: HTTP 500; this manifest was tried here and failed" in re.sub("['`]", "", text)
    assert "if it fails: back to version 12, the version before the change (3 members" in text
    assert "not set back: its version is not known" in text


def test_a_drift_has_no_waves_on_its_page() -> None:
    """Only the pages of a plan and of an apply show the waves: a drift is about what differs."""
    assert all('<li class="wave ' in render(ran(command), "html") for command in ("plan", "apply"))
    assert '<li class="wave ' not in render(replace(ran("plan"), command="drift"), "html")


def test_lines_of_a_plan_have_counts_and_no_names_of_members() -> None:
    """A plan counts the members of a wave; who they are is in the status."""
    lines = list(rollout_lines([half_way()], Style()))
    assert "  rest    open      267 members: 1 failed, 2 held, 3 current, 204 open, 57 complete" in lines
    assert not any("customer-010" in line for line in lines)


@pytest.mark.parametrize("form", ["text", "markdown", "html"])
def test_what_waits_is_grouped_by_set_in_a_drift(form: str) -> None:
    """Hundreds of members that wait for one reason are one line, with their number and some names."""
    text = render(waits(), form, Style(width=120))
    text = json.dumps(data_of(text)["notes"]) if form == "html" else text.replace("`", "")
    text = " ".join(text.split())
    assert "29 customers of InstanceSet/inventory (customer-024, customer-029, customer-032 and 26 more)" in text
    assert "263 customers of InstanceSet/inventory (delta-v, ember, ftl-rockets and 260 more) in wave rest" in text
    assert text.count("in wave") == 2


@pytest.mark.parametrize("form", ["text", "markdown", "html"])
def test_test_runs_are_grouped_by_set(form: str) -> None:
    """A flow that is run for all members of a set is one line; the JSON has every address."""
    text = render(verified(), form, Style(width=200))
    text = json.dumps(data_of(text)["notes"]) if form == "html" else text.replace("`", "")
    assert "Sync: 20 customers of InstanceSet/inventory (acme, blue-harbor, cirrus and 17 more); Instance/alone" in text
    assert len(json.loads(render(verified(), "json"))["testRuns"]) == 21
