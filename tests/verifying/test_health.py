"""The verdict on an object: the worst of its checks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from reconciler.model.health import Check, Health

if TYPE_CHECKING:
    from reconciler.model.health import Verdict


@pytest.mark.parametrize(
    ("verdicts", "worst"),
    [
        ([], "passed"),
        (["passed", "passed"], "passed"),
        (["passed", "inconclusive"], "inconclusive"),
        (["inconclusive", "failed", "passed"], "failed"),
    ],
)
def test_the_worst_check_is_the_verdict(verdicts: list[Verdict], worst: Verdict) -> None:
    """An object is as healthy as its worst check; without checks nothing speaks against it."""
    checks = tuple(Check(f"check {number}", verdict) for number, verdict in enumerate(verdicts))
    assert Health("Instance/acme", checks).verdict == worst


def test_the_reason_names_only_the_checks_that_decided() -> None:
    """A failed check hides what is only inconclusive, and a healthy object needs no reason."""
    failed = Check("connections", "failed", "Acme is in error")
    unsure = Check("executions", "inconclusive", "no run since the last deploy")
    assert Health("Instance/acme", (unsure, failed)).reason == "connections: Acme is in error"
    assert Health("Instance/acme", (unsure, Check("deployed", "passed"))).reason == (
        "executions: no run since the last deploy"
    )
    assert Health("Instance/acme", (Check("deployed", "passed"),)).reason == ""
