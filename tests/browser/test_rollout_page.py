"""The page of ``rollout status`` in a browser: columns of waves, readable without its script, and its age."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest
from reports.waves import STATUSES, hostile, ran
from support.hostile import HOSTILE

from reconciler.reports.registry import render, render_status

if TYPE_CHECKING:
    from pathlib import Path

    from support.browser import Browser

QUICK = {"half-way", "stopped"}
"""Of the matrix of pages these are looked at in every run of the tests."""


@cache
def html(name: str) -> str:
    if name in STATUSES:
        return render_status(STATUSES[name](), "html")
    return render(ran(name), "html") if name in {"plan", "apply"} else render_status(hostile(HOSTILE[name]), "html")


@pytest.fixture
def show(browser: Browser, tmp_path: Path) -> Any:
    """Open the page of a status, or of a run with a rollout."""

    def opened(name: str, text: str = "", fragment: str = "") -> None:
        path = tmp_path / "page.html"
        path.write_text(text or html(name), encoding="utf-8")
        browser.open(path.as_uri() + fragment)

    return opened


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=() if name in QUICK else pytest.mark.full)
        for name in (*STATUSES, "plan", "apply", "markup: handler", "odd: long", "odd: long word of wide letters")
    ],
)
def test_a_page_with_waves_is_accessible_and_fits(name: str, scheme: str, browser: Browser, show: Any) -> None:
    """With everything unfolded: no error, no request, nothing that axe-core finds, and no sideways scrolling."""
    with browser.emulating(prefers_color_scheme=scheme):
        for width in (1280, 390):
            browser.resize(width, 900)
            show(name)
            browser.run("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
            assert (browser.complaints(), browser.requests()) == ([], [])
            assert browser.run("return document.documentElement.scrollWidth") <= width
            assert browser.axe() == []
    browser.resize(1280, 900)


def test_waves_are_columns_side_by_side_and_below_each_other_on_a_telephone(browser: Browser, show: Any) -> None:
    """The waves of a rollout stand in a row in their order; where there is no room, each is as wide as the screen."""
    where = "return [...document.querySelectorAll('.wave')].map((each) => { const box = each.getBoundingClientRect();"
    where += " return [Math.round(box.left), Math.round(box.top)]; })"
    show("half-way")
    places = browser.run(where)
    assert len({top for _, top in places}) == 1
    assert [left for left, _ in places] == sorted({left for left, _ in places})
    browser.resize(390, 900)
    places = browser.run(where)
    assert len({left for left, _ in places}) == 1
    assert [top for _, top in places] == sorted({top for _, top in places})
    browser.resize(1280, 900)


def test_what_needs_a_person_is_seen_without_unfolding(browser: Browser, show: Any) -> None:
    """Who failed or is held, why, who is next, and the counts are on the page as it opens; other names unfold."""
    show("half-way")
    text = browser.text("main")
    for part in ("customer-013", "HTTP 401 from https://crm.example/orders", "rollout retry inventory CUSTOMER"):
        assert part in text
    assert "Next: customer-089, and customer-081, customer-082, customer-083 of wave rest" in text
    assert "94 of 300 run version 13" in text
    assert "customer-299" not in text
    browser.run("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
    assert "customer-299" in browser.text("main")


def test_the_page_shows_its_age(browser: Browser, show: Any) -> None:
    """The age is counted from the reading; a page that nobody wrote anew for a while is marked."""
    now = datetime.now(UTC)
    for age, shown, old in ((0, "just now", False), (7, "7 min ago", False), (200, "3 h ago", True)):
        status = replace(STATUSES["stopped"](), read_at=now - timedelta(minutes=age))
        show("", render_status(status, "html"))
        assert browser.text("#age") == shown
        assert ("old" in (browser.one("#age").get_attribute("class") or "")) is old


def test_the_page_reloads_only_if_the_reader_wants_it(browser: Browser, show: Any) -> None:
    """The box is off until somebody sets it; the address keeps it, so that a reloaded page goes on."""
    show("stopped")
    box = browser.one("#again input")
    assert not box.is_selected()
    box.click()
    assert browser.run("return location.hash") == "#reload"
    show("stopped", fragment="#reload")
    assert browser.one("#again input").is_selected()
    browser.one("#again input").click()
    assert browser.run("return location.href.includes('#')") is False
