"""Orphans in a plan: owned live objects that no manifest declares, pruned or kept."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from reconciler.model.diagnostic import Diagnostic
from reconciler.planning.orphan_search import PRUNING_OFF
from reconciler.planning.ownership import Ownership
from reconciler.planning.plan import Change, Orphan, observe

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator, Mapping, Sequence

    from reconciler.model.kind import Kind, Registry
    from reconciler.model.live import Live
    from reconciler.model.resource import Resource
    from reconciler.model.view import View
    from reconciler.planning.orphan_search import Pruning


@dataclass(frozen=True)
class Orphans:
    """The orphans of one plan.

    ``claimed`` maps the ID of a live object to the address of its manifest, ``holders`` to the address of a child that
    stays, ``released`` to the address of the manifest that releases it. ``titles`` are by address.
    """

    pruning: Pruning
    registry: Registry
    view: View
    claimed: Mapping[str, str]
    holders: Mapping[str, str]
    released: Mapping[str, str]
    titles: Mapping[str, str]

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
        """Why each orphan is kept, by ID; protected ones are left out."""
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
        for kind, live in self._all:
            if live.id in self._reasons:
                message = f"{live.name!r} is in no manifest and is not pruned: {self._reasons[live.id]}"
                yield Diagnostic(message, address=f"{kind.name}/{live.id}")
        for resource, live, hint in rename_hints(changes, self._all, self._pruned, self.view):
            # The address of the orphan: a plan of declared resources alone has none for it.
            yield hint.at(resource.origin, ("spec",), f"{live.kind}/{live.id}")

    def kept(self) -> Iterator[Orphan]:
        """Yield the orphans that are left alone."""
        for kind, live in self._all:
            if live.id not in self._pruned:
                protected = Ownership.protected(live)
                yield Orphan(kind.name, live.id, live.name, protected, self._why_kept(live, protected=protected))

    def _why_kept(self, live: Live, *, protected: bool) -> str:
        """Return why an orphan is not deleted."""
        if not self.pruning.enabled:
            return PRUNING_OFF
        if live.id in self._reasons:
            return self._reasons[live.id]
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
            group=self.titles.get(owner or "", "pruned"),
        )


NEAR = 60
"""How alike two names must be, of 100, where several objects are created or are in no manifest."""
MOST = 200
"""Orphans of one owner among which an old name is looked for."""


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
