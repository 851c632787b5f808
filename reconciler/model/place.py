"""Places in files, and paths into their data."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A position in a file: ``line`` and ``column`` count from 1.

    >>> str(Place("customers/acme.yaml", 12, 5))
    'customers/acme.yaml:12:5'
    """

    file: str
    line: int = 1
    column: int = 1
    member: tuple[str, str] | None = field(default=None, compare=False, repr=False)
    """For a value that members of a set share: the set's address, and the customer whose member is meant."""

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


def place_at(text: str, offset: int, file: str) -> Place:
    """Return the place of a character of a file's text."""
    before = text[:offset].replace("\r\n", "\n").replace("\r", "\n")
    return Place(file, before.count("\n") + 1, len(before) - before.rfind("\n"))


Path = tuple[str | int, ...]


def dotted(path: Iterable[str | int]) -> str:
    """Return a path as ``lifecycle.ignoreChanges`` and messages write it.

    >>> dotted(("configVariables", "Batch Size"))
    'configVariables.Batch Size'
    """
    return ".".join(map(str, path))


class Origin(Protocol):
    """Where a resource was read from: the manifest and the overlays merged over it."""

    @property
    def start(self) -> Place:
        """Where the resource's document begins."""
        ...

    def place(self, path: Path, *, key: bool = False) -> Place:
        """Return the place of the value at ``path``, or of its key with ``key=True``.

        A path that does not exist gives the place of its nearest existing parent.
        """
        ...

    def spelling(self, path: Path) -> str | None:
        """Return how the value at ``path`` is written, where it is a scalar without quotes."""
        ...
