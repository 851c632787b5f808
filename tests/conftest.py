"""What every test can rely on."""

from __future__ import annotations

import logging
import os
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings
from support import quick, seed
from support.browser import _chromium, browser
from support.recorded import Recorded
from support.world import World

if TYPE_CHECKING:
    from collections.abc import Iterator

    from _pytest.terminal import TerminalReporter

__all__ = ["_chromium", "browser"]

settings.register_profile(
    "default",
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    derandomize=seed.chosen() is None,
)
settings.register_profile("full", parent=settings.get_profile("default"), max_examples=1500)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))


@pytest.fixture(autouse=True)
def _restored_log() -> Iterator[None]:
    """Put back what a command that runs in this process does to the log of the whole process."""
    log = logging.getLogger("reconciler")
    handlers, level, propagate = log.handlers[:], log.level, log.propagate
    yield
    log.handlers[:], log.propagate = handlers, propagate
    log.setLevel(level)


@pytest.fixture
def world() -> Iterator[World]:
    """A tenant of this test alone, with the example integrations."""
    with World() as world:
        yield world


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Let hypothesis draw by the seed that was asked for; without one it draws the same in every run."""
    if seed.chosen() is not None:
        config.option.hypothesis_seed = str(seed.chosen())
    config.pluginmanager.register(Recorded())
    quick.install()


def pytest_report_header() -> str:
    return f"drawn by seed {seed.seed()} ({seed.VARIABLE})"


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Where nothing may be missing (``CI``), a test that was skipped is a failure."""
    reporter: TerminalReporter | None = session.config.pluginmanager.get_plugin("terminalreporter")
    skipped = reporter.stats.get("skipped", []) if reporter else []
    if os.environ.get("CI") and skipped and exitstatus == 0:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
        reporter.write_line(f"{len(skipped)} skipped, and CI lets nothing be skipped", red=True)
