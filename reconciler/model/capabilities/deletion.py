"""How an object is deleted, what goes with it, and what forbids it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from reconciler.model.step import Step
    from reconciler.model.tenant import Live, Read
    from reconciler.model.view import View


@dataclass(frozen=True, slots=True)
class Removal:
    """All there is to know before one object is deleted."""

    step: Step
    warnings: tuple[str, ...] = ()
    """What goes with the object, in words."""
    contained: int = 0
    """How many objects that could carry an ownership label of their own go with it."""
    observed: Any = ()
    """The objects that go along, as a saved plan records them."""
    blocked: str | None = None
    """Why the object cannot be deleted at all."""


@dataclass(frozen=True, slots=True)
class Deletion:
    """The removal of objects. The planner asks for ``state: absent`` and for orphans.

    >>> from reconciler.kinds.registry import default_registry
    >>> default_registry()["Customer"].deletion.guarded
    True
    """

    removal: Callable[[Live, View], Removal]
    reads: Callable[[Live], Iterable[Read]] = lambda _: ()
    """Yield the reads that find the objects that a deletion takes along."""
    guarded: bool = False
    """Whether objects of the kind are deleted only if ``--allow-delete`` names the kind."""
