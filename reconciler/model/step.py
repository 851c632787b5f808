"""Steps: the mutations of a plan, the order in which they are carried out, and the input that each one takes."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from reconciler.model.operation import Operation


class Phase(IntEnum):
    """When a step is due: every step of a phase before any step of a later one."""

    RELEASE = 0
    """Released objects lose their labels. First, since all other labels are rewritten as they were just read."""
    WRITE = 1
    CONFIGURE = 2
    RECORD = 3
    """Labels record what was written: last, once the API accepted it."""
    LOOK = 4
    """Nothing is written: the object is read once more, and its kind decides again what is left to do."""
    DEPLOY = 5
    SETTLE = 6
    DELETE = 7


Action = Literal["create", "update", "deploy", "delete", "adopt", "forget"]


@dataclass(frozen=True, slots=True)
class IdOf:
    """A placeholder in a step's input for the ID of another resource, which the same run may create."""

    address: str


@dataclass(frozen=True, slots=True)
class Step:
    """One mutation: its operation and its ``input``, which may contain ``IdOf`` and ``Secret``.

    In the phase ``LOOK`` it is a query instead, and ``input`` has its variables.
    """

    action: Action
    phase: Phase
    operation: Operation
    input: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Revision:
    """The remaining steps after one was carried out, and notes for the user."""

    steps: Sequence[Step]
    notes: Sequence[str] = ()
