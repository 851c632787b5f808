"""The HTML report in a browser: search, filters, folding, keyboard, dark theme, print."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest
from browser.pages import page_opener
from reports.scenes import LARGE, SCENES, UNFRIENDLY
from support.hostile import HOSTILE

from reconciler.reports.html.files import asset
from reconciler.reports.html.report import render
from reconciler.reports.shared.style import Style
from reconciler.text.escape import safe

if TYPE_CHECKING:
    from pathlib import Path

    from support.browser import Browser

ALL = {**SCENES, **LARGE, **UNFRIENDLY}
SHOWN = ".change:not([hidden])"
SECOND = 1000.0
TRIES = 3
"""A machine under load may be slow once; a page that is too slow is too slow each time."""


@cache
def html(name: str) -> str:
    return render(ALL[name](), Style())


@pytest.fixture
def show(browser: Browser, tmp_path: Path) -> Any:
    """Open the report of a scene, and wait until all of it is built."""
    return page_opener(browser, tmp_path, html)


def addresses(browser: Browser) -> list[str]:
    """Return the addresses of the changes that are shown."""
    found: list[str] = browser.run(f"return [...document.querySelectorAll('{SHOWN}')].map((row) => row.id)")
    return found


def fold_all(browser: Browser) -> None:
    """Fold what is unfolded from the beginning."""
    browser.one("#fold").click()
    browser.until("document.querySelectorAll('.change[open]').length === 0")


def type_in_search(browser: Browser, text: str) -> None:
    field = browser.one("#filters input[type=search]")
    field.clear()
    field.send_keys(text)


QUICK = {"several-customers", "failed-apply", "no-plan", "empty"}
"""Of the matrix of pages these are looked at in every run of the tests."""


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    "name",
    [pytest.param(name, marks=() if name in QUICK else pytest.mark.full) for name in (*SCENES, *UNFRIENDLY)],
)
def test_a_page_has_no_errors_requests_or_accessibility_violations(
    name: str, scheme: str, browser: Browser, show: Any
) -> None:
    """No error on the console, no request, and nothing that axe-core finds, with everything unfolded."""
    with browser.emulating(prefers_color_scheme=scheme):
        show(name)
        if name in SCENES:
            browser.run("document.querySelectorAll('.change').forEach((row) => { row.open = true; })")
            browser.until("[...document.querySelectorAll('.change')].every((row) => row.childElementCount === 2)")
        assert (browser.complaints(), browser.requests()) == ([], [])
        assert browser.axe() == []


@pytest.mark.parametrize("name", SCENES)
def test_a_page_shows_every_change_by_customer(name: str, browser: Browser, show: Any) -> None:
    """All changes are there under their customers, and the tiles count what the headline says."""
    data = show(name)
    assert browser.text("h1") == data["headline"]
    assert sorted(addresses(browser)) == sorted(change["address"] for change in data["changes"])
    groups = [group.text.split("\n")[0] for group in browser.all(".group > h2 > bdi")]
    assert groups == list(dict.fromkeys(change["group"] for change in data["changes"]))
    counts = [tile.text.split("\n")[0] for tile in browser.all(".tile")]
    assert counts[: len(data["counts"])] == [str(each["count"]) for each in data["counts"]]


def test_a_tile_filters_by_action(browser: Browser, show: Any) -> None:
    """Pressed, a tile shows what it counts; two show both; pressed again, all."""
    data = show("several-customers")

    def having(*words: str) -> set[str]:
        return {change["address"] for change in data["changes"] if {*words} & {*change["words"]}}

    browser.one(".tile[data-word=create]").click()
    assert set(addresses(browser)) == having("create")
    assert browser.one(".tile[data-word=create]").get_attribute("aria-pressed") == "true"
    browser.one(".tile[data-word=delete]").click()
    assert set(addresses(browser)) == having("create", "delete")
    assert browser.text("[role=status]") == f"{len(having('create', 'delete'))} of {len(data['changes'])}"
    for word in ("create", "delete"):
        browser.one(f".tile[data-word={word}]").click()
    assert len(addresses(browser)) == len(data["changes"])


def test_kinds_and_customers_filter(browser: Browser, show: Any) -> None:
    """A kind and a customer together show what is of both; a customer of whom nothing is shown is not there."""
    show("several-customers")
    browser.one(".chip input[value=Instance]").find_element("xpath", "..").click()
    assert {address.split("/")[0] for address in addresses(browser)} == {"Instance"}
    browser.run(
        "const select = document.querySelector('#filters select');"
        "select.selectedIndex = [...select.options].findIndex((each) => each.text.startsWith('Blue Harbor'));"
        "select.dispatchEvent(new Event('change'));"
    )
    assert addresses(browser) == ["Instance/blue-harbor-inventory", "Instance/old-crm"]
    assert [group.text for group in browser.all(".group:not([hidden]) > h2 > bdi")] == ["Blue Harbor"]


def test_the_cause_of_a_drift_filters(browser: Browser, show: Any) -> None:
    """Who is on call sees what was changed outside, without what is merely not applied yet."""
    data = show("three-way-drift")
    browser.one(".chip input[value='changed outside']").find_element("xpath", "..").click()
    outside = [change["address"] for change in data["changes"] if change["origin"] == "changed outside"]
    assert sorted(addresses(browser)) == sorted(outside)
    assert 0 < len(outside) < len(data["changes"])


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("old crm", ["Instance/old-crm"]),
        ("ORDER form", ["Instance/ftl-rockets-inventory"]),
        ("pause", ["Instance/blue-harbor-inventory"]),
        ("customers/2.yaml", ["Instance/nordlys-energi-inventory"]),
        ("smith admin", ["User/lisa"]),
        ("no such thing", []),
    ],
)
def test_search_finds_names_fields_values_and_places(text: str, found: list[str], browser: Browser, show: Any) -> None:
    """Every word has to be found somewhere in a change, whatever its case."""
    show("several-customers")
    type_in_search(browser, text)
    assert addresses(browser) == found
    if not found:
        assert browser.text(".empty b") == "No change matches."
        browser.one(".empty button").click()
        assert len(addresses(browser)) == 7


def test_a_change_unfolds_side_by_side(browser: Browser, show: Any) -> None:
    """Before and after stand beside each other, what differs in them is marked, and secrets are numbers."""
    show("several-customers")
    fold_all(browser)
    browser.one("[id='Instance/ftl-rockets-inventory'] > summary").click()
    browser.run("document.querySelectorAll('.change:not([open]) > .inside').forEach((each) => each.remove())")
    sides = [[cell.text for cell in row.find_elements("css selector", "td")] for row in browser.all(".inside tr")]
    assert ["11", "12"] in sides
    assert ['  "retries": 3,'.strip(), '  "retries": 5,'.strip()] in [[cell.strip() for cell in row] for row in sides]
    assert ["sensitive #1", "sensitive #2"] in sides
    assert [each.text for each in browser.all(".inside del")] == ["11", "50", "3", "true"]
    assert [each.text for each in browser.all(".inside ins")] == ["12", "100", "5", "false"]
    (more,) = browser.all(".inside .more button")
    hidden = int(more.text.split()[1])
    before = len(browser.all(".inside tr"))
    more.click()
    assert len(browser.all(".inside tr")) == before - 1 + hidden


def test_all_fold_and_unfold(browser: Browser, show: Any) -> None:
    """What is shown unfolds together and folds together; what is filtered out is left alone."""
    show("several-customers")
    fold_all(browser)
    browser.one(".tile[data-word=create]").click()
    browser.one("#unfold").click()
    browser.until(f"document.querySelectorAll('.change[open]').length === {len(addresses(browser))}")
    browser.one("#fold").click()
    browser.until("document.querySelectorAll('.change[open]').length === 0")


def test_a_single_change_is_open(browser: Browser, show: Any, tmp_path: Path) -> None:
    """When there is one change, it is what the page is for."""
    from reports.plans import plan
    from reports.scenes import several_customers, told

    text = render(told("plan", plan(several_customers().changes[0])), Style())
    path = tmp_path / "one.html"
    path.write_text(text, encoding="utf-8")
    browser.open(path)
    browser.until("document.querySelector('.change[open] .inside table')")
    assert not browser.one("#order").is_displayed()


def focused(browser: Browser) -> str:
    found: str = browser.run(
        "const at = document.activeElement; return at.closest('.change') ? at.closest('.change').id : at.type;"
    )
    return found


def test_everything_works_by_keyboard(browser: Browser, show: Any) -> None:
    """A slash searches, Escape takes it back, arrows move between changes and unfold them, Enter does as well."""
    data = show("several-customers")
    order = [change["address"] for change in data["changes"]]
    by_customer = addresses(browser)
    browser.press("/", "c", "r", "m")
    assert focused(browser) == "search"
    assert addresses(browser) == ["Instance/old-crm"]
    browser.press("ESCAPE")
    assert len(addresses(browser)) == len(order)
    fold_all(browser)
    browser.run("document.querySelector('.change > summary').focus()")
    browser.press("ARROW_DOWN", "ARROW_RIGHT")
    assert focused(browser) == order[1]
    assert browser.run("return document.activeElement.parentElement.open")
    browser.press("ARROW_LEFT")
    assert not browser.run("return document.activeElement.parentElement.open")
    browser.press("ENTER")
    browser.until("document.activeElement.parentElement.open")
    browser.press("END")
    assert focused(browser) == order[-1]
    browser.press("ARROW_DOWN", "HOME", "ARROW_UP")
    assert focused(browser) == order[0] == by_customer[0]


def test_tab_reaches_everything(browser: Browser, show: Any) -> None:
    """What can be used with a pointer is reached with the tab key, the way to the changes first."""
    show("several-customers")
    browser.press("TAB")
    assert browser.run("return document.activeElement.textContent") == "Skip to the changes"
    wanted = browser.run(
        "return document.querySelectorAll('a[href], button:not([hidden]), input, select, summary').length"
    )
    reached = set()
    for _ in range(wanted * 2):
        reached.add(browser.run("return document.activeElement.outerHTML"))
        browser.press("TAB")
    assert len(reached) >= wanted - 4


def test_an_address_leads_to_its_change(browser: Browser, show: Any) -> None:
    """A link to an address shows that change, also when a filter hides it, and from the outside."""
    show("several-customers", "#Instance%2Fold-crm")
    assert browser.run("return document.getElementById('Instance/old-crm').open")
    browser.one(".tile[data-word=create]").click()
    browser.run("location.hash = '#Instance%2Fold-crm'; dispatchEvent(new HashChangeEvent('hashchange'))")
    browser.until("!document.getElementById('Instance/old-crm').hidden")
    browser.run("location.hash = '#%E0%A4%A'; dispatchEvent(new HashChangeEvent('hashchange'))")
    assert browser.complaints() == []


def test_the_order_is_drawn_change_by_change(browser: Browser, show: Any) -> None:
    """A few changes are a box each, left to right after what they need, deletions last, each leading to its change."""
    data = show("several-customers")
    assert len(browser.all("#order svg a")) == len(data["changes"])
    assert len(browser.all("#order svg .edge")) == 2
    across = browser.run(
        "return Object.fromEntries([...document.querySelectorAll('#order svg a')].map((box) =>"
        " [decodeURIComponent(box.getAttribute('href').slice(1)), box.querySelector('rect').x.baseVal.value]))"
    )
    assert across["Customer/smith-and-sons"] < across["User/lisa"] < across["Instance/old-crm"]
    browser.one("#order svg a[href='#Instance%2Fold-crm']").click()
    browser.until("document.getElementById('Instance/old-crm').open")


def test_the_order_of_thousands_is_drawn_by_kind(browser: Browser, show: Any) -> None:
    """Many changes are drawn as few boxes, and those that are left by a filter one by one again."""
    show("five-thousand")
    browser.one("#order summary").click()
    browser.until("document.querySelector('#order svg')")
    texts = [each.text for each in browser.all("#order svg text")]
    assert [text for text in texts if text.startswith("1,000")] == ["1,000 Customers", *["1,000 Instances"] * 4]
    type_in_search(browser, "0999")
    browser.until("document.querySelectorAll('#order svg a').length === 5")


def test_five_thousand_changes_are_usable_within_a_second(browser: Browser, show: Any) -> None:
    """From opening the page until it answers, and from a letter typed until all that matches is shown."""
    measured = []
    for _ in range(TRIES):
        show("five-thousand")
        ready = float(browser.run("return document.documentElement.dataset.ready"))
        searched = browser.driver.execute_async_script(
            "const done = arguments[arguments.length - 1];"
            "const field = document.querySelector('#filters input[type=search]');"
            "const start = performance.now();"
            "field.value = 'customer 0420'; field.dispatchEvent(new Event('input'));"
            "requestAnimationFrame(() => setTimeout(() => done(performance.now() - start)));"
        )
        measured.append((ready, searched))
        if max(measured[-1]) < SECOND:
            break
    assert max(measured[-1]) < SECOND, measured
    assert len(addresses(browser)) == 5
    assert (browser.complaints(), browser.requests()) == ([], [])


@pytest.mark.full
def test_five_thousand_changes_are_accessible(browser: Browser, show: Any) -> None:
    """Also of the largest page, filtered to a few changes, axe-core finds nothing wrong."""
    show("five-thousand")
    type_in_search(browser, "customer 0420")
    assert browser.axe() == []


def test_five_thousand_changes_are_all_there(browser: Browser, show: Any) -> None:
    """However many there are, each is on the page in the end, and the whole unfolds."""
    data = show("five-thousand")
    assert len(addresses(browser)) == len(data["changes"]) == 5000
    browser.one(".tile[data-word=create]").click()
    assert browser.text("[role=status]") == "2,000 of 5,000"


def test_hostile_names_are_shown_as_text(browser: Browser, show: Any) -> None:
    """Each hostile name is text: it shows as it is spelt, adds no element, and runs nothing."""
    show("hostile-plan")
    browser.run("document.querySelectorAll('.change').forEach((row) => { row.open = true; })")
    assert browser.all("main img, main script, main iframe, main style, main svg a[href^=javascript]") == []
    names = browser.run(
        "return [...document.querySelectorAll('.change .name')].map((name) => name.firstChild.textContent)"
    )
    assert sorted(names) == sorted(safe(name) for name in HOSTILE.values())
    assert browser.complaints() == []


def test_nothing_but_our_own_script_runs(browser: Browser, show: Any) -> None:
    """What somebody managed to put into the page would be refused by its policy: script, style and picture."""
    show("empty")
    browser.run(
        "for (const [tag, put] of [['script', 'window.ran = true'], ['style', 'body { display: none }']]) {"
        " const node = document.createElement(tag); node.textContent = put; document.body.append(node); }"
        "const image = document.createElement('img'); image.src = 'http://127.0.0.1:9/x.png';"
        "document.body.append(image);"
    )
    assert browser.run("return window.ran") is None
    assert browser.run("return getComputedStyle(document.body).display") == "block"
    assert len([each for each in browser.complaints() if "Content Security Policy" in each]) >= 3


def test_the_theme_can_be_chosen(browser: Browser, show: Any) -> None:
    """Dark and light follow the system until one is chosen."""
    grounds = {}
    for scheme in ("light", "dark"):
        with browser.emulating(prefers_color_scheme=scheme):
            show("one-of-each")
            ground = "return getComputedStyle(document.body).backgroundColor"
            grounds[scheme] = browser.run(ground)
            for chosen in ("light", "dark"):
                browser.one("#theme").click()
                assert browser.text("#theme") == f"Theme: {chosen}"
                grounds[scheme, chosen] = browser.run(ground)
    assert grounds["light"] == grounds["light", "light"] == grounds["dark", "light"]
    assert grounds["dark"] == grounds["light", "dark"] == grounds["dark", "dark"]
    assert grounds["light"] != grounds["dark"]


@pytest.mark.parametrize("name", ["several-customers", "failed-apply", "three-way-drift", "hostile-plan"])
def test_a_narrow_window_needs_no_scrolling_sideways(name: str, browser: Browser, show: Any) -> None:
    """On a phone everything is within the window's width, unfolded too, and no name makes it wider."""
    browser.resize(360, 700)
    show(name)
    browser.run("document.querySelectorAll('.change').forEach((row) => { row.open = true; })")
    assert browser.run("return document.documentElement.scrollWidth") <= 360


