"""Applying a plan, reading back what it changed, and where its connections are still to be authorized."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.applying.convergence import (
    compared,
    hidden,
    mark_pruned_unconverged,
    mark_unconverged,
    unverified,
)
from reconciler.applying.executor import Executor
from reconciler.applying.recovery import LookUpByManifest, delete_duplicates, find_duplicates
from reconciler.errors import ReconcilerError, UsageError
from reconciler.planning.orphans import Pruning
from reconciler.planning.shards import choose
from reconciler.secrets.secret import secrets_in
from reconciler.workflow.planning import read, rules_of_read_back

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from reconciler.applying.results import Result
    from reconciler.model.resource import Resource
    from reconciler.model.view import View
    from reconciler.planning.plan import Plan
    from reconciler.workflow.session import Session


def apply_plan(session: Session, plan: Plan, progress: Callable[[Result], None] | None = None) -> list[Result]:
    """Apply the plan, read back what it changed, and return a result for each change.

    A result says so where the live object is not as declared afterwards. ``progress`` is called with each result as
    soon as it is final, but for the read-back.
    """
    if plan.without_secrets:
        raise UsageError("a plan made with --without-secrets cannot be applied")
    connection, batch_size = session.connection, session.options.connection.batch_size
    # A server may quote a secret that it knows from elsewhere before we send it.
    session.options.known_secrets.add(secrets_in([step.input for change in plan for step in change.steps]))
    look_up = LookUpByManifest(session.manifests.resources, session.registry, session.identity, connection.api)
    executor = Executor(plan, connection.api, look_up, batch_size=batch_size, progress=progress)
    results = connection.run(executor.run())
    _read_back(session, results)
    return results


def _read_back(session: Session, results: Sequence[Result]) -> None:
    """Compare what was changed once more: a difference that is left did not converge.

    If one object cannot be read or understood, the results of the others stay as they are.
    """
    known = {resource.address for resource in session.manifests.resources}
    done = [result for result in results if result.done]
    _read_back_declared(session, [each for each in done if each.change.address in known])
    _read_back_pruned(session, [each for each in done if each.change.address not in known])


def _read_back_declared(session: Session, results: Sequence[Result]) -> None:
    if not results:
        return
    try:
        chosen, view = _read_without_duplicates(session, results)
        unseen = hidden(chosen, session.registry, view, results)
        chosen = [resource for resource in chosen if resource.address not in unseen]
        found = compared(chosen, session.registry, view, rules_of_read_back(session), results)
    except ReconcilerError as error:
        unverified(results, str(error))
    else:
        mark_unconverged(results, found, view)


def _read_without_duplicates(session: Session, results: Sequence[Result]) -> tuple[Sequence[Resource], View]:
    """Read what was changed, delete duplicates, and return the resources to compare with the view of their objects."""
    touched = [result.change.address for result in results]
    chosen, view = read(session, touched, Pruning(), salvaging=True)
    duplicates = find_duplicates(results, view)
    if not duplicates:
        return chosen, view
    session.connection.run(delete_duplicates(duplicates, session.connection.api))
    twice = {each.address for each in duplicates}
    left = [address for address in touched if address not in twice]
    return read(session, left, Pruning(), salvaging=True) if left else ((), view)


def _read_back_pruned(session: Session, results: Sequence[Result]) -> None:
    """Check that deleted and released objects of no manifest no longer carry the project's label."""
    registry, pruning, reading = session.registry, Pruning(session.ownership_label), session.reading(salvaging=True)
    view = reading.view()
    try:
        reading.read_all(lambda: pruning.readings(registry, view, [result.change for result in results]))
    except ReconcilerError as error:
        unverified(results, str(error))
    else:
        mark_pruned_unconverged(results, registry, view, pruning)


def authorize_urls(session: Session) -> dict[str, Mapping[str, str]]:
    """Return the authorize URLs of each resource, by name of the connection. They are secrets."""
    options, registry, reading = session.options, session.registry, session.reading()
    chosen = choose(session.manifests.resources, options.manifests.targets, registry, options.plan.shard)
    view = reading.read_for(chosen)
    pending = [
        (resource, authorization, addresses)
        for resource in chosen
        if (authorization := registry[resource.kind].authorization)
        and (live := view.live(resource.address))
        and (addresses := authorization.reads(live))
    ]
    reading.read(addresses for _, _, addresses in pending)
    return {
        resource.address: authorization.urls(node)
        for resource, authorization, addresses in pending
        for node in view.tenant.find(addresses.collection, addresses.key)
    }
