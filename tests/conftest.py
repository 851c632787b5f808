"""What every test can rely on."""

from __future__ import annotations

import logging
import os
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings
from support import quick, seed
from support.browser import _chromium, browser
from support.measuring import Measuring
from support.recorded import Recorded
from support.shares import Shares
from support.world import World

if TYPE_CHECKING:
    from collections.abc import Iterator

    from _pytest.terminal import TerminalReporter

__all__ = ["_chromium", "browser"]

UNMEASURED = (
    "attacks/",
    "convergence/test_variants.py",
    "exporting/test_cost.py",
    "fuzz/",
    "planning/test_hidden_sides.py::test_a_live_value",
    "planning/test_sets.py::test_a_failed_read_never",
    "planning/test_sharding.py::test_the_shards_add_up",
    "prismatic/test_offset_paging.py::test_pages_that_are_too_much",
    "prismatic/test_page_sizes.py::test_nested_lists",
    "prismatic/test_quoted_secrets.py::test_a_thousand_long",
    "prismatic/test_quoted_secrets.py::test_no_spelling",
    "recipes/",
    "reports/test_fleets.py::test_hostile_names",
    "reports/test_fleets.py::test_the_time",
    "reports/test_formats.py::test_a_report_is_the_same",
    "reports/test_formats.py::test_reports_kept_as_digests",
    "rollouts/test_any_course.py",
    "safety/",
    "sandbox/test_statements.py::test_more_rows",
    "test_canary.py",
    "test_echoes.py",
    "test_health_canary.py",
    "test_hostile_input.py",
    "test_noninterference.py",
    "test_promotion.py",
    "test_request_counts.py",
    "test_rollback_canary.py",
    "test_scale.py",
    "test_set_canary.py",
    "test_text_as_written.py",
    "verifying/test_looking_back.py::test_looking_back_finds",
)
"""Beginnings of the names of tests that run what others cover, again and again: measuring doubles what they cost."""

MAY_BE_SKIPPED = "needs docker"
"""Why a test may be skipped in CI: most machines cannot build images, and what the image does is tested without one."""

settings.register_profile(
    "default",
    max_examples=20,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    derandomize=seed.chosen() is None,
)
settings.register_profile("full", parent=settings.get_profile("default"), max_examples=200)
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
    seed.draw_nothing_from_the_source()
    config.pluginmanager.register(Recorded())
    config.pluginmanager.register(Measuring(config))
    quick.install()
    quick.read_yaml_quickly()


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Take what is due in this run, and leave the tests of ``UNMEASURED`` out of what is measured for the coverage."""
    items[:] = Shares().of_this_run(items)
    beginnings = tuple(f"tests/{name}" for name in UNMEASURED)
    for item in items:
        if item.nodeid.startswith(beginnings):
            item.add_marker("no_cover")


def pytest_report_header() -> str:
    return f"drawn by seed {seed.seed()} ({seed.VARIABLE})"


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Where nothing may be missing (``CI``), a test that was skipped is a failure, but for what needs a builder."""
    reporter: TerminalReporter | None = session.config.pluginmanager.get_plugin("terminalreporter")
    reports = reporter.stats.get("skipped", []) if reporter else []
    skipped = [each for each in reports if MAY_BE_SKIPPED not in str(each.longrepr)]
    if os.environ.get("CI") and skipped and exitstatus == 0:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
        reporter.write_line(f"{len(skipped)} skipped, and CI lets nothing be skipped", red=True)
