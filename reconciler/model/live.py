"""One live object, as it was read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic

from reconciler.model.tenant import N


@dataclass(frozen=True, slots=True)
class Live(Generic[N]):
    """One live object, as it was read."""

    kind: str
    id: str
    name: str
    node: N

    @property
    def labels(self) -> frozenset[str]:
        """The labels that the object carries, lower-cased; none for a kind without labels."""
        return frozenset(label.lower() for label in getattr(self.node, "labels", None) or ())

    @property
    def updated_at(self) -> str | None:
        """The time of the object's last change, or ``None`` for a kind that has none."""
        return getattr(self.node, "updated_at", None)
