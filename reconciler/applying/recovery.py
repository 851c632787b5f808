"""What becomes of a step that failed: it may have been carried out all the same, or somebody else was faster.

A creation is looked up first: what is there is not created again. It is sent once more only when nothing is
there; should it have been carried out in the meantime, the API refuses the second one for its name, and the first
one is found then. All other steps say what shall be, not what shall change, so they can be sent once more as they
are.

What is refused because it is there already, or not there any more, has moved since the plan was made: that is told.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reconciler.applying.duplicates import MEANWHILE
from reconciler.errors import ApiError, EndOfRun
from reconciler.manifests.graph import dependencies, select
from reconciler.model.tenant import Tenant
from reconciler.planning.prefetch import next_reads, read_rounds, refusals, view_of
from reconciler.prismatic.fetch.salvage import salvage_reads

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence

    from reconciler.applying.payload import Understood
    from reconciler.model.kind import Registry
    from reconciler.model.live import Live
    from reconciler.model.resource import Resource
    from reconciler.model.step import Step
    from reconciler.model.tenant import Identity, Node
    from reconciler.model.view import View
    from reconciler.prismatic.client import Api

    LookUp = Callable[[Collection[str]], Awaitable[Mapping[str, Sequence[Live] | str]]]
    """Addresses → the live objects that each may mean now, or why that cannot be read."""

SENT_AGAIN = "its answer was lost, so it was sent again"
FOUND = "its answer was lost, but it was carried out: the object is there"
VANISHED = "it was there when the plan was made; somebody else deleted it in the meantime, perhaps another run"
GONE = "its answer was lost, but it was carried out: the object is gone"


@dataclass(frozen=True, slots=True)
class Case:
    """A step of the change at ``address`` that failed; ``resent``: it was sent for the second time."""

    address: str
    step: Step
    understood: Understood
    resent: bool

    @property
    def worth_another_try(self) -> bool:
        return self.understood.doubtful and not self.resent

    @property
    def to_be_looked_up(self) -> bool:
        """Whether it created something, or would have if it had not been there."""
        return self.step.action == "create" and (self.understood.doubtful or self.resent or self.understood.taken)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is known now: ``done``, with the object as ``node``; or it is to be sent ``again``; or it failed.

    ``note`` is for whoever reads the results; ``failure`` says why no more is known.
    """

    done: bool = False
    again: bool = False
    node: Node | None = None
    note: str = ""
    failure: str = ""


async def resolve(cases: Sequence[Case], look_up: LookUp) -> dict[str, Verdict]:
    """Return the verdict on each case by its address.

    Raises ``EndOfRun``; any other error of a look-up is in the verdicts.
    """
    created = {case.address: case for case in cases if case.to_be_looked_up}
    verdicts = {case.address: _repeatable(case) for case in cases if case.address not in created}
    if not created:
        return verdicts
    try:
        found = await look_up(created)
    except EndOfRun:
        raise
    except ApiError as error:
        unknown = Verdict(failure=f"it could not be looked up: {error}")
        return verdicts | dict.fromkeys(created, unknown)
    return verdicts | {address: _creation(case, found[address]) for address, case in created.items()}


def _repeatable(case: Case) -> Verdict:
    if case.worth_another_try:
        return Verdict(again=True, note=SENT_AGAIN)
    if case.step.action == "create" or not case.understood.missing:
        return Verdict()
    if case.step.action == "delete" and case.resent:
        return Verdict(done=True, note=GONE)
    return Verdict(failure=VANISHED)


def _creation(case: Case, found: Sequence[Live] | str) -> Verdict:
    if isinstance(found, str):
        return Verdict(failure=f"it could not be looked up: {found}")
    if not case.understood.doubtful and not case.resent:
        return Verdict(failure=f"{MEANWHILE}: {found[0].id}; run again to go on from there") if found else Verdict()
    if len(found) == 1:
        return Verdict(done=True, node=found[0].node, note=FOUND)
    if found:
        identifiers = ", ".join(live.id for live in found)
        return Verdict(failure=f"{len(found)} live objects are meant by its manifest now: {identifiers}")
    return Verdict(again=True, note=SENT_AGAIN) if case.worth_another_try else Verdict()


@dataclass(frozen=True, slots=True)
class Finder:
    """Looks resources up in a fresh picture of the tenant, the way planning does."""

    resources: Sequence[Resource]
    registry: Registry
    identity: Identity
    api: Api

    async def __call__(self, addresses: Collection[str]) -> dict[str, Sequence[Live] | str]:
        graph = dependencies(self.resources, self.registry)
        chosen = select(self.resources, sorted(addresses), graph)
        tenant = Tenant(self.identity)
        view = view_of(tenant, chosen, self.registry)
        for reads in read_rounds(tenant, lambda: next_reads(chosen, self.registry, view)):
            await salvage_reads(self.api, tenant, reads)
        return {resource.address: self._found(resource, view) for resource in chosen if resource.address in addresses}

    def _found(self, resource: Resource, view: View) -> Sequence[Live] | str:
        kind = self.registry[resource.kind]
        reasons = refusals(kind.reads(resource, view), view.tenant)
        return reasons[0] if reasons else kind.candidates(resource, view)
