"""Releasing single objects: taking this project's labels off, also if manifests still declare the objects."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from reconciler.errors import PlanRefused, StalePlan, UsageError
from reconciler.manifests.graph import dependencies, select
from reconciler.model.diagnostic import Diagnostic
from reconciler.planning.findings import Findings
from reconciler.planning.orphans import Pruning
from reconciler.planning.ownership import PROTECTED, PROTECTION_ENDS, Ownership, other_marks, release_change
from reconciler.planning.prefetch import refusals
from reconciler.text.suggest import MOST_LISTED, Suggestions
from reconciler.workflow.planning import plan_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reconciler.model.kind import Kind
    from reconciler.model.resource import Resource
    from reconciler.model.tenant import Live
    from reconciler.planning.plan import Plan
    from reconciler.workflow.session import Session

NOTHING_OWNED = (
    "nothing is owned here, so there is nothing to forget: labels are kept only with a Project whose ownership is not "
    "'none' (reconciler.yaml)"
)
STILL_DECLARED = (
    "its manifest still declares it, so the next apply would make it this project's again; remove the manifest, or add "
    "lifecycle: {state: unmanaged} to it"
)
NO_LABELS = (
    "objects of the kind {} carry no labels, so there is nothing to take off; to give it up, remove its manifest"
)
_ADDRESS = re.compile(r"([A-Za-z]+/)?[a-z0-9][a-z0-9._-]*")
"""The form of an address, or of a handle."""
NOT_OWNED = "it carries no label of this project, so there is nothing to take off"


def plan_to_forget(session: Session, names: Sequence[str]) -> tuple[Plan, Session]:
    """Return the plan that takes this project's labels off the named objects.

    The session to apply it with has manifests that give up what the plan releases.

    A name is an address of the manifests, an ID, or a kind and an ID (``Customer/Q3Vz…``), as ``drift`` lists them.
    Raises ``PlanRefused`` with every name that is unknown, or whose object another project owns.
    """
    manifests, label = session.manifests, session.ownership_label
    if label is None:
        raise UsageError(NOTHING_OWNED)
    search = _Search(session, Pruning(label), names)
    for name in dict.fromkeys(names):
        search.consider(name)
    if search.problems:
        raise PlanRefused(search.problems)
    search.note_left_behind()
    given_up = {change.address for change in search.found.changes if change.resource}
    resources = tuple(_given_up(each) if each.address in given_up else each for each in manifests.resources)
    released = replace(session, manifests=replace(manifests, resources=resources))
    return plan_of(released, search.found), released


def check_still_so(plan: Plan, session: Session, names: Sequence[str]) -> None:
    """Raise ``StalePlan`` if an object changed since it was shown: label sets are written whole."""
    shown = {change.address: change.observed for change in plan}
    now = {change.address: change.observed for change in plan_to_forget(session, names)[0]}
    moved = [address for address in dict.fromkeys([*shown, *now]) if shown.get(address) != now.get(address)]
    if moved:
        raise StalePlan(Diagnostic(f"{address}: the live object was changed since it was shown") for address in moved)


def _given_up(resource: Resource) -> Resource:
    return replace(resource, lifecycle=replace(resource.lifecycle, absent=False, unmanaged=True))


class _Search:
    """Finds the objects that the names mean, and collects changes, warnings and problems."""

    def __init__(self, session: Session, pruning: Pruning, names: Sequence[str]) -> None:
        """Read the owned objects and those of the manifests: of all manifests, unless only addresses are named."""
        self.session, self.pruning = session, pruning
        self.found = Findings()
        self.problems: list[Diagnostic] = []
        self.released: set[str] = set()
        """The IDs of the live objects to release."""
        self.declared = {resource.address: resource for resource in session.manifests.resources}
        # A released object is found, but not compared, so fewer reads are needed.
        resources = [_given_up(resource) for resource in session.manifests.resources]
        if self.declared.keys() >= set(names):
            resources = select(resources, list(names), dependencies(resources, session.registry))
        self.view = session.reading().read_for(resources, pruning)
        self.meant: dict[str, str] = {}
        """By the ID of a live object: the address of the manifest that declares it."""
        for resource in resources:
            live = self.view.live(resource.address)
            if live:
                self.meant.setdefault(live.id, resource.address)
        self.owned = {live.id: (kind, live) for kind, live in pruning.owned(session.registry, self.view)}
        """By ID: the objects that carry this project's label."""

    def consider(self, name: str) -> None:
        kind, _, rest = name.partition("/")
        identifier = rest if kind in self.session.registry.kinds else name
        address = name if name in self.declared else self.meant.get(identifier)
        if address:
            self._declared(self.declared[address])
        elif identifier in self.owned:
            self._release(*self.owned[identifier])
        else:
            self._elsewhere(name, identifier)

    def _declared(self, resource: Resource) -> None:
        kind = self.session.registry[resource.kind]
        given_up = _given_up(resource)
        unseen = refusals(kind.finder.reads(given_up, self.view), self.view.tenant)
        unclear = [each.message for each in (kind.parent.unclear(given_up, self.view) if kind.parent else ())]
        candidates = kind.finder.candidates(given_up, self.view)
        if len(candidates) > 1:
            names = ", ".join(f"{live.name!r} ({live.id})" for live in candidates)
            unclear.append(f"{len(candidates)} live objects are meant by this manifest: {names}; name one by its ID")
        for message in [*unseen, *unclear]:
            self.problems.append(Diagnostic(f"{resource.address}: {message}", resource.origin.start))
        if unseen or unclear:
            return
        if not resource.lifecycle.unmanaged:
            self._warn(STILL_DECLARED, resource.address, resource)
        if not candidates:
            self._nothing("there is no live object of it", resource.address, resource)
        elif not kind.labels:
            self._nothing(NO_LABELS.format(kind.name), resource.address, resource)
        else:
            self._release(kind, candidates[0], given_up)

    def _elsewhere(self, name: str, identifier: str) -> None:
        """Look up an ID that no owned object has: another project's, or one that was released already."""
        reads = [(kind, kind.labels.by_id(identifier)) for kind in self.session.registry if kind.labels]
        self.session.connection.salvage(self.view.tenant, [read for _, read in reads])
        for kind, read in reads:
            for node in self.view.tenant.find(read.collection, read.key):
                self._release(kind, kind.finder.live(node))
                return
        missing = "no manifest has this address, and nothing that a project could own has this ID"
        self.problems.append(Diagnostic(f"{name}: {missing}; {self._meant(name)}{self._listed()}"))

    def _meant(self, name: str) -> str:
        """Return a suggestion for a mistyped address; none for an ID, because similar IDs mean nothing."""
        if not _ADDRESS.fullmatch(name):
            return ""
        by_handle = [address for address in self.declared if address.partition("/")[2] == name]
        near = by_handle or filter(None, [Suggestions(self.declared).nearest(name)])
        found = " or ".join(map(repr, near))
        return f"did you mean {found}? " if found else ""

    def _listed(self) -> str:
        """Return a list of the orphans that only this project owns."""
        listed = sorted(
            (kind.name, live.name, live.id)
            for kind, live in self.owned.values()
            if live.id not in self.meant and not other_marks(live.labels, self.pruning.label)
        )
        shown = ", ".join(f"{called!r} ({kind}/{identifier})" for kind, called, identifier in listed[:MOST_LISTED])
        more = len(listed) - MOST_LISTED
        rest = f" and {more} more" if more > 0 else ""
        return f"owned by this project and not declared (drift -v has their IDs): {shown or 'nothing'}{rest}"

    def _release(self, kind: Kind, live: Live, resource: Resource | None = None) -> None:
        """Add the change that releases an object, or the reason why it is not released."""
        address = resource.address if resource else f"{kind.name}/{live.id}"
        others = other_marks(live.labels, self.pruning.label)
        if others:
            place = resource.origin.start if resource else None
            message = f"{address}: {live.name!r} belongs to another project ({', '.join(sorted(others))})"
            self.problems.append(Diagnostic(f"{message}; only that project's manifests give it up", place))
            return
        if live.id in self.released:
            return
        self.released.add(live.id)
        claim = Ownership(self.pruning.label).release(kind, live)
        if not claim.unwanted:
            self._nothing(NOT_OWNED, address, resource)
            return
        if PROTECTED in claim.unwanted:
            self._warn(PROTECTION_ENDS, address, resource)
        declared = (kind.parent or kind.spec).title(resource.spec) if resource else ""
        self.found.changes.append(
            release_change(
                kind,
                live,
                claim,
                address=address,
                why="it is to be forgotten",
                resource=resource,
                group=(kind.parent.live_title(live) if kind.parent else live.name) or declared or live.name,
            )
        )

    def note_left_behind(self) -> None:
        """Warn about children of a released object that stay this project's."""
        stay = Counter(kind.parent_id(live) for kind, live in self.owned.values() if live.id not in self.released)
        for change in self.found.changes:
            count = stay[change.live.id] if change.live else 0
            if count:
                what = "1 object of it stays" if count == 1 else f"{count} objects of it stay"
                self._warn(f"{what} this project's, by labels of their own", change.address, change.resource)

    def _nothing(self, message: str, address: str, resource: Resource | None) -> None:
        self.found.unchanged += 1
        self._warn(message, address, resource)

    def _warn(self, message: str, address: str, resource: Resource | None) -> None:
        self.found.warnings.append(Diagnostic(message, resource.origin.start if resource else None, address))
