"""Strays: live objects that are ours by their label and that no manifest names any more.

Pruning deletes them, and only where the project says so: nothing is deleted just for being absent.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reconciler.planning.ownership import Ownership

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from reconciler.kinds.kind import Kind, Live, Registry, View
    from reconciler.kinds.tenant import Read


@dataclass(frozen=True, slots=True)
class Pruning:
    """``label`` marks what is ours (``None``: nothing is); ``belongings``: also what has no label of its own."""

    label: str | None = None
    enabled: bool = False
    belongings: bool = False

    def reads(self, registry: Registry, view: View, claimed: Collection[str]) -> Iterator[Read]:
        """Yield what must be read to know the strays, and what would go with them."""
        for kind in registry:
            labelled = kind.labelled(self.label) if self.label else None
            if labelled:
                yield labelled
        if not self.enabled:
            return
        for kind, live in self.owned(registry, view):
            if live.id not in claimed:
                yield from kind.removal_reads(live)
            yield from self._belonging_reads(registry, live)

    def owned(self, registry: Registry, view: View) -> Iterator[tuple[Kind, Live]]:
        """Yield every live object that carries our label."""
        for kind in registry:
            labelled = kind.labelled(self.label) if self.label else None
            if labelled:
                found = view.tenant.find(labelled.collection, labelled.key)
                yield from ((kind, kind.live(node)) for node in found)

    def strays(self, registry: Registry, view: View, claimed: Collection[str]) -> Iterator[tuple[Kind, Live]]:
        """Yield what is ours and in no manifest."""
        yield from ((kind, live) for kind, live in self.owned(registry, view) if live.id not in claimed)

    def prunable(
        self, registry: Registry, view: View, claimed: Collection[str], held: Collection[str]
    ) -> Iterator[tuple[Kind, Live]]:
        """Yield the strays to delete, and, where that is asked for, the strays that belong to what is ours.

        ``held`` are the IDs of what the manifests' resources belong to: deleted, it would take them along.
        """
        if not self.enabled:
            return
        for kind, live in self.strays(registry, view, claimed):
            kept = live.id in held or Ownership.protected(kind, live) or kind.undeletable(live, view)
            if not kept:
                yield kind, live
        owners = [live for _, live in self.owned(registry, view)] if self.belongings else []
        for kind in registry:
            for read in filter(None, map(kind.belonging_to, owners)):
                for live in map(kind.live, view.tenant.find(read.collection, read.key)):
                    if live.id not in claimed and not kind.undeletable(live, view):
                        yield kind, live

    def _belonging_reads(self, registry: Registry, owner: Live) -> Iterator[Read]:
        if self.belongings:
            yield from filter(None, (kind.belonging_to(owner) for kind in registry))
