"""The tenant that operations work on: its data and what they need beside it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reconciler.sandbox.data.clock import Clock
    from reconciler.sandbox.data.ids import Ids
    from reconciler.sandbox.data.settings import Settings
    from reconciler.sandbox.data.store import Row, Store
    from reconciler.sandbox.data.variants import Variants

Input = dict[str, Any]
"""A mutation's ``input``, as GraphQL coerced it: only what was sent."""


@dataclass(frozen=True, slots=True)
class Tenant:
    """One organization's objects, its clock and its settings."""

    store: Store
    clock: Clock
    ids: Ids
    settings: Settings
    user: str
    """The ID of the signed-in user."""

    @property
    def variants(self) -> Variants:
        return self.settings.variants

    def save(self, table: str, row: Row, changes: Mapping[str, Any]) -> bool:
        """Write what differs from the row and advance its ``updatedAt``; say whether anything did."""
        different = {name: value for name, value in changes.items() if row[name] != value}
        if different:
            self.store.update(table, row["id"], **different, updatedAt=self.clock.tick())
        return bool(different)
