"""Every unknown of the real API has a variant that acts out each reading of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sandbox.unknowns import ANSWERS, SETTINGS

from reconciler.sandbox.data.variants import Variants

if TYPE_CHECKING:
    from collections.abc import Callable

    from sandbox.client import Api

_READINGS = [(name, value) for name, values in Variants.choices().items() for value in values]


@pytest.mark.parametrize(("name", "value"), _READINGS)
def test_a_variant_changes_what_it_says(start: Callable[..., Api], name: str, value: str) -> None:
    """Under each value, the API does what that reading of the unknown says."""
    ask, answers = ANSWERS[name]
    assert ask(start(variants=[f"{name}={value}"], **SETTINGS.get(name, {}))) == answers[value]


@pytest.mark.parametrize("name", Variants.choices())
def test_the_readings_of_an_unknown_differ(name: str) -> None:
    """Each value of a variant is asked for, and no two lead to the same."""
    answers = list(ANSWERS[name][1].values())
    assert tuple(ANSWERS[name][1]) == Variants.choices()[name]
    assert all(answers.count(answer) == 1 for answer in answers)
