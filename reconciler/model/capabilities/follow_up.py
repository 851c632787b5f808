"""What the answers of an apply decide."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from reconciler.model.live import Live
    from reconciler.model.resource import Resource
    from reconciler.model.step import Revision, Step
    from reconciler.model.tenant import Node
    from reconciler.model.view import DiffContext


@dataclass(frozen=True, slots=True)
class FollowUp:
    """What comes after a step. The executor asks after each answer, the read-back when all is done."""

    revise: Callable[[Resource, DiffContext, Step, Node, Sequence[Step]], Revision]
    """Return what remains to be done, now that a step was answered with an object; the last argument is the rest."""
    outcome: Callable[[Live], Mapping[str, Any]]
    """Return what a person needs next beside the object's ID."""
