"""Versions of something that a kind's objects run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from reconciler.model.frozen import Frozen

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from reconciler.model.diagnostic import Diagnostic
    from reconciler.model.tenant import Live, Read, Tenant
    from reconciler.model.view import View


@dataclass(frozen=True, slots=True)
class Catalog:
    """The versions of each source, by its name."""

    lookup: Callable[[str], Read]
    """Return what reads the versions of a source."""
    reads: Callable[[str, View], Iterable[Read]]
    """Yield the reads that find the newest version of a source."""
    newest: Callable[[str, View], Version | Diagnostic]
    """Return the newest version that can be deployed, or why there is none."""
    available: Callable[[str, View], Sequence[Version]]
    """Return the versions of a source that can be deployed, as far as they were read."""
    sequences: Callable[[str, View], frozenset[str]]
    """Return the IDs that the versions of a source share; several if several sources have the name."""
    contents: Callable[[Version], Read]
    """Return what reads the contents of a version."""
    changes: Callable[[Version, Version, View], Any]
    """Return how the second version differs from the first one; ``None`` where one of them cannot be read.

    The answer is the kind's own type: ``concerns(spec)`` and ``additions(spec)`` yield what matters to a manifest.
    """
    publish: Callable[[Tenant, Any], Version]
    """Make an unpublished version, of the kind's own type, the one that every manifest of its source means."""


@dataclass(frozen=True, slots=True)
class Versions:
    """Which version an object runs. ``locking/`` asks for the newest ones, ``impact/`` whom another one affects."""

    source: Callable[[Mapping[str, Any]], str]
    """Return the name of the source that a spec uses a version of."""
    users: Callable[[str], Read]
    """Return what reads every live object that runs any of the versions of one ``sequence``."""
    running: Callable[[Live], Version]
    """Return the version of a live object."""
    desired: Callable[[Mapping[str, Any], Live | None, View], Version | Diagnostic]
    """Return the version that a spec means for its live object, or why there is none."""
    use: Callable[[Live, View], VersionUse]
    """Return the version of a live object, and what an unpublished one would make it lose."""
    catalog: Catalog
    """The versions that exist."""


@dataclass(frozen=True, slots=True)
class VersionUse:
    """A live object's version, the name of its parent, and the undeclared values that it would lose."""

    version: Version
    owner: str
    losses: tuple[str, ...] = ()


class Version(Frozen, frozen=True):
    """One deployable version of an integration; ``sequence`` is what all its versions share."""

    id: str
    name: str
    number: int
    sequence: str
    definition: str = ""
    """The definition file of an unpublished version; empty for a published one."""

    @property
    def label(self) -> int | str:
        """The label of the version in reports."""
        return self.definition or self.number

    def __str__(self) -> str:
        return self.definition or f"version {self.number}"
