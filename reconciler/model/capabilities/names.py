"""Names: renames, conflicts, and names that look alike."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from reconciler.model.capabilities.nothing import nothing

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Mapping, Sequence

    from reconciler.model.appearance import Appearance, LookAlike
    from reconciler.model.diagnostic import Diagnostic
    from reconciler.model.resource import Resource
    from reconciler.model.view import View


@dataclass(frozen=True, slots=True)
class Names:
    """The field ``name`` of a kind whose objects are found by it, so that ``lifecycle.renamedFrom`` means something."""

    key: Callable[[Mapping[str, Any]], Hashable]
    """Return what an object is found by that ``lifecycle.renamedFrom`` can name."""
    conflicts: Callable[[Resource, View], Mapping[str, Diagnostic]]
    """Return, by ID, the live objects that have the name already, with a message for each; also the object itself.

    The message's path is that of the field that they share. It is dropped where the other object gives the name up in
    the same run. What is ignored is not in the spec.
    """
    only: Callable[[Mapping[str, Any]], bool] = lambda _: True
    """Return whether nothing but the name of a spec distinguishes its live object from others."""


@dataclass(frozen=True, slots=True)
class Looks:
    """Names that only a computer can distinguish. The planner asks before it creates an object."""

    appearance: Callable[[Mapping[str, Any]], Appearance]
    """Return what a spec's name looks like among those that it must not be mistaken for."""
    alike: Callable[[Resource, View], Sequence[LookAlike]] = nothing
    """Return the live objects that look like one that is to be created, and are others."""
    once: Callable[[Mapping[str, Any]], Appearance] | None = None
    """Return what of a spec the API may accept once in a tenant, whatever else identifies the object."""
