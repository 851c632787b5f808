"""Applying a plan, and reading back what it changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.errors import ReconcilerError, UsageError
from reconciler.planning.prefetch import read_rounds, view_of
from reconciler.secrets.secret import secrets_in
from reconciler.workflow.planning import read
from reconciler.workflow.rules import rules_of_read_back

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

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
    from reconciler.applying.executor import Executor
    from reconciler.applying.recovery import LookUpByManifest

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
    from reconciler.applying.convergence import compared, hidden, mark_unconverged, unverified

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
    from reconciler.applying.duplicates import delete_duplicates, find_duplicates
    from reconciler.planning.orphans import Pruning

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
    from reconciler.applying.convergence import mark_pruned_unconverged, unverified
    from reconciler.planning.orphans import Pruning

    project, registry = session.manifests.project, session.registry
    pruning, changes = Pruning(project.ownership_label if project else None), [result.change for result in results]
    view = view_of(session.empty_tenant(), (), registry)
    try:
        for reads in read_rounds(view.tenant, lambda: pruning.readings(registry, view, changes)):
            session.connection.salvage(view.tenant, reads)
    except ReconcilerError as error:
        unverified(results, str(error))
    else:
        mark_pruned_unconverged(results, registry, view, pruning)
