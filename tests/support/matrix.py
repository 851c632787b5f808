"""Many test cases of one sort: a sample of them is in every run, the rest in the long ones."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from _pytest.mark import ParameterSet


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


def every(step: int, cases: Iterable[Sequence[Any]]) -> list[ParameterSet]:
    """Return the cases for ``parametrize``: one of each ``step`` runs always, the others have the marker ``full``."""
    return [pytest.param(*case, marks=pytest.mark.full if number % step else ()) for number, case in enumerate(cases)]
