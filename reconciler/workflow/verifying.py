"""Verifying what is deployed: at any time, or after an apply what that has deployed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reconciler.errors import ReconcilerError
from reconciler.model.health import Check, Health
from reconciler.planning.orphans import Pruning
from reconciler.verifying.clock import RunClock
from reconciler.verifying.verification import Subject, Verification
from reconciler.workflow.reading import read

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from reconciler.applying.results import Result
    from reconciler.errors import EndOfRun
    from reconciler.model.kind import Registry
    from reconciler.model.resource import Resource
    from reconciler.model.tenant import Live
    from reconciler.planning.plan import Plan
    from reconciler.workflow.session import Session


@dataclass(frozen=True, slots=True)
class Verified:
    """The health of each object, in the order of the manifests; ``ended_by`` is why the run ended early, if it did."""

    healths: Sequence[Health]
    ended_by: EndOfRun | None = None


def subjects_to_verify(session: Session) -> list[Subject]:
    """Return the targets that can be verified, with their live objects; reads the tenant."""
    chosen, view = read(session, session.options.manifests.targets, Pruning())
    return subjects_of(((each, view.live(each.address)) for each in chosen), session)


def subjects_of(objects: Iterable[tuple[Resource, Live | None]], session: Session) -> list[Subject]:
    """Return the subjects among resources with their live objects: those that must be there, of kinds with health."""
    registry = session.registry
    called = _Names(registry, {each.address: each for each in session.manifests.resources})
    return [
        Subject(resource, live, kind.health, kind.spec.title(resource.spec), called.customer(resource, live))
        for resource, live in objects
        for kind in [registry[resource.kind]]
        if resource.lifecycle.managed and kind.health
    ]


@dataclass(frozen=True, slots=True)
class _Names:
    """The names of customers: as they are live, else as the manifests have them."""

    registry: Registry
    declared: Mapping[str, Resource]

    def customer(self, resource: Resource, live: Live | None) -> str:
        kind = self.registry[resource.kind]
        if kind.parent is None:
            return ""
        if live and (name := kind.parent.live_title(live)):
            return name
        if resource.membership:
            return resource.membership.customer.name
        parents = (each for each in kind.spec.references(resource.spec) if each.parent)
        owner = next((self.declared.get(each.address) for each in parents), None)
        return self.registry[owner.kind].spec.title(owner.spec) if owner else kind.parent.title(resource.spec)


def verify(
    session: Session,
    subjects: Sequence[Subject],
    progress: Callable[[Health], None] = lambda _: None,
    *,
    again: bool = False,
    run_flows: bool = True,
) -> Verified:
    """Verify the subjects: look at the evidence, run flows and follow them.

    ``again``: run flows although an earlier run succeeded. ``run_flows``: off, only what is known already counts.
    """
    connection, options = session.connection, session.options
    verification = Verification(
        connection.api,
        session.identity,
        options.connection.clock or RunClock(connection.api),
        options.known_secrets,
        again=again,
        run_flows=run_flows,
        progress=progress,
    )
    healths, ended_by = connection.run(verification.verify(subjects))
    return Verified(healths, ended_by)


def to_verify(session: Session, plan: Plan, results: Iterable[Result]) -> tuple[Sequence[Health], Sequence[Subject]]:
    """Return the healths that an apply knows already, and what it deployed and has not verified yet.

    Members of rollouts were verified before the next ones were changed. If the run is to end, nothing is left.
    """
    known = {address: each for rollout in plan.rollouts for address, each in rollout.evidence.items()}
    results = list(results)
    done = [each.health for result in results if result.done and (each := known.get(result.change.address))]
    left = [result for result in results if result.change.address not in known]
    subjects, unread = ([], []) if session.options.stop.asked else deployed(session, left)
    return [*(each for each in done if each), *unread], subjects


def deployed(session: Session, results: Sequence[Result]) -> tuple[Sequence[Subject], Sequence[Health]]:
    """Return what an apply deployed, as its read-back found it, and the health of what it cannot read.

    What failed has been reported. Declared objects that the API deployed along with a change of another one are read
    here. A read that fails makes their health inconclusive: nothing shows that they are broken.
    """
    well = [result for result in results if result.ok and result.done]
    own = {each.change.address: each for each in well if "deploy" in each.change.actions}
    objects: list[tuple[Resource, Live | None]]
    objects = [(each.change.resource, each.live) for each in own.values() if each.change.resource and each.live]
    along = sorted({address for each in well for address in each.change.redeploys} - own.keys())
    unread: list[Health] = []
    if along:
        try:
            chosen, view = read(session, along, Pruning())
            objects += [(each, view.live(each.address)) for each in chosen if each.address in along]
        except ReconcilerError as error:
            check = Check("deployed", "inconclusive", f"it cannot be read: {error}")
            unread = [Health(address, (check,)) for address in along]
    return subjects_of(objects, session), unread
