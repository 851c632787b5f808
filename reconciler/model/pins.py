"""Versions that manifests leave open, and those that the lock holds for them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reconciler.model.place import Path

LOCK_FILE = "reconciler.lock"
LATEST = "latest"
"""The version in a manifest that means the newest one, or that of the lock."""


@dataclass(frozen=True, slots=True)
class Unpinned:
    """An open version in a manifest: the name of its source, and its path in the spec.

    ``settled``: a live object keeps its own version, so only a new object takes the lock's.
    """

    name: str
    path: Path
    settled: bool = False


@dataclass(frozen=True, slots=True)
class Pins:
    """The lock's versions by name; ``strict``: a name without an entry is an error."""

    versions: Mapping[str, int] = field(default_factory=dict)
    strict: bool = False

    def missing(self, name: str) -> str | None:
        """Return what is wrong with a name whose version is open, or ``None``."""
        if not self.strict or name in self.versions:
            return None
        return f"{name!r} is not in {LOCK_FILE}, which --locked asks for; 'reconciler lock' adds it"
