"""How an object is deleted, what goes with it, and what forbids it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from reconciler.model.frozen import Frozen

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from reconciler.model.step import Step
    from reconciler.model.tenant import Live, Read
    from reconciler.model.view import View


class Use(Frozen, frozen=True):
    """A live object that uses another one, which cannot be deleted before the use ends."""

    id: str
    name: str
    """Its name in words, such as ``'Inventory' of FTL Rockets``."""
    owner: str | None = None
    """The ID of its parent: deleting that ends the use too."""


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
    uses: tuple[Use, ...] = ()
    """Who uses the object: it is deleted only after all of them stop to, in the same run."""


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
