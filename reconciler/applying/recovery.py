"""Recovery of failed steps: the API may have carried one out although its answer was lost, or somebody was faster.

A creation is looked up first, so that nothing is created twice. Only when the object does not exist is the creation
sent again. If the API carries the first one out meanwhile, it refuses the second for its name, and the next look-up
finds the object. All other steps set a state rather than change it, so that sending them again does no harm.

A step that the API refuses because its object exists already, or no longer, met a change made after the plan: the
result reports that.

Two runs may create the same object at the same time: the API has no lock and no conditional write. Where names are
unique, it refuses the second creation. Where they are not, both objects exist, and only the read-back shows it. The one
that the API lists first is the older one and stays, so both runs decide alike. A run deletes only an object that it
created itself and that no other resource of the run depends on.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reconciler.applying.payload import understand
from reconciler.errors import ApiError, RequestFailed
from reconciler.manifests.graph import dependencies, select
from reconciler.model.tenant import Tenant
from reconciler.planning.prefetch import next_reads, read_rounds, refusals, view_of
from reconciler.prismatic.fetch.salvage import salvage_reads
from reconciler.prismatic.graphql.batching import Call

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence

    from reconciler.applying.payload import Understood
    from reconciler.applying.results import Result
    from reconciler.model.answers import Node
    from reconciler.model.kind import Registry
    from reconciler.model.resource import Resource
    from reconciler.model.step import Step
    from reconciler.model.tenant import Identity, Live
    from reconciler.model.view import View
    from reconciler.prismatic.client import Api

    LookUp = Callable[[Collection[str]], Awaitable[Mapping[str, Sequence[Live] | str]]]
    """Addresses → the live objects that each may mean now, or why that cannot be read."""

MEANWHILE = "somebody else created it during this run, perhaps another run"
SENT_AGAIN = "its answer was lost, so this run sent it again"
FOUND = "its answer was lost, but the API carried it out: the object exists"
VANISHED = "it existed when the plan was made; somebody else deleted it since, perhaps another run"
GONE = "its answer was lost, but the API carried it out: the object is gone"


@dataclass(frozen=True, slots=True)
class Duplicate:
    """An object that this run created (``own``), and the others that the same manifest means."""

    result: Result
    own: Live
    deletion: Step
    """How its own one is deleted."""
    others: Sequence[Live]
    stays: bool
    """Whether this run's object stays: it is the oldest, or another resource of this run depends on it."""

    @property
    def address(self) -> str:
        return self.result.change.address

    @property
    def identifiers(self) -> str:
        return ", ".join(live.id for live in self.others)


def find_duplicates(results: Sequence[Result], view: View) -> list[Duplicate]:
    """Return the objects that this run created and that exist a second time."""
    return [duplicate for result in results if (duplicate := _duplicate(result, results, view))]


def _duplicate(result: Result, results: Iterable[Result], view: View) -> Duplicate | None:
    change = result.change
    if not result.created or change.resource is None:
        return None
    found = change.kind.finder.candidates(change.resource, view)
    own = [live for live in found if live.id == result.created]
    others = [live for live in found if live.id != result.created]
    if not own or not others:
        return None
    needed = any(change.address in each.change.depends_on for each in results)
    deletion = change.kind.deletion.removal(own[0], view).step
    return Duplicate(result, own[0], deletion, others, stays=needed or found[0].id == result.created)


async def delete_duplicates(duplicates: Sequence[Duplicate], api: Api) -> None:
    """Delete this run's object of each pair unless it stays, and fail each result with what exists now."""
    going = [duplicate for duplicate in duplicates if not duplicate.stays]
    failures = await _removed(going, api)
    for duplicate, failure in zip(going, failures, strict=True):
        own, others = duplicate.own.id, duplicate.identifiers
        gone = (
            f"this run deleted its own ({own})"
            if not failure
            else f"this run could not delete its own ({own}): {failure}"
        )
        duplicate.result.fail(f"{MEANWHILE} ({others}), which stays, and {gone}; run again to continue")
    for duplicate in duplicates:
        if duplicate.stays:
            duplicate.result.fail(
                f"{MEANWHILE} ({duplicate.identifiers}); this run's own ({duplicate.own.id}) stays. Run again; if both"
                " still exist, delete one of them"
            )


async def _removed(duplicates: Sequence[Duplicate], api: Api) -> list[str]:
    """Delete them; return for each why that failed, or an empty text."""
    steps = [duplicate.deletion for duplicate in duplicates]
    try:
        answers = await api.call([Call(step.operation, {"input": step.input}) for step in steps])
    except ApiError as error:
        return [str(error)] * len(steps)
    return ["; ".join(understand(answer).failures) for answer in answers]


@dataclass(frozen=True, slots=True)
class Case:
    """A failed step of the change at ``address``; ``resent``: it was sent for the second time."""

    address: str
    step: Step
    understood: Understood
    resent: bool

    @property
    def worth_another_try(self) -> bool:
        return self.understood.doubtful and not self.resent

    @property
    def to_be_looked_up(self) -> bool:
        """Whether it created an object, or failed because the object exists."""
        return self.step.action == "create" and (self.understood.doubtful or self.resent or self.understood.taken)


@dataclass(frozen=True, slots=True)
class Resolution:
    """What to do about a failed step: it is ``done`` (with the object as ``node``), or is sent ``again``, or failed.

    ``note`` goes into the results; ``failure`` is the reason.
    """

    done: bool = False
    again: bool = False
    node: Node | None = None
    note: str = ""
    failure: str = ""


async def resolve(cases: Sequence[Case], look_up: LookUp) -> dict[str, Resolution]:
    """Return the resolution of each case by its address.

    Raises ``EndOfRun``; any other error of a look-up becomes part of the resolutions.
    """
    created = {case.address: case for case in cases if case.to_be_looked_up}
    resolutions = {case.address: _repeatable(case) for case in cases if case.address not in created}
    if not created:
        return resolutions
    try:
        found = await look_up(created)
    except RequestFailed as error:
        unknown = Resolution(failure=f"looking it up failed: {error}")
        return resolutions | dict.fromkeys(created, unknown)
    return resolutions | {address: _creation(case, found[address]) for address, case in created.items()}


def _repeatable(case: Case) -> Resolution:
    if case.worth_another_try:
        return Resolution(again=True, note=SENT_AGAIN)
    if case.step.action == "create" or not case.understood.missing:
        return Resolution()
    if case.step.action == "delete" and case.resent:
        return Resolution(done=True, note=GONE)
    return Resolution(failure=VANISHED)


def _creation(case: Case, found: Sequence[Live] | str) -> Resolution:
    if isinstance(found, str):
        return Resolution(failure=f"looking it up failed: {found}")
    if not case.understood.doubtful and not case.resent:
        return Resolution(failure=f"{MEANWHILE} ({found[0].id}); run again to continue") if found else Resolution()
    if len(found) == 1:
        return Resolution(done=True, node=found[0].node, note=FOUND)
    if found:
        identifiers = ", ".join(live.id for live in found)
        return Resolution(failure=f"{len(found)} live objects match its manifest now ({identifiers})")
    return Resolution(again=True, note=SENT_AGAIN) if case.worth_another_try else Resolution()


@dataclass(frozen=True, slots=True)
class LookUpByManifest:
    """Looks resources up in a fresh read of the tenant, the way planning does."""

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
        reasons = refusals(kind.finder.reads(resource, view), view.tenant)
        return reasons[0] if reasons else kind.finder.candidates(resource, view)
