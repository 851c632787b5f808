"""Finding orphans: live objects that carry this project's label and that no manifest declares.

Pruning deletes them, and only if the project asks for it: a missing manifest alone deletes nothing.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reconciler.model.capabilities.labels import labels_of
from reconciler.planning.ownership import Ownership, other_marks
from reconciler.text.plural import counted

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from reconciler.model.kind import Kind, Registry
    from reconciler.model.live import Live
    from reconciler.model.tenant import Read
    from reconciler.model.view import View
    from reconciler.planning.plan import Change

PRUNING_OFF = "pruning is off"
"""Why every orphan of a project stays that does not prune."""


@dataclass(frozen=True, slots=True)
class Pruning:
    """``label`` marks owned objects (``None``: nothing is owned).

    ``children`` are the names of kinds without labels whose objects are pruned below owned objects.
    """

    label: str | None = None
    enabled: bool = False
    children: frozenset[str] = frozenset()
    whole: bool = True
    """Whether all manifests of the project were read: otherwise an undeclared object may be declared in another one."""

    def reads(self, registry: Registry, view: View, claimed: Collection[str]) -> Iterator[Read]:
        """Yield the reads that find the orphans, and the objects that their deletion takes along."""
        yield from (labelled for _, labelled in self._labelled(registry))
        if not self._deletes:
            return
        for kind, live in self.owned(registry, view):
            if live.id not in claimed:
                yield from kind.deletion.reads(live)
            yield from _children(self._child_kinds(registry), live)

    def readings(self, registry: Registry, view: View, pruned: Sequence[Change]) -> Iterator[Read]:
        """Yield the reads that show whether pruned objects are gone."""
        kinds = {change.kind.name: change.kind for change in pruned}
        unlabelled = [kind for kind in kinds.values() if not kind.labels]
        yield from (read for kind, read in self._labelled(registry) if kind.name in kinds or unlabelled)
        owners = {change.kind.parent_id(change.live) for change in pruned if change.live}
        for _, owner in self.owned(registry, view) if unlabelled else ():
            if owner.id in owners:
                yield from _children(unlabelled, owner)

    @property
    def _deletes(self) -> bool:
        return self.enabled and self.whole

    def owned(self, registry: Registry, view: View) -> Iterator[tuple[Kind, Live]]:
        """Yield every live object that carries our label."""
        for kind, labelled in self._labelled(registry):
            found = view.tenant.find(labelled.collection, labelled.key)
            yield from ((kind, kind.finder.live(node)) for node in found)

    def _labelled(self, registry: Registry) -> Iterator[tuple[Kind, Read]]:
        """Yield the kinds with labels, each with what reads its objects that carry our label."""
        if self.label:
            yield from ((kind, kind.labels.labelled(self.label)) for kind in registry if kind.labels)

    def orphans(self, registry: Registry, view: View, claimed: Collection[str]) -> Iterator[tuple[Kind, Live]]:
        """Yield the owned objects that no manifest declares."""
        if self.whole:
            yield from ((kind, live) for kind, live in self.owned(registry, view) if live.id not in claimed)

    def prunable(
        self,
        registry: Registry,
        view: View,
        claimed: Collection[str],
        held: Collection[str],
        released: Collection[str],
    ) -> Iterator[tuple[Kind, Live]]:
        """Yield the orphans to delete, and, if the project asks for it, the undeclared children of owned objects.

        ``held`` are the IDs of the parents of declared resources: deleting a parent would delete them too. ``released``
        are the IDs of released objects: their children without labels are released with them.
        """
        if not self._deletes:
            return
        kept = self._kept(registry, view, claimed)
        orphans = self.orphans(registry, view, claimed)
        yield from ((kind, live) for kind, live in orphans if live.id not in kept and live.id not in held)
        spared = {*kept, *released}
        owners = [live for _, live in self.owned(registry, view) if live.id not in spared]
        for kind in self._child_kinds(registry):
            for read in (read for owner in owners for read in _children([kind], owner)):
                for live in map(kind.finder.live, view.tenant.find(read.collection, read.key)):
                    if live.id not in claimed and not kind.deletion.removal(live, view).blocked:
                        yield kind, live

    def kept(self, registry: Registry, view: View, claimed: Collection[str]) -> dict[str, str]:
        """Return why each orphan is kept, by ID; orphans that their own labels protect are left out."""
        return {identifier: why for identifier, why in self._kept(registry, view, claimed).items() if why}

    def _kept(self, registry: Registry, view: View, claimed: Collection[str]) -> dict[str, str]:
        """Return why orphans are kept with their children, by ID: protected ones, and those of other projects too."""
        if not self._deletes:
            return {}
        inside = self.inside(registry, view)
        orphans = self.orphans(registry, view, claimed)
        reasons = {live.id: self._reason(kind, live, view, inside[live.id]) for kind, live in orphans}
        return {identifier: reason for identifier, reason in reasons.items() if reason is not None}

    def inside(self, registry: Registry, view: View) -> Counter[str | None]:
        """Return how many of what carries our label belongs to what, by its ID."""
        return Counter(kind.parent_id(live) for kind, live in self.owned(registry, view))

    def _reason(self, kind: Kind, live: Live, view: View, ours: int) -> str | None:
        """Return why an orphan is kept: empty if its labels protect it, ``None`` if it may be deleted."""
        others = other_marks(labels_of(live), self.label)
        if Ownership.protected(live):
            return ""
        if others:
            return f"it also carries another project's label ({', '.join(sorted(others))})"
        removal = kind.deletion.removal(live, view)
        foreign = removal.contained - ours
        if foreign > 0:
            has = counted(foreign, "object")
            return (
                f"it contains {has} that this project does not own, and deleting it would delete those too; "
                "state: absent deletes all of it"
            )
        return removal.blocked

    def _child_kinds(self, registry: Registry) -> list[Kind]:
        return [kind for kind in registry if kind.name in self.children]


def _children(kinds: Iterable[Kind], owner: Live) -> Iterator[Read]:
    """Yield what reads the objects that belong to an owned one and have no labels of their own."""
    for kind in kinds:
        read = kind.parent.children(owner) if kind.parent and kind.parent.children else None
        if read:
            yield read
