"""One object of a listing: live, declared, or both, with the state that it is in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from reconciler.model.place import Place

State = Literal["declared", "missing", "to delete", "released", "orphan", "of another project", "unmanaged"]
"""``orphan``: it carries the project's label, and no manifest declares it. ``unmanaged``: nobody declares it."""


@dataclass(frozen=True, slots=True)
class Listed:
    """One object. An empty ID means that it is not live, an empty address not declared."""

    state: State
    kind: str
    name: str
    id: str = ""
    parent: str = ""
    """The name of what it belongs to."""
    address: str = ""
    source: Place | None = None
    version: int | None = None
    """The live version of what it runs."""
    labels: tuple[str, ...] = ()
    owns: bool = False
    """Whether others can belong to it, which reports then group with it."""

    @property
    def group(self) -> str:
        """The name by which reports group it: of what it belongs to, or its own if others belong to it."""
        return self.parent or (self.name if self.owns else "")
