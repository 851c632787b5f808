"""The appearance of a name, which a person sees: Latin and Cyrillic letters may look alike."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Hashable

    from reconciler.model.place import Path


@dataclass(frozen=True, slots=True)
class Appearance:
    """The appearance of a name: names that look alike and must not be confused have equal keys."""

    key: Hashable
    path: Path
    text: str
