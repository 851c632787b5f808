"""A headless Chromium for pages that people look at: what it shows, asks the network for, and complains of.

``browser`` is a fixture for the whole session; a test that needs it is skipped where Chromium or its driver is missing.
"""

from __future__ import annotations

import base64
import json
import os
import shutil
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from selenium.webdriver import Chrome
    from selenium.webdriver.remote.webelement import WebElement

AXE = Path(__file__).resolve().parents[1] / "browser" / "node_modules" / "axe-core" / "axe.min.js"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
PATIENCE = 60.0
"""Seconds until something that has to appear is given up; a machine under load is slow."""


class Browser:
    """One window of a headless Chromium."""

    def __init__(self, driver: Chrome) -> None:
        self.driver = driver

    def open(self, page: Path | str) -> None:
        """Load a file or an address, forgetting what earlier pages logged."""
        self.driver.get("about:blank")
        self.driver.get_log("browser")
        self.driver.get_log("performance")
        self.driver.get(page.resolve().as_uri() if isinstance(page, Path) else page)

    def run(self, script: str, *arguments: Any) -> Any:
        """Return what a script returns that runs in the page; elements and plain data go in and out."""
        return self.driver.execute_script(script, *arguments)

    def all(self, selector: str) -> list[WebElement]:
        return self.driver.find_elements("css selector", selector)

    def one(self, selector: str) -> WebElement:
        """Return the one element that matches, as soon as it is there; fails when there are several."""
        self.until(f"document.querySelector({json.dumps(selector)})")
        (found,) = self.all(selector)
        return found

    def text(self, selector: str) -> str:
        """Return the text of the one element that matches, as it is seen."""
        return self.one(selector).text

    def until(self, expression: str) -> Any:
        """Wait until an expression of JavaScript holds in the page; return its value."""
        from selenium.webdriver.support.ui import WebDriverWait

        return WebDriverWait(self.driver, PATIENCE, 0.02).until(
            lambda driver: driver.execute_script(f"return {expression}"), f"never came true: {expression}"
        )

    def press(self, *keys: str) -> None:
        """Press keys, one after the other, wherever the focus is; names are those of selenium's ``Keys``."""
        from selenium.webdriver import ActionChains, Keys

        chain = ActionChains(self.driver, duration=0)
        for key in keys:
            chain.send_keys(getattr(Keys, key, key))
        chain.perform()

    def complaints(self) -> list[str]:
        """Return what was logged on the console since the page was opened: errors, warnings, refused content."""
        return [entry["message"] for entry in self.driver.get_log("browser")]

    def requests(self) -> list[str]:
        """Return every address that the page asked the network for since it was opened, itself left out."""
        entries = [json.loads(entry["message"])["message"] for entry in self.driver.get_log("performance")]
        asked = [entry["params"] for entry in entries if entry["method"] == "Network.requestWillBeSent"]
        here = self.driver.current_url.partition("#")[0]
        return [url for each in asked if (url := each["request"]["url"]) not in {here, "about:blank"}]

    def axe(self) -> list[str]:
        """Return what axe-core finds wrong with the page as it is now, one line for each rule and element."""
        if not AXE.exists():
            pytest.skip("axe-core is not installed: npm install --prefix tests/browser")
        self.driver.execute_cdp_cmd("Runtime.evaluate", {"expression": AXE.read_text(encoding="utf-8")})
        found = self.driver.execute_async_script(
            "const done = arguments[arguments.length - 1];"
            "axe.run(document, {resultTypes: ['violations']}).then(done, error => done({failed: String(error)}));"
        )
        assert "failed" not in found, found
        return [
            f"{violation['id']}: {node['html'][:200]} – {node['failureSummary']}"
            for violation in found["violations"]
            for node in violation["nodes"]
        ]

    @contextmanager
    def emulating(self, media: str = "", **features: str) -> Iterator[None]:
        """Emulate a medium (``print``) and features of it, such as ``prefers_color_scheme="dark"``."""
        named = [{"name": name.replace("_", "-"), "value": value} for name, value in features.items()]
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": media, "features": named})
        try:
            yield
        finally:
            self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "", "features": []})

    def resize(self, width: int, height: int) -> None:
        """Make the page's own area so large, in CSS pixels."""
        size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)

    def screenshot(self, path: Path) -> None:
        self.driver.save_screenshot(str(path))

    def pdf(self, path: Path) -> None:
        """Print the page to a file."""
        made = self.driver.execute_cdp_cmd("Page.printToPDF", {"printBackground": False, "preferCSSPageSize": True})
        path.write_bytes(base64.b64decode(made["data"]))


def start() -> Browser:
    """Start Chromium; skips the test where it, or its driver, is missing."""
    program = next(filter(None, map(shutil.which, BROWSERS)), None)
    driver = shutil.which("chromedriver")
    if program is None or driver is None:
        pytest.skip("Chromium is not installed: apt-get install chromium chromium-driver")
    from selenium import webdriver

    options = webdriver.ChromeOptions()
    options.binary_location = program
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    for argument in (
        "--headless=new",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--disable-background-networking",
        "--hide-scrollbars",
        "--force-color-profile=srgb",
        "--no-first-run",
        "--lang=en",
        "--window-size=1280,900",
        # Chromium's own sandbox refuses to run as root, which is who runs in most containers.
        *(["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []),
    ):
        options.add_argument(argument)
    chrome = webdriver.Chrome(options=options, service=webdriver.ChromeService(executable_path=driver))
    chrome.set_script_timeout(180)
    return Browser(chrome)


@pytest.fixture(scope="session")
def _chromium() -> Iterator[Browser]:
    started = start()
    yield started
    started.driver.quit()


@pytest.fixture
def browser(_chromium: Browser) -> Browser:
    """A window of Chromium as it starts: on no page, 1280 by 900."""
    _chromium.resize(1280, 900)
    _chromium.driver.get("about:blank")
    return _chromium
