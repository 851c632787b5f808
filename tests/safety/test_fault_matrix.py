"""Faults: after any fault at any operation, the next run converges."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from prismatic.leaping_loop import LeapingLoop
from safety.misbehaviour import FAULTS, course, misbehave
from safety.scenario import write
from support.matrix import due

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from safety.misbehaviour import Course, Outcome

STRIDE = 5
"""Where not all points are tried, each fault is tried at one, so far from that of the fault before."""


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pauses are as long as ever, and over at once."""
    monkeypatch.setattr("asyncio.events.new_event_loop", LeapingLoop)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The manifests."""
    return write(tmp_path_factory.mktemp("faults"))


@pytest.fixture(scope="module")
def undisturbed(folder: Path) -> Course:
    """How it goes without a fault."""
    return course(folder)


def check(fault: str, point: tuple[int, ...], outcome: Outcome) -> None:
    """Fail when a fault that can be overcome was not."""
    if fault == "token expired for good":
        assert outcome.came == "told"
    elif fault == "a web page" and 1 in point:
        assert outcome.came == "told", "at the first request the address may be wrong: nothing is tried again"
    else:
        assert outcome.came == "applied", outcome.said


def row(fault: str, points: Iterable[tuple[int, ...]], outcomes: list[Outcome]) -> str:
    """Return one line of the table."""
    operations = sum(map(len, points))
    applied = sum(outcome.came == "applied" for outcome in outcomes)
    most = max(outcome.left for outcome in outcomes)
    return f"{fault:32} {operations:10} {applied:8} {len(outcomes) - applied:5} {most:14}"


@pytest.mark.full
@pytest.mark.parametrize("fault", FAULTS)
def test_after_any_fault_at_any_operation_the_next_run_converges(fault: str, folder: Path, undisturbed: Course) -> None:
    """Each fault at each operation, of which a run tries a sixth: what can be overcome is, the rest is told."""
    every_point = undisturbed.points(fault)
    assert sum(map(len, every_point)) >= 60
    points = due(6, every_point)
    outcomes = [misbehave(folder, undisturbed, fault, point[-1]) for point in points]
    print(f"{'fault':32} operations  applied  told  most left over\n{row(fault, points, outcomes)}")  # noqa: T201 - the table is the point of it
    for point, outcome in zip(points, outcomes, strict=True):
        check(fault, point, outcome)


def test_after_some_faults_at_some_operations_the_next_run_converges(folder: Path, undisturbed: Course) -> None:
    """A fixed sample of the matrix, with every fault in it."""
    for number, fault in enumerate(FAULTS):
        points = undisturbed.points(fault)
        point = points[number * STRIDE % len(points)]
        check(fault, point, misbehave(folder, undisturbed, fault, point[-1]))


def test_the_undisturbed_run_is_long_enough(undisturbed: Course) -> None:
    """The run that is disturbed has at least forty mutations, many of them among its first sixty operations."""
    names = undisturbed.operations
    assert undisturbed.mutations >= 40
    assert sum(name.startswith(("create", "update", "delete", "deploy")) for name in names[:60]) > 20
