"""Measures the coverage where it may grow: a test that is measured takes twice as long.

The cases of one test mostly run the same lines. After some that reached nothing new, only now and then one of them is
measured, until one reaches something again. A test without cases is always measured. What runs while tests are
collected is not measured, but the import of the product is.
"""

from __future__ import annotations

import pkgutil
from collections import Counter
from importlib import import_module
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

IN_VAIN = 3
"""So many cases of a test in a row that reached nothing new are enough …"""
NOW_AND_THEN = 8
"""… to measure one of so many from then on."""


class Measuring:
    """A plugin of pytest beside pytest-cov; it does nothing where no coverage is measured."""

    def __init__(self, config: pytest.Config) -> None:
        self._plugins = config.pluginmanager
        self._in_vain: Counter[str] = Counter()
        """By the name of a test: the cases that reached nothing new since the last that did."""

    @pytest.hookimpl(wrapper=True)
    def pytest_collection(self) -> Iterator[None]:
        controller = self._controller()
        if controller is None:
            return (yield)
        for module in pkgutil.walk_packages(import_module("reconciler").__path__, "reconciler."):
            import_module(module.name)
        controller.pause()
        try:
            return (yield)
        finally:
            controller.resume()

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Iterator[None]:
        controller = self._controller()
        if controller is None or not hasattr(item, "callspec") or item.get_closest_marker("no_cover"):
            return (yield)
        name = item.nodeid.partition("[")[0]
        if self._in_vain[name] >= IN_VAIN and (self._in_vain[name] - IN_VAIN) % NOW_AND_THEN:
            self._in_vain[name] += 1
            item.add_marker("no_cover")
            return (yield)
        reached = _reached(controller)
        try:
            return (yield)
        finally:
            self._in_vain[name] = self._in_vain[name] + 1 if _reached(controller) == reached else 0

    def _controller(self) -> Any:
        """Return what pytest-cov measures with, ``None`` while it does not."""
        controller = getattr(self._plugins.get_plugin("_cov"), "cov_controller", None)
        return controller if controller and controller.started else None


def _reached(controller: Any) -> int:
    """Return how many steps from one line to the next were measured in this process so far."""
    return sum(map(len, [*controller.cov._collector.data.values()]))
