"""Orphans: live objects that carry this project's label and that no manifest declares, pruned or kept.

Pruning deletes them, and only if the project asks for it: a missing manifest alone deletes nothing.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from reconciler.model.diagnostic import Diagnostic
from reconciler.planning.ownership import Ownership, other_marks
from reconciler.planning.permissions import undeletable
from reconciler.planning.plan import Change, Orphan, observe
from reconciler.text.plural import counted

if TYPE_CHECKING:
    from collections.abc import Collection, Container, Iterable, Iterator, Mapping, Sequence

    from reconciler.model.kind import Kind, Registry
    from reconciler.model.resource import Resource
    from reconciler.model.tenant import Live, Read
    from reconciler.model.view import View

PRUNING_OFF = "pruning is off"
"""Why every orphan of a project stays that does not prune."""
NEAR = 60
"""How alike two names must be, of 100, where several objects are created or are in no manifest."""
MOST = 200
"""Orphans of one owner among which an old name is looked for."""


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
        if not self.deletes:
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
    def deletes(self) -> bool:
        """Whether orphans are deleted, and not only reported."""
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
        if not self.deletes:
            return
        kept = self.kept(registry, view, claimed)
        orphans = self.orphans(registry, view, claimed)
        yield from ((kind, live) for kind, live in orphans if live.id not in kept and live.id not in held)
        for kind, live in self.undeclared(registry, view, claimed, {*kept, *released}):
            if not hindrance(kind, live, view):
                yield kind, live

    def undeclared(
        self, registry: Registry, view: View, claimed: Collection[str], spared: Collection[str]
    ) -> Iterator[tuple[Kind, Live]]:
        """Yield the children that no manifest declares, of owned objects that are not among the ``spared``."""
        if not self.deletes:
            return
        owners = [live for _, live in self.owned(registry, view) if live.id not in spared]
        for kind in self._child_kinds(registry):
            for read in (read for owner in owners for read in _children([kind], owner)):
                for live in map(kind.finder.live, view.tenant.find(read.collection, read.key)):
                    if live.id not in claimed:
                        yield kind, live

    def kept(self, registry: Registry, view: View, claimed: Collection[str]) -> dict[str, str]:
        """Return why orphans are kept with their children, by ID; empty where their own labels protect them."""
        if not self.deletes:
            return {}
        inside = Counter(kind.parent_id(live) for kind, live in self.owned(registry, view))
        orphans = self.orphans(registry, view, claimed)
        reasons = {live.id: self._reason(kind, live, view, inside[live.id]) for kind, live in orphans}
        return {identifier: reason for identifier, reason in reasons.items() if reason is not None}

    def _reason(self, kind: Kind, live: Live, view: View, ours: int) -> str | None:
        """Return why an orphan is kept: empty if its labels protect it, ``None`` if it may be deleted."""
        others = other_marks(live.labels, self.label)
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
        return removal.blocked or undeletable(live)

    def _child_kinds(self, registry: Registry) -> list[Kind]:
        return [kind for kind in registry if kind.name in self.children]


def hindrance(kind: Kind, live: Live, view: View) -> str | None:
    """Return why an object without labels cannot be deleted, if so."""
    return kind.deletion.removal(live, view).blocked or undeletable(live)


def _children(kinds: Iterable[Kind], owner: Live) -> Iterator[Read]:
    """Yield what reads the objects that belong to an owned one and have no labels of their own."""
    for kind in kinds:
        read = kind.parent.children(owner) if kind.parent and kind.parent.children else None
        if read:
            yield read


@dataclass(frozen=True)
class Orphans:
    """The orphans of one plan.

    ``claimed`` maps the ID of a live object to the address of its manifest, ``holders`` to the address of a child that
    stays, ``released`` to the address of the manifest that releases it. ``groups`` are the names of the parents, by
    address.
    """

    pruning: Pruning
    registry: Registry
    view: View
    claimed: Mapping[str, str]
    holders: Mapping[str, str]
    released: Mapping[str, str]
    groups: Mapping[str, str]

    @cached_property
    def _all(self) -> Sequence[tuple[Kind, Live]]:
        return list(self.pruning.orphans(self.registry, self.view, self.claimed))

    @cached_property
    def _prunable(self) -> Sequence[tuple[Kind, Live]]:
        return list(self.pruning.prunable(self.registry, self.view, self.claimed, self.holders, self.released))

    @cached_property
    def _pruned(self) -> frozenset[str]:
        return frozenset(live.id for _, live in self._prunable)

    @cached_property
    def _reasons(self) -> Mapping[str, str]:
        return self.pruning.kept(self.registry, self.view, self.claimed)

    def deletions(self) -> Iterator[Change]:
        """Yield a change for each orphan that the plan prunes."""
        addresses = {live.id: f"{kind.name}/{live.id}" for kind, live in self._prunable} | dict(self.claimed)
        for kind, live in self._prunable:
            yield self._deletion(kind, live, addresses)

    def warnings(self, changes: Sequence[Change]) -> Iterator[Diagnostic]:
        """Yield the warnings: what pruning deletes along, which orphans are kept, and which may be renames."""
        for kind, live in self._prunable:
            address = f"{kind.name}/{live.id}"
            warnings = kind.deletion.removal(live, self.view).warnings
            yield from (Diagnostic(message, address=address) for message in warnings)
        spared = {*self._reasons, *self.released}
        children = self.pruning.undeclared(self.registry, self.view, self.claimed, spared)
        not_pruned = [(kind, live, self._reasons.get(live.id)) for kind, live in self._all]
        not_pruned += [(kind, live, hindrance(kind, live, self.view)) for kind, live in children]
        for kind, live, reason in not_pruned:
            if reason:
                message = f"{live.name!r} is in no manifest and is not pruned: {reason}"
                yield Diagnostic(message, address=f"{kind.name}/{live.id}")
        for resource, live, hint in rename_hints(changes, self._all, self._pruned, self.view):
            # The address of the orphan: a plan of declared resources alone has none for it.
            yield hint.at(resource.origin, ("spec",), f"{live.kind}/{live.id}")

    def kept(self) -> Iterator[Orphan]:
        """Yield the orphans that are left alone."""
        for kind, live in self._all:
            if live.id not in self._pruned:
                protected = Ownership.protected(live)
                why = self._why_kept(live, protected=protected)
                yield Orphan(kind.name, live.id, live.name, protected, why, kind.group_of(live))

    def _why_kept(self, live: Live, *, protected: bool) -> str:
        if not self.pruning.enabled:
            return PRUNING_OFF
        if reason := self._reasons.get(live.id):
            return reason
        if protected:
            return "it is protected"
        return f"{self.holders.get(live.id, 'a declared resource')} belongs to it"

    def _deletion(self, kind: Kind, live: Live, addresses: Mapping[str, str]) -> Change:
        owner = addresses.get(kind.parent_id(live) or "")
        removal = kind.deletion.removal(live, self.view)
        return Change(
            address=addresses[live.id],
            kind=kind,
            name=live.name,
            actions=("delete",),
            reason="it carries this project's label and is in no manifest (prune)"
            if kind.labels
            else "its owner belongs to this project, and no manifest declares it (prune)",
            steps=(removal.step,),
            live=live,
            observed=observe(kind, live, removal.observed),
            depends_on=(owner,) if owner else (),
            group=self.groups.get(owner or "") or kind.group_of(live),
        )


def rename_hints(
    changes: Iterable[Change], orphans: Iterable[tuple[Kind, Live]], deleted: Container[str], view: View
) -> Iterator[tuple[Resource, Live, Diagnostic]]:
    """Yield for each creation the orphan that is probably the same object under its old name, with a diagnostic.

    ``deleted`` are the IDs of the orphans that the plan deletes.
    """
    left: dict[tuple[str, str | None], list[Live]] = defaultdict(list)
    for kind, live in orphans:
        if kind.names:
            left[kind.name, kind.parent_id(live)].append(live)
    if not left:
        return
    made: dict[tuple[str, str | None], list[Resource]] = defaultdict(list)
    for change in changes:
        if change.live is None and change.resource is not None:
            made[change.kind.name, change.kind.parent_id_of(change.resource, view)].append(change.resource)
    for key, resources in made.items():
        for resource in resources if key in left else ():
            former = _former(resource.spec["name"], left[key], alone=len(resources) == 1)
            if former:
                yield resource, former, _hint(resource, former, deleted=former.id in deleted)


def _former(name: str, orphans: Sequence[Live], *, alone: bool) -> Live | None:
    """Return the orphan that a name probably belongs to; the only one where one object alone is created."""
    from rapidfuzz import process, utils

    if alone and len(orphans) == 1:
        return orphans[0]
    names = [live.name for live in orphans[:MOST]]
    found = process.extractOne(name, names, processor=utils.default_process, score_cutoff=NEAR)
    return orphans[found[2]] if found else None


def _hint(resource: Resource, live: Live, *, deleted: bool) -> Diagnostic:
    fate = "is deleted" if deleted else "stays"
    message = (
        f"{resource.spec['name']!r} is created, and {live.name!r} ({live.id}), which is in no manifest, {fate}; this "
        f"looks like a rename: if it is one, add lifecycle.renamedFrom: [{json.dumps(live.name, ensure_ascii=False)}], "
        "which keeps the object"
    )
    return Diagnostic(message, path=("name",))
