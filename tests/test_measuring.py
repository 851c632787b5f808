"""Which tests the coverage is measured in."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from support.measuring import Measuring


class Controller:
    """Stands for what pytest-cov measures with."""

    started = True

    def __init__(self) -> None:
        self.cov: Any = SimpleNamespace(_collector=SimpleNamespace(data={"a.py": set()}))


class Item:
    """Stands for a case of a test, or for a test without cases."""

    def __init__(self, name: str) -> None:
        self.nodeid = name
        self.marked = False
        if "[" in name:
            self.callspec = None

    def get_closest_marker(self, _: str) -> bool:
        return self.marked

    def add_marker(self, name: str) -> None:
        self.marked = name == "no_cover"


def measured(names: list[str], reach: dict[int, int]) -> list[int]:
    """Return the numbers of the runs that are measured; those of ``reach`` reach a line for the first time."""
    controller = Controller()
    manager = SimpleNamespace(get_plugin=lambda _: SimpleNamespace(cov_controller=controller))
    measuring = Measuring(SimpleNamespace(pluginmanager=manager))  # type: ignore[arg-type]
    found = []
    for number, name in enumerate(names):
        item: Any = Item(name)
        for _ in measuring.pytest_runtest_call(item):
            if not item.marked:
                found.append(number)
                controller.cov._collector.data["a.py"] |= {reach[number]} if number in reach else set()
    return found


def test_cases_that_reach_nothing_new_are_measured_now_and_then() -> None:
    """After some cases in vain one of several is measured; one that reaches something has the next measured again."""
    names = ["test_x.py::test_it[case]"] * 26
    assert measured(names, {}) == [0, 1, 2, 3, 11, 19]
    assert measured(names, {0: 7, 2: 7}) == [0, 1, 2, 3, 4, 12, 20]
    assert measured(names, {11: 9}) == [0, 1, 2, 3, 11, 12, 13, 14, 15, 23]


def test_a_test_without_cases_is_always_measured() -> None:
    """Nothing is concluded from one test about another."""
    assert measured(["test_x.py::test_it"] * 30, {}) == [*range(30)]
