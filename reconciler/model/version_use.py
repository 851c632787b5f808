"""Which version of an integration a manifest or a live object uses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reconciler.model.place import Path


@dataclass(frozen=True, slots=True)
class Unpinned:
    """A version that a manifest leaves open: of what, and where in the spec it stands.

    ``settled`` by a live object, which stays on its own: then only a new one takes what a lock says.
    """

    name: str
    path: Path
    settled: bool = False


@dataclass(frozen=True, slots=True)
class VersionUse:
    """A live object's version, the name of what the object belongs to, and what it would lose, undeclared as it is."""

    version: Version
    owner: str
    losses: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Version:
    """One deployable version of an integration; ``sequence`` is what all its versions share."""

    id: str
    name: str
    number: int
    sequence: str
    definition: str = ""
    """The file that it stands in, while it is not published; empty for a published one."""

    @property
    def label(self) -> int | str:
        """What the version is told by."""
        return self.definition or self.number

    def __str__(self) -> str:
        return self.definition or f"version {self.number}"
