"""The central property under every variant of the API's unknown behaviour."""

from __future__ import annotations

from collections import Counter
from itertools import combinations
from typing import TYPE_CHECKING

import pytest
from convergence.declared import check_declared
from convergence.run import carry_out
from convergence.undeclared import check_undeclared
from convergence.written import check_written
from hypothesis import Phase, given, settings
from hypothesis import seed as draw_by
from support.generate import cases
from support.matrix import due
from support.seed import chance, seed

from reconciler.sandbox.data.variants import Variants

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from support.case import Case

Setting = tuple[str, str]
PAIRS = 24
SINGLES: tuple[Setting, ...] = tuple(
    (name, value) for name, values in Variants.choices().items() for value in values[1:]
)
"""Every value of every variant that is not the default."""
GROUPS = [SINGLES[first::12] for first in range(12)]
"""A sample that has every value once: the values of one variant are neighbours, and so in different groups."""


def converge(chosen: Sequence[Setting], folder: Path, examples: int) -> Counter[str]:
    """Hold the property under a choice of variants; return how many examples there were and what was in them."""
    seen: Counter[str] = Counter()
    variants = Variants(**dict(chosen))

    @draw_by(f"{seed()} {chosen}")  # else every choice would meet the same cases
    @settings(max_examples=examples, phases=[Phase.explicit, Phase.generate, Phase.shrink])
    @given(case=cases(names_recur=variants.instance_names != "organization"))
    def hold(case: Case) -> None:
        outcome = carry_out(case, folder, variants)
        check_declared(outcome)
        check_undeclared(outcome)
        check_written(outcome)
        seen["examples"] += 1
        seen["mutations"] += len(outcome.log)

    hold()
    return seen


@pytest.mark.parametrize("group", GROUPS, ids=lambda group: "=".join(group[0]))
def test_apply_converges_under_every_variant(group: Sequence[Setting], project_folder: Path) -> None:
    """Under each other reading, several at a time, a few cases converge, and what is undeclared stays."""
    assert converge(group, project_folder, examples=5)["mutations"]


def report(rows: Iterable[Sequence[Setting]], folder: Path, examples: int) -> list[str]:
    """Hold the property under each row, print a table of them, and return those that failed."""
    failed: list[str] = []
    print(f"\n{f'variants (seed {seed()})':<72} {'examples':>8} {'mutations':>9}  result")  # noqa: T201 - for people
    for row in rows:
        name = ", ".join(map("=".join, row))
        try:
            seen, result = converge(row, folder, examples), "converges"
        except Exception as error:  # noqa: BLE001 - the table goes on, and the test fails at its end
            seen, result = Counter(), f"FAILS: {type(error).__name__}: {error}"[:300]
            failed.append(f"{name}: {result}")
        print(f"{name:<72} {seen['examples']:>8} {seen['mutations']:>9}  {result}")  # noqa: T201 - the same
    return failed


HALVES = {"every other one": SINGLES[::2], "the others": SINGLES[1::2]}
"""So that two processors share the work."""


@pytest.mark.full
@pytest.mark.parametrize("half", HALVES)
def test_apply_converges_under_every_variant_in_full(half: str, project_folder: Path) -> None:
    """Under the usual reading, and under each other reading of one unknown, many cases converge.

    A long run tries an eighth of the other readings.
    """
    assert not report([[], *([single] for single in due(8, HALVES[half]))], project_folder, examples=20)


@pytest.mark.full
@pytest.mark.parametrize("half", [0, 1])
def test_apply_converges_under_pairs_of_variants(half: int, project_folder: Path) -> None:
    """Under pairs of other readings, drawn by the run's seed, cases converge."""
    pairs = [pair for pair in combinations(SINGLES, 2) if pair[0][0] != pair[1][0]]
    chosen = chance("pairs of variants").sample(pairs, PAIRS)
    assert not report(chosen[half::2], project_folder, examples=8)
