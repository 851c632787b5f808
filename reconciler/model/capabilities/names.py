"""Names: renames, conflicts, and names that look alike."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Mapping, Sequence

    from reconciler.model.capabilities.spec import Appearance
    from reconciler.model.diagnostic import Diagnostic
    from reconciler.model.place import Path
    from reconciler.model.resource import Resource
    from reconciler.model.tenant import Live
    from reconciler.model.view import View


@dataclass(frozen=True, slots=True)
class Names:
    """The field ``name`` of a kind whose objects are found by it, so that ``lifecycle.renamedFrom`` means something."""

    key: Callable[[Mapping[str, Any]], Hashable]
    """Return the name that identifies an object and that ``lifecycle.renamedFrom`` can hold."""
    conflicts: Callable[[Resource, View], Mapping[str, Diagnostic]]
    """Return, by ID, the live objects that have the name already (also the object itself), with a diagnostic for each.

    The diagnostic's path is the shared field. It is dropped if the other object loses the name in the same run. Ignored
    fields are not in the spec.
    """
    only: Callable[[Mapping[str, Any]], bool] = lambda _: True
    """Return whether nothing but the name of a spec distinguishes its live object from others."""


@dataclass(frozen=True, slots=True)
class LookAlike:
    """A live object that looks like one to be created: it has ``there`` where the spec has ``here``, at ``path``."""

    live: Live
    path: Path
    here: str
    there: str


@dataclass(frozen=True, slots=True)
class Looks:
    """Names that only a computer can distinguish. The planner asks before it creates an object."""

    alike: Callable[[Resource, View], Sequence[LookAlike]] = lambda *_: ()
    """Return the live objects that look like one that is to be created, and are others."""
    once: Callable[[Mapping[str, Any]], Appearance] | None = None
    """Return a value of a spec that the API may accept only once in a tenant, besides the identity."""
    beside: Callable[[Resource, View], Sequence[Live]] = lambda *_: ()
    """Return the live objects, as far as they were read, that one to be created may be under another name."""
