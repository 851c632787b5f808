"""Versions that a lock holds, for what leaves its version open."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

LOCK_FILE = "reconciler.lock"


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
