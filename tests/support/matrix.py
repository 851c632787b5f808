"""Many test cases of one sort: a sample of them is in every run, the rest in the long ones."""

from __future__ import annotations

import os
from itertools import product
from typing import TYPE_CHECKING, Any, TypeVar

import pytest

from support.seed import seed

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from _pytest.mark import ParameterSet

Case = TypeVar("Case")


def matrix(*axes: Iterable[Any]) -> list[ParameterSet]:
    """Return all combinations of the values, for ``parametrize``.

    Those on a diagonal run always, so that each value of each axis is tried; the others have the marker ``full``.
    """
    values = [list(axis) for axis in axes]
    always = {tuple(at % len(axis) for axis in values) for at in range(max(map(len, values)))}
    places = product(*(range(len(axis)) for axis in values))
    return [
        pytest.param(
            *(axis[index] for axis, index in zip(values, place, strict=True)),
            marks=() if place in always else pytest.mark.full,
        )
        for place in places
    ]


def is_due(number: int, share: int) -> bool:
    """Return whether the case of this number is in the long runs, of which each has one of ``share`` cases.

    ``TEST_SEED`` chooses which; ``EVERY_CASE=1`` runs all.
    """
    return bool(os.environ.get("EVERY_CASE")) or number % share == seed() % share


def due(share: int, cases: Iterable[Case]) -> list[Case]:
    """Return the cases that are in this long run: one of ``share``."""
    return [case for number, case in enumerate(cases) if is_due(number, share)]


def every(step: int, cases: Iterable[Sequence[Any]], share: int = 1) -> list[ParameterSet]:
    """Return the cases for ``parametrize``: one of each ``step`` runs always, one of ``share`` in the long runs."""
    return [
        pytest.param(*case, marks=pytest.mark.full if number % step else ())
        for number, case in enumerate(cases)
        if number % step == 0 or is_due(number, share)
    ]