def test_paper_has_everything_unfolded(browser: Browser, show: Any, tmp_path: Path) -> None:
    """Printed, all that is shown is unfolded, light, without what is only for a screen; afterwards it is as before."""
    data = show("several-customers")
    fold_all(browser)
    browser.run("dispatchEvent(new Event('beforeprint'))")
    assert len(browser.all(".change[open]")) == len(data["changes"])
    with browser.emulating("print", prefers_color_scheme="dark"):
        assert not browser.one("#filters").is_displayed()
        assert browser.run("return getComputedStyle(document.body).color") == "rgb(26, 33, 48)"
    browser.run("dispatchEvent(new Event('afterprint'))")
    assert browser.all(".change[open]") == []
    browser.pdf(tmp_path / "report.pdf")
    assert (tmp_path / "report.pdf").read_bytes().startswith(b"%PDF")


def test_results_show_status_and_ids(browser: Browser, show: Any, tmp_path: Path) -> None:
    """After an apply a change has its mutations and what went wrong; IDs and addresses of webhooks only with -v."""
    verbose = replace(ALL["failed-apply"](), verbose=True)
    for webhooks, opened in (False, show), (True, page_opener(browser, tmp_path, lambda _: render(verbose, Style()))):
        opened("failed-apply")
        text = browser.text("[id='Instance/inventory'] .inside")
        assert "enabled: declared False, but the API holds True" in text
        assert "Done: updateInstance, deployInstance" in text
        assert ("https://hooks.example/1" in text) is webhooks
        assert ("hooks.example" in browser.run("return document.documentElement.outerHTML")) is webhooks
        assert browser.all(".inside a[href^=http]") == []


