"""The order in which the steps of a run are carried out."""

from __future__ import annotations

from enum import IntEnum


class Phase(IntEnum):
    """When a step is due: every step of a phase before any step of a later one."""

    RELEASE = 0
    """Released objects lose their labels. First, since all other labels are rewritten as they were just read."""
    WRITE = 1
    CONFIGURE = 2
    RECORD = 3
    """Labels record what was written: last, once the API accepted it."""
    DEPLOY = 4
    SETTLE = 5
    DELETE = 6
