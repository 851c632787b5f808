"""The tenant that operations read and write."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from reconciler.sandbox.data.clock import Clock
    from reconciler.sandbox.data.ids import Ids
    from reconciler.sandbox.data.settings import Settings
    from reconciler.sandbox.data.store import Row, Store
    from reconciler.sandbox.data.variants import Variants

TIMES = ("createdAt", "updatedAt")
Input = dict[str, Any]
"""The ``input`` of a mutation, as GraphQL coerced it: only the fields that were sent."""


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

    def create(self, table: str, kind: str, times: Sequence[str] = TIMES, **columns: Any) -> Row:
        """Insert a row with a new ID of the type ``kind``, and this moment in each column of ``times``; return it."""
        moments = dict.fromkeys(times, self.clock.tick()) if times else {}
        identifier = self.ids.new(kind)
        self.store.insert(table, **columns, **moments, id=identifier)
        return self.store.get(table, identifier)

    def save(self, table: str, row: Row, changes: Mapping[str, Any]) -> bool:
        """Write the columns that differ from the row, and ``updatedAt``; return whether any differs."""
        different = {name: value for name, value in changes.items() if row[name] != value}
        if different:
            self.store.update(table, row["id"], **different, updatedAt=self.clock.tick())
        return bool(different)
