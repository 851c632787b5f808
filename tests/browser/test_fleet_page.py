"""The page of a set of instances in a browser: groups unfold to their members, and filters work inside them."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import pytest
from browser.pages import page_opener
from reports.fleets import FLEETS

from reconciler.reports.registry import render

if TYPE_CHECKING:
    from pathlib import Path

    from support.browser import Browser

FOLDS = "[...document.querySelectorAll('.fold:not([hidden])')]"
SEEN = "[...document.querySelectorAll('.change')].filter((row) => row.checkVisibility()).map((row) => row.id)"


@cache
def html(name: str) -> str:
    return render(FLEETS[name](), "html")


@pytest.fixture
def show(browser: Browser, tmp_path: Path) -> Any:
    """Open the page of a set, and wait until all of it is built."""
    return page_opener(browser, tmp_path, html)


def seen(browser: Browser) -> list[str]:
    """Return the addresses of the changes that a reader sees."""
    found: list[str] = browser.run(f"return {SEEN}")
    return found


def search(browser: Browser, text: str) -> None:
    field = browser.one("#filters input[type=search]")
    field.clear()
    field.send_keys(text)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", FLEETS)
def test_a_page_of_a_set_has_no_errors_or_accessibility_violations(
    name: str, scheme: str, browser: Browser, show: Any
) -> None:
    """With every group unfolded: no error, no request, nothing that axe-core finds, no sideways scrolling."""
    with browser.emulating(prefers_color_scheme=scheme):
        for width in (1280, 400):
            browser.resize(width, 900)
            show(name)
            browser.run(f"{FOLDS}.forEach((fold) => {{ fold.open = true; }})")
            assert (browser.complaints(), browser.requests()) == ([], [])
            assert browser.run("return document.documentElement.scrollWidth") <= width
            if width > 400:
                assert browser.axe() == []
    browser.resize(1280, 900)


def test_a_group_unfolds_to_its_members(browser: Browser, show: Any) -> None:
    """A page of 300 members shows the groups, every deletion, and the members of a group when it is unfolded."""
    data = show("plan")
    groups = data["sets"][0]["groups"]
    deleted = [data["changes"][at]["address"] for group in groups if "delete" in group["words"] for at in group["at"]]
    single = [data["changes"][group["at"][0]]["address"] for group in groups if len(group["at"]) == 1]
    assert sorted(seen(browser)) == sorted([*deleted, *single, "Instance/alone"])
    browser.all(".fold > summary")[0].click()
    members = [data["changes"][at]["address"] for at in groups[0]["at"]]
    assert {*members} <= {*seen(browser)}
    row = browser.one("[id='Instance/inventory.ember'] > summary")
    row.click()
    browser.until("document.getElementById('Instance/inventory.ember').querySelector('.inside')")
    assert "https://ember.acme.example" in browser.text("[id='Instance/inventory.ember'] .inside")


def test_a_failure_of_one_member_names_it_without_a_fold(browser: Browser, show: Any) -> None:
    """A cause of one member has its address as a link; a cause of many has their number, and unfolds to them."""
    data = show("apply")
    causes = [cause["at"] for cause in data["causes"]]
    links = [each.text for each in browser.all("li > a > code") if each.is_displayed()]
    alone = [data["changes"][at[0]]["address"] for at in causes if len(at) == 1]
    assert alone
    assert {*alone} <= {*links}
    folds = [each for each in browser.all(".card.bad li > details.rest > summary") if each.is_displayed()]
    assert len(folds) == sum(len(at) > 1 for at in causes)


def test_new_members_have_no_list_of_their_fields_in_the_line(browser: Browser, show: Any) -> None:
    """The line of members that are created has no names of fields, since every field is new."""
    groups = show("plan")["sets"][0]["groups"]
    lines = browser.all(".fold > summary")
    folded = [group for group in groups if len(group["at"]) > 1 and "delete" not in group["words"]]
    created = next(at for at, group in enumerate(folded) if group["creates"] and not group["like"])
    assert [each.text for each in lines[created].find_elements("css selector", ".gist")] == []
    assert lines[0].find_elements("css selector", ".gist")


def test_a_search_shows_what_it_finds_inside_groups(browser: Browser, show: Any) -> None:
    """A search opens the groups in which it finds members, says how many, and folds them again when it is cleared."""
    show("plan")
    before = seen(browser)
    search(browser, "customer-28")
    assert seen(browser) == [f"Instance/inventory.customer-{number}" for number in range(280, 290)]
    assert [each.text for each in browser.all(".fold:not([hidden]) > summary > .shown")] == ["5 of 285", "5 of 7"]
    assert browser.text("[role=status]") == "10 of 298"
    search(browser, "x")
    browser.one("#filters input[type=search]").clear()
    browser.run("document.querySelector('#filters input[type=search]').dispatchEvent(new Event('input'))")
    assert seen(browser) == before


def test_tiles_and_customers_filter_inside_groups(browser: Browser, show: Any) -> None:
    """A tile hides the groups without a match; a customer leaves one member."""
    show("plan")
    browser.one(".tile[data-word=delete]").click()
    assert seen(browser) == [f"Instance/inventory.customer-{number}" for number in (295, 296)]
    browser.one(".tile[data-word=delete]").click()
    browser.run(
        "const select = document.querySelector('#filters select');"
        "select.selectedIndex = [...select.options].findIndex((each) => each.text.startsWith('Ember'));"
        "select.dispatchEvent(new Event('change'))"
    )
    assert browser.text("[role=status]") == "1 of 298"
    assert browser.run(f"return {FOLDS}.length") == 1
    assert [each.text for each in browser.all("#changes > .group > h2 > bdi") if each.is_displayed()] == [
        "InstanceSet/inventory"
    ]


def test_a_link_opens_the_group_of_its_member(browser: Browser, show: Any) -> None:
    """A link to a member, as from the list of failures, unfolds its group and its change."""
    show("plan", "#Instance/inventory.ember")
    browser.until("document.getElementById('Instance/inventory.ember').open")
    assert "Instance/inventory.ember" in seen(browser)


def test_unfold_all_and_fold_all_reach_into_groups(browser: Browser, show: Any) -> None:
    """Both buttons work on groups and on the members inside."""
    data = show("plan")
    browser.one("#unfold").click()
    browser.until(f"document.querySelectorAll('.change[open]').length === {len(data['changes'])}")
    assert browser.run(f"return {FOLDS}.every((fold) => fold.open)")
    browser.one("#fold").click()
    browser.until("document.querySelectorAll('.change[open], .fold[open]').length === 0")


def test_groups_work_by_keyboard(browser: Browser, show: Any) -> None:
    """Arrows go through groups, and through the members of those that are unfolded."""
    show("plan")
    browser.run("document.querySelector('.fold > summary').focus()")
    where = "return document.activeElement.parentElement.id || document.activeElement.innerText"
    browser.press("ARROW_RIGHT")
    browser.press("ARROW_DOWN")
    assert browser.run(where) == "Instance/inventory.acme"
    browser.press("ARROW_UP")
    browser.press("ARROW_LEFT")
    browser.press("ARROW_DOWN")
    assert "7 customers" in browser.run(where)


def test_failures_of_a_set_are_listed_by_cause(browser: Browser, show: Any) -> None:
    """The card of failures has a line for each cause, which unfolds to links to the members."""
    show("apply")
    failed, deleted = browser.all(".card.bad")
    assert "12 customers of InstanceSet/inventory" in failed.text
    assert len(failed.find_elements("css selector", "div > ul > li")) == 3
    assert len(failed.find_elements("css selector", "a")) == 15
    assert "Deleted: 2" in deleted.text


def test_who_is_left_out_is_shown_with_the_reason(browser: Browser, show: Any) -> None:
    """Without unfolding anything the page says who is unchanged and who is left out, and why."""
    show("plan")
    text = browser.text(".fleet ul.rest")
    assert "3 customers unchanged: customer-297" in text
    assert "2 customers left out, excluded: smith-rockets, tyrell" in text