def test_few_changes_are_unfolded_and_many_are_not(browser: Browser, show: Any) -> None:
    """Up to twenty changes are open from the beginning: nobody has to click for the differences."""
    data = show("several-customers")
    assert len(browser.all(".change[open]")) == len(data["changes"])
    order = "document.querySelector('#order')"
    assert browser.run(f"return document.querySelector('#changes').compareDocumentPosition({order})") == 4
    show("five-thousand")
    assert browser.all(".change[open]") == []


def test_no_order_is_drawn_where_nothing_depends(browser: Browser, show: Any) -> None:
    """Changes that need nothing of each other are boxes without a line: there is no picture of them."""
    show("one-of-each")
    assert not browser.one("#order").is_displayed()


def test_alike_changes_are_one_line_that_unfolds(browser: Browser, show: Any) -> None:
    """A thousand alike changes are one line with what differs; it unfolds to them, each with its customer."""
    show("a-thousand-alike")
    assert [each.text for each in browser.all(".fold > summary .name")] == ["1000 Instances"]
    assert browser.text(".fold > summary .gist") == "version 11 → 12"
    assert not browser.all(".fold .change")[0].is_displayed()
    browser.one(".fold > summary").click()
    assert browser.all(".fold .change .name")[0].text == "Acme of Customer 00"
    assert [each.get_attribute("id") for each in browser.all(".change[open]")] == ["Instance/apart"]


