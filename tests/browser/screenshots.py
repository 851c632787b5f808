"""The pictures of ``docs/reports.md`` and ``docs/rollouts.md``, taken of the reports as they are.

``PYTHONPATH=tests python -m browser.screenshots`` takes them anew into ``docs/images``: look at them before a commit.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from reports.scenes import SCENES
from reports.waves import STATUSES
from support.browser import start

from reconciler.reports.registry import render, render_status

if TYPE_CHECKING:
    from support.browser import Browser

IMAGES = Path(__file__).resolve().parents[2] / "docs" / "images"
WIDTH = 1180


@dataclass(frozen=True, slots=True)
class Picture:
    """A scene, how it is looked at, and the changes that are unfolded for it."""

    scene: str
    scheme: str
    height: int
    unfolded: tuple[str, ...] = ()


PICTURES = {
    "report-plan": Picture("several-customers", "light", 1130, ("Instance/ftl-rockets-inventory",)),
    "report-apply": Picture("failed-apply", "dark", 900),
    "rollout-status": Picture("half-way", "light", 900),
    "report-drift": Picture("three-way-drift", "light", 900, ("Instance/blue-harbor-inventory",)),
}


def take(browser: Browser, picture: Picture, scheme: str, path: Path) -> None:
    """Take one picture in a colour scheme."""
    page = path.with_suffix(".html")
    scene = picture.scene
    found = render(SCENES[scene](), "html") if scene in SCENES else render_status(STATUSES[scene](), "html")
    page.write_text(found, encoding="utf-8")
    with browser.emulating(prefers_color_scheme=scheme, prefers_reduced_motion="reduce"):
        browser.resize(WIDTH, picture.height)
        browser.open(page)
        browser.until("document.documentElement.dataset.complete")
        for address in picture.unfolded:
            browser.run("document.getElementById(arguments[0]).open = true", address)
        browser.until(f"document.querySelectorAll('.inside').length >= {len(picture.unfolded)}")
        browser.screenshot(path)


if __name__ == "__main__":
    window = start()
    with TemporaryDirectory() as folder:
        for name, each in PICTURES.items():
            taken = Path(folder) / f"{name}.png"
            take(window, each, each.scheme, taken)
            (IMAGES / taken.name).write_bytes(taken.read_bytes())
    window.driver.quit()
