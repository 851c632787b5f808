"""The central property: after any apply nothing is left to do, and nothing undeclared has changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from convergence.declared import check_declared
from convergence.run import acts, carry_out
from convergence.undeclared import check_undeclared
from convergence.written import check_written
from hypothesis import given, settings
from support.generate import cases

if TYPE_CHECKING:
    from pathlib import Path

    from support.case import Case


@settings(max_examples=12)
@given(case=cases())
def test_apply_converges_and_touches_nothing_else(case: Case, project_folder: Path) -> None:
    """After an apply the plan is empty, what is declared is there, and everything else is byte for byte the same."""
    outcome = carry_out(case, project_folder)
    check_declared(outcome)
    check_undeclared(outcome)
    check_written(outcome)


@settings(max_examples=6)
@given(case=cases(keyed=100))
def test_changed_secrets_arrive_and_touch_nothing_else(case: Case, project_folder: Path) -> None:
    """Once all is applied, secrets that change are told by their fingerprints and sent, and nothing else."""
    for number, outcome in enumerate(acts([case, case, case.with_other_secrets()], project_folder)):
        check_declared(outcome)
        check_undeclared(outcome)
        check_written(outcome)
        assert number != 1 or outcome.plan.empty
