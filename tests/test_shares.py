"""The list of the costliest tests names tests that exist, and leaves some of each to every run."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from support.shares import Shares
from support.world import ROOT

SHARES = Shares()
LISTED = [
    *SHARES.long,
    *(name for lists in (SHARES.cases, SHARES.drawn) for names in lists.values() for name in names),
]


def test_each_listed_test_exists() -> None:
    """Each name is the beginning of a test's name."""
    for listed in LISTED:
        file, _, name = listed.partition("::")
        assert f"def {name}" in (ROOT / "tests" / file).read_text(encoding="utf-8"), listed


class Item:
    """Stands for a test that pytest has collected."""

    def __init__(self, name: str) -> None:
        self.nodeid, self.marks = f"tests/{name}", list[str]()

    def get_closest_marker(self, name: str) -> str | None:
        return name if name in self.marks else None

    def add_marker(self, mark: Any) -> None:
        self.marks.append(mark.name)


def test_every_run_has_a_part_of_the_cases_and_the_long_ones_the_rest(monkeypatch: Any) -> None:
    """One of so many cases runs always, the first among them; of the others a draw can take a part."""
    monkeypatch.delenv("EVERY_CASE", raising=False)
    monkeypatch.setenv("TEST_SEED", "1")
    shares: Any = SimpleNamespace(
        long=["b.py::test_lo"], cases={3: ["a.py::test_some"]}, drawn={2: ["a.py::test_some"]}
    )
    names = [*(f"a.py::test_some[{number}]" for number in range(7)), "a.py::test_other[0]", "b.py::test_long"]
    due: Any = list(Shares.of_this_run(shares, [Item(name) for name in names]))  # type: ignore[misc, list-item]
    assert {each.nodeid.removeprefix("tests/"): each.marks for each in due} == {
        "a.py::test_some[0]": [],
        "a.py::test_some[1]": ["full"],
        "a.py::test_some[3]": [],
        "a.py::test_some[5]": ["full"],
        "a.py::test_some[6]": [],
        "a.py::test_other[0]": [],
        "b.py::test_long": ["full"],
    }
