"""One live object, as it was read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reconciler.model.tenant import Node


@dataclass(frozen=True, slots=True)
class Live:
    """One live object, as it was read."""

    kind: str
    id: str
    name: str
    node: Node
