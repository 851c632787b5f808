"""How a live object becomes a manifest."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reconciler.model.capabilities.nothing import nothing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from reconciler.model.declaration import Declared, SecretSort
    from reconciler.model.live import Live
    from reconciler.model.tenant import Read
    from reconciler.model.view import View


def by_name(live: Live, parent: str | None) -> Sequence[str]:
    """Return the object's name, after the handle of its parent."""
    return (f"{parent} {live.name}" if parent else live.name,)


def no_facets(_live: Live) -> Mapping[str, frozenset[str]]:
    return {}


@dataclass(frozen=True, slots=True)
class Export:
    """An export of one kind. ``exporting/`` asks once for the inventory, then for each object."""

    inventory: Read
    """What reads every live object that a manifest can mean."""
    declare: Callable[[Live, View, Live | None, bool], Declared]
    """Return the manifest of a live object, without defaults; the third argument is its parent.

    The last argument asks for every declarable field. Raises ``Undeclarable`` for a value that no manifest can hold.
    """
    file_of: Callable[[str, str | None], str]
    """Return the manifest's file, with ``/``, for its handle and the folder of its parent."""
    handle_candidates: Callable[[Live, str | None], Sequence[str]] = by_name
    """Return candidates for a handle, the best first; the second argument is the parent's handle."""
    reads: Callable[[Live], Iterable[Read]] = nothing
    """Yield the reads that declaring the object needs."""
    facets: Callable[[Live], Mapping[str, frozenset[str]]] = no_facets
    """Return, by facet such as ``label``, the names by which an export can be restricted to this object."""
    parts: frozenset[tuple[str, ...]] = frozenset()
    """The paths of maps whose entries are managed one by one; ``*`` matches any name."""
    secrets: tuple[SecretSort, ...] = ()
    """Why values can be secrets, in the order of the report."""
