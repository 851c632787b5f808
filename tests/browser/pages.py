"""Opening a report's page in a browser."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reports.kept import data_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from support.browser import Browser


def page_opener(browser: Browser, folder: Path, html: Callable[[str], str]) -> Callable[..., dict[str, Any]]:
    """Return what opens the page of a name, waits until all of it is built, and returns its data."""

    def opened(name: str, fragment: str = "") -> dict[str, Any]:
        path = folder / f"{name}.html"
        path.write_text(html(name), encoding="utf-8")
        browser.open(path.as_uri() + fragment)
        data = data_of(html(name))
        if data["changes"]:
            browser.until("document.documentElement.dataset.complete")
        return data

    return opened
