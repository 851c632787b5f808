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
    """Return the object's name, after the handle of what it belongs to."""
    return (f"{parent} {live.name}" if parent else live.name,)


def no_facets(_live: Live) -> Mapping[str, frozenset[str]]:
    return {}


@dataclass(frozen=True, slots=True)
class Export:
    """An export of one kind. ``exporting/`` asks once for the inventory, then for each object."""

    inventory: Read
    """What reads every live object that a manifest can mean."""
    declare: Callable[[Live, View, Live | None, bool], Declared]
    """Return the manifest of a live object that belongs to another one: what differs from the defaults.

    The last argument asks for all that can be declared. Raises ``Undeclarable`` for what no manifest can express.
    """
    file_of: Callable[[str, str | None], str]
    """Return the manifest's file, with ``/``, for its handle and the folder of what it belongs to."""
    handle_candidates: Callable[[Live, str | None], Sequence[str]] = by_name
    """Return words to make a handle of, the best first; the text is the handle of what the object belongs to."""
    reads: Callable[[Live], Iterable[Read]] = nothing
    """Yield what must be read to declare the object."""
    facets: Callable[[Live], Mapping[str, frozenset[str]]] = no_facets
    """Return, by facet such as ``label``, the names by which an export can be restricted to this object."""
    parts: frozenset[tuple[str, ...]] = frozenset()
    """The maps of the spec whose entries are managed one by one, by their paths; ``*`` stands for any name."""
    secrets: tuple[SecretSort, ...] = ()
    """Why values can be secrets, in the order of the report."""
