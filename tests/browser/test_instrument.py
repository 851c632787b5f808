"""The browser helper of these tests notices errors, requests and accessibility violations."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from support.browser import Browser

PAGE = """<!doctype html><html lang="en"><title>t</title><body><main><h1>Title</h1>
<p id="dark">light</p><input id="field" aria-label="field">
<script>
  if (matchMedia("(prefers-color-scheme: dark)").matches) document.querySelector("#dark").textContent = "dark";
</script></main>"""


def write(folder: Path, text: str) -> Path:
    path = folder / "page.html"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_quiet_page_is_found_quiet(browser: Browser, tmp_path: Path) -> None:
    """Of a page with nothing wrong, nothing is told."""
    browser.open(write(tmp_path, PAGE))
    assert browser.text("h1") == "Title"
    assert (browser.complaints(), browser.requests(), browser.axe()) == ([], [], [])


def test_what_is_wrong_with_a_page_is_found(browser: Browser, tmp_path: Path) -> None:
    """Errors on the console, requests and what axe-core knows are all seen."""
    browser.open(write(tmp_path, PAGE + '<img src="http://127.0.0.1:9/x.png"><script>throw Error("oops")</script>'))
    browser.until("document.readyState === 'complete'")
    assert any("oops" in each for each in browser.complaints())
    assert browser.requests() == ["http://127.0.0.1:9/x.png"]
    assert [each.partition(":")[0] for each in browser.axe()] == ["image-alt", "region"]


def test_media_are_emulated_and_keys_pressed(browser: Browser, tmp_path: Path) -> None:
    """A page can be looked at in the dark, and typed into."""
    page = write(tmp_path, PAGE)
    with browser.emulating(prefers_color_scheme="dark"):
        browser.open(page)
        assert browser.text("#dark") == "dark"
    browser.open(page)
    assert browser.text("#dark") == "light"
    browser.press("TAB", "a", "b", "BACKSPACE")
    assert browser.run("return document.querySelector('#field').value") == "a"