def test_a_report_without_a_result_says_why(browser: Browser, show: Any) -> None:
    """Every problem stands on the page, at its place."""
    data = show("no-plan")
    assert browser.text("#heads h2") == "3 problems"
    items = [each.text for each in browser.all("#heads li")]
    assert items == [": ".join(filter(None, (each["place"], each["message"]))) for each in data["problems"]]


def lines(rng: random.Random) -> str:
    return "\n".join(rng.choice("abc") for _ in range(rng.randrange(12)))


def common(left: list[str], right: list[str]) -> int:
    """Return how many lines two texts have in common, in order, at most."""
    row = [0] * (len(right) + 1)
    for one in left:
        above = row[:]
        for at, other in enumerate(right, 1):
            row[at] = above[at - 1] + 1 if one == other else max(above[at], row[at - 1])
    return row[-1]


def test_a_difference_shows_all_changed_lines_and_few_others(browser: Browser) -> None:
    """Of any two texts each side reads as it was, and as many lines as can be are told as the same."""
    rng = random.Random(20)  # noqa: S311 - cases, not secrets
    pairs = [(lines(rng), lines(rng)) for _ in range(400)]
    script = asset("difference.js") + (
        "return arguments[0].map(([before, after]) => [sideBySide(before, after), folded(sideBySide(before, after))]);"
    )
    for (before, after), (rows, folded) in zip(pairs, browser.run(script, pairs), strict=True):
        unfolded = [one for row in folded for one in row.get("skipped", [row])]
        assert unfolded == rows
        assert [row["left"] for row in rows if row["left"] is not None] == before.split("\n")
        assert [row["right"] for row in rows if row["right"] is not None] == after.split("\n")
        same = [row for row in rows if row["same"]]
        assert all(row["left"] == row["right"] for row in same)
        assert len(same) == common(before.split("\n"), after.split("\n"))


