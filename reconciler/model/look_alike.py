"""Live objects with names that a person cannot distinguish from that of a new one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reconciler.model.live import Live
    from reconciler.model.place import Path


@dataclass(frozen=True, slots=True)
class LookAlike:
    """A live object that looks like one to be created: it has ``there`` where the spec has ``here``, at ``path``."""

    live: Live
    path: Path
    here: str
    there: str
