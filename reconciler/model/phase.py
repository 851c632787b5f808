"""The order in which the steps of a run are carried out."""

from __future__ import annotations

from enum import IntEnum


class Phase(IntEnum):
    """When a step is due: every step of a phase before any step of a later one."""

    RELEASE = 0
    """Labels are taken off of what is given up: first, soonest after the look that the rest of them is written from."""
    WRITE = 1
    CONFIGURE = 2
    RECORD = 3
    """What was written is noted on the object: only once it was accepted."""
    DEPLOY = 4
    SETTLE = 5
    DELETE = 6
