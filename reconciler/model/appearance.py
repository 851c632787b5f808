"""What the texts of a spec look like, and what looks like them: names that only a computer tells apart."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Hashable

    from reconciler.model.live import Live
    from reconciler.model.place import Path


@dataclass(frozen=True, slots=True)
class LookAlike:
    """A live object that looks like one to be created: it has ``there`` where the spec has ``here``, at ``path``."""

    live: Live
    path: Path
    here: str
    there: str


@dataclass(frozen=True, slots=True)
class Appearance:
    """What a text of a spec looks like: ``key`` is the same for all that look alike and must be told apart."""

    key: Hashable
    path: Path
    text: str
