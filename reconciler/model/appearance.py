"""Look-alikes: names that a person cannot distinguish, such as Latin and Cyrillic letters."""

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
    """The appearance of a name: names that look alike and must not be confused have equal keys."""

    key: Hashable
    path: Path
    text: str
