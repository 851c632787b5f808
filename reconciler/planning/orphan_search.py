"""Strays: live objects that are ours by their label and that no manifest names any more.

Pruning deletes them, and only where the project says so: nothing is deleted just for being absent.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reconciler.planning.ownership import Ownership, other_marks

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from reconciler.model.kind import Kind, Registry
    from reconciler.model.live import Live
    from reconciler.model.tenant import Read
    from reconciler.model.view import View
    from reconciler.planning.plan import Change

PRUNING_OFF = "pruning is off"
"""Why every orphan of a project stays that does not prune."""


@dataclass(frozen=True, slots=True)
class Pruning:
    """``label`` marks what is ours (``None``: nothing is); ``belongings``: also what has no label of its own."""

    label: str | None = None
    enabled: bool = False
    belongings: bool = False
    whole: bool = True
    """Whether all the project's manifests are at hand: else what is in none of them is no stray."""

    def reads(self, registry: Registry, view: View, claimed: Collection[str]) -> Iterator[Read]:
        """Yield what must be read to know the strays, and what would go with them."""
        for kind in registry:
            labelled = kind.labelled(self.label) if self.label else None
            if labelled:
                yield labelled
        if not self._deletes:
            return
        for kind, live in self.owned(registry, view):
            if live.id not in claimed:
                yield from kind.deletion_reads(live)
            yield from self._belonging_reads(registry, live)

    def readings(self, registry: Registry, view: View, pruned: Sequence[Change]) -> Iterator[Read]:
        """Yield what must be read to know whether what was pruned is gone, as far as it can be told."""
        kinds = {change.kind.name: change.kind for change in pruned}
        unlabelled = [kind for kind in kinds.values() if not kind.ownable]
        for kind in registry:
            labelled = kind.labelled(self.label) if self.label and (kind.name in kinds or unlabelled) else None
            if labelled:
                yield labelled
        owners = {change.kind.owner_id(change.live) for change in pruned if change.live}
        for _, owner in self.owned(registry, view) if unlabelled else ():
            if owner.id in owners:
                yield from filter(None, (kind.belonging_to(owner) for kind in unlabelled))

    @property
    def _deletes(self) -> bool:
        return self.enabled and self.whole

    def owned(self, registry: Registry, view: View) -> Iterator[tuple[Kind, Live]]:
        """Yield every live object that carries our label."""
        for kind in registry:
            labelled = kind.labelled(self.label) if self.label else None
            if labelled:
                found = view.tenant.find(labelled.collection, labelled.key)
                yield from ((kind, kind.live(node)) for node in found)

    def strays(self, registry: Registry, view: View, claimed: Collection[str]) -> Iterator[tuple[Kind, Live]]:
        """Yield what is ours and in no manifest."""
        if self.whole:
            yield from ((kind, live) for kind, live in self.owned(registry, view) if live.id not in claimed)

    def prunable(
        self,
        registry: Registry,
        view: View,
        claimed: Collection[str],
        held: Collection[str],
        released: Collection[str] = (),
    ) -> Iterator[tuple[Kind, Live]]:
        """Yield the strays to delete, and, where that is asked for, the strays that belong to what is ours.

        ``held`` are the IDs of what the manifests' resources belong to: deleted, it would take them along.
        ``released`` are those of what is given up: what has no label of its own is given up with it.
        """
        if not self._deletes:
            return
        kept = self._kept(registry, view, claimed)
        yield from (
            (kind, live)
            for kind, live in self.strays(registry, view, claimed)
            if live.id not in kept and live.id not in held
        )
        spared = {*kept, *released}
        owners = [live for _, live in self.owned(registry, view) if live.id not in spared] if self.belongings else []
        for kind in registry:
            for read in filter(None, map(kind.belonging_to, owners)):
                for live in map(kind.live, view.tenant.find(read.collection, read.key)):
                    if live.id not in claimed and not kind.undeletable(live, view):
                        yield kind, live

    def kept(self, registry: Registry, view: View, claimed: Collection[str]) -> dict[str, str]:
        """Return why strays are not pruned, by their IDs, where that is not told by their labels alone."""
        return {identifier: why for identifier, why in self._kept(registry, view, claimed).items() if why}

    def _kept(self, registry: Registry, view: View, claimed: Collection[str]) -> dict[str, str]:
        """Return the strays that are left alone with all they have: the protected, and what is not ours alone."""
        if not self._deletes:
            return {}
        inside = self.inside(registry, view)
        strays = self.strays(registry, view, claimed)
        reasons = {live.id: self._reason(kind, live, view, inside[live.id]) for kind, live in strays}
        return {identifier: reason for identifier, reason in reasons.items() if reason is not None}

    def inside(self, registry: Registry, view: View) -> Counter[str | None]:
        """Return how many of what carries our label belongs to what, by its ID."""
        return Counter(kind.owner_id(live) for kind, live in self.owned(registry, view))

    def _reason(self, kind: Kind, live: Live, view: View, ours: int) -> str | None:
        """Return why a stray must stay; empty when its labels say so, ``None`` when it need not."""
        others = other_marks(kind.labels(live), self.label)
        if Ownership.protected(kind, live):
            return ""
        if others:
            return f"another project's label is on it as well ({', '.join(sorted(others))})"
        foreign = kind.contained(live, view) - ours
        if foreign > 0:
            has = "1 object that is" if foreign == 1 else f"{foreign} objects that are"
            return f"it has {has} not this project's, and would take that along; state: absent deletes all of it"
        return kind.undeletable(live, view)

    def _belonging_reads(self, registry: Registry, owner: Live) -> Iterator[Read]:
        if self.belongings:
            yield from filter(None, (kind.belonging_to(owner) for kind in registry))
