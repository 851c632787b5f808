"""What a piece of work costs, measured so that neither the other tests nor the machine's other work change it.

Seconds stand only in bounds that are many times what the work takes, and they are those of a quick machine: how quick
this one is at the moment is measured beside the work. A statement about growth counts lines instead: that figure is the
same on every machine.
"""

from __future__ import annotations

import gc
import sys
import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType


COUNTED = 200_000
"""The squares that are added up to find how quick the machine is …"""
QUICK = 0.015
"""… and the seconds that a quick one takes to do so."""

SHORT = 0.2
"""Work of fewer seconds is within every bound on any machine."""


def cpu_seconds(work: Callable[[], object]) -> float:
    """Return the seconds of the processor that the work would take on a quick machine.

    The garbage collector is off meanwhile. Otherwise one collection, which walks through everything that thousands of
    tests before this one have left, would be counted as a part of the work.
    """
    collected = gc.isenabled()
    gc.disable()
    try:
        took = _seconds(work)
        return took if took < SHORT else took / max(1.0, _seconds(_add_up) / QUICK)
    finally:
        if collected:
            gc.enable()


def _seconds(work: Callable[[], object]) -> float:
    started = time.process_time()
    work()
    return time.process_time() - started


def _add_up() -> None:
    total = 0
    for number in range(COUNTED):
        total += number * number


def lines_run(work: Callable[[], object]) -> int:
    """Return how many lines of Python the work runs, each as often as it runs.

    A loop on one line counts at each turn. What a function of the interpreter does by itself is not counted.
    """
    count = 0

    def line(_: FrameType, event: str, __: Any) -> Any:
        nonlocal count
        count += event == "line"
        return line

    before = sys.gettrace()
    sys.settrace(line)
    try:
        work()
    finally:
        sys.settrace(before)
    return count