def test_differences_within_a_line_are_marked_word_by_word(browser: Browser) -> None:
    """The beginning and the ending that are the same stay unmarked, and no word and no emoji is cut in two."""
    cases = [
        ("Batch 50 of 9", "Batch 100 of 9", ["Batch ", "50", " of 9"]),
        ("true", "false", ["", "true", ""]),
        ("a 🚀 b", "a 🚁 b", ["a ", "🚀", " b"]),
        ("same", "same", ["same", "", ""]),
        ("a a", "a a a", ["a a", "", ""]),
        ("Grüße", "Grüße aus Köln", ["Grüße", "", ""]),
    ]
    script = asset("difference.js") + "return arguments[0].map(([one, other]) => apart(one, other));"
    assert browser.run(script, cases) == [expected for *_, expected in cases]


def test_texts_too_long_to_compare_are_shown_as_replaced(browser: Browser) -> None:
    """Two texts of thousands of lines with nothing in common come out at once."""
    script = asset("difference.js") + (
        "const text = (mark) => Array.from({length: 5000}, (_, at) => mark + at).join('\\n');"
        "const rows = sideBySide(text('a'), text('b'));"
        "return [rows.length, rows[0], rows.at(-1)];"
    )
    count, first, last = browser.run(script)
    assert (count, first, last) == (
        5000,
        {"left": "a0", "right": "b0", "same": False},
        {"left": "a4999", "right": "b4999", "same": False},
    )
    assert json.dumps(first)
