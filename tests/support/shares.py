"""What of the costliest tests is in which run, so that the suite keeps within its time: ``tests/shares.yaml``."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml

from support.matrix import is_due

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

FILE = Path(__file__).parents[1] / "shares.yaml"


class Shares:
    """The file's lists: of tests by the beginnings of their names, within ``tests/``."""

    def __init__(self) -> None:
        read = yaml.safe_load(FILE.read_text(encoding="utf-8"))
        self.long: list[str] = read["long"]
        self.cases: dict[int, list[str]] = read["cases"]
        self.drawn: dict[int, list[str]] = read["drawn"]

    def of_this_run(self, items: Iterable[pytest.Item]) -> Iterator[pytest.Item]:
        """Yield the tests without the cases that are not drawn; mark as ``full`` what is for the long runs alone."""
        places: Counter[tuple[str, bool]] = Counter()
        for item in items:
            name, _, case = item.nodeid.removeprefix("tests/").partition("[")
            whole = item.get_closest_marker("full") is not None
            place = places[name, whole]
            places[name, whole] += 1
            left = not whole and (name.startswith(tuple(self.long)) or bool(case and place % _step(self.cases, name)))
            if left:
                item.add_marker(pytest.mark.full)
            if not (left or whole) or is_due(place, _step(self.drawn, name)):
                yield item


def _step(lists: dict[int, list[str]], name: str) -> int:
    return next((step for step, names in lists.items() if name.startswith(tuple(names))), 1)
