"""Verifying what is deployed: at any time, or after an apply what that has deployed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reconciler.planning.orphans import Pruning
from reconciler.verifying.clock import RunClock
from reconciler.verifying.verification import Subject, Verification
from reconciler.workflow.reading import read

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from reconciler.applying.results import Result
    from reconciler.errors import EndOfRun
    from reconciler.model.health import Health
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
    return subjects_of(((each, view.live(each.address)) for each in chosen), session.registry)


def subjects_of(objects: Iterable[tuple[Resource, Live | None]], registry: Registry) -> list[Subject]:
    """Return the subjects among resources with their live objects: those that must be there, of kinds with health."""
    return [
        Subject(resource, live, health)
        for resource, live in objects
        if resource.lifecycle.managed and (health := registry[resource.kind].health)
    ]


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
    return [each for each in done if each], [] if session.options.stop.asked else deployed(session, left)


def deployed(session: Session, results: Iterable[Result]) -> list[Subject]:
    """Return what an apply deployed, as its read-back found it. What failed before has been reported."""
    objects = (
        (result.change.resource, result.live)
        for result in results
        if result.ok and result.change.resource and result.live and "deploy" in result.change.actions
    )
    return subjects_of(objects, session.registry)
