"""Each case of ``cases/``: a policy, what is known of its members, and a time, with the whole decision."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from rollouts.rollout_cases import play, rollout_cases, told

if TYPE_CHECKING:
    from rollouts.rollout_cases import Case

CASES = rollout_cases()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_decision_is_as_the_case_has_it(case: Case) -> None:
    """The states of the rollout, its waves and members, and who is next, are as the case states."""
    assert told(play(case)) == case.expected


def test_there_are_many_cases_each_with_its_rule() -> None:
    """At least eighty cases, and each states its rule in a sentence of its own."""
    rules = {case.rule for case in CASES}
    assert len(CASES) >= 80
    assert len(rules) == len(CASES)
    assert all(rule.endswith(".") for rule in rules)
