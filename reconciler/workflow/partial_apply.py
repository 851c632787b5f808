"""Applying a part of a plan, and reading back what it changed."""

from __future__ import annotations

import sys
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from reconciler.applying.convergence import (
    compared,
    hidden,
    mark_pruned_unconverged,
    mark_unconverged,
    unverified,
)
from reconciler.applying.executor import BatchSize, Executor
from reconciler.applying.failure_limit import MAX_FAILURES, FailureLimit
from reconciler.applying.recovery import LookUpByManifest, delete_duplicates, find_duplicates
from reconciler.errors import EndOfRun, ReconcilerError
from reconciler.planning.orphans import Pruning
from reconciler.workflow.planning import rules_of_read_back
from reconciler.workflow.reading import read
from reconciler.workflow.rehearsal import rehearse

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from reconciler.applying.results import Result
    from reconciler.model.resource import Resource
    from reconciler.model.view import View
    from reconciler.planning.findings import Findings
    from reconciler.planning.plan import Change, Plan
    from reconciler.workflow.session import Session


class PartialApply:
    """Applies a plan in parts, one after another, as one run.

    ``ids`` are the IDs of all objects so far, by address. ``ended_by`` is why the run ended early.

    Before the first mutation, the API is asked to check all that the plan needs (``rehearsal.py``).
    """

    def __init__(self, session: Session, plan: Plan, progress: Callable[[Result], None] | None = None) -> None:
        self.session = session
        self.plan = plan
        self.progress = progress or (lambda _: None)
        self.ids = dict(plan.live_ids)
        self.ended_by: EndOfRun | None = None
        self._batch = BatchSize(session.options.connection.batch_size)
        self._limit = _limit_of(session)
        self._rehearsed = False

    def apply(self, changes: Sequence[Change], *, quietly: bool = False) -> list[Result]:
        """Apply some changes; the others that they depend on come before.

        ``quietly``: show no progress, and let no failure end the run: the changes put right what failed before.
        Raises ``PlanRefused``, with nothing written, where the API lacks what the plan needs.
        """
        ended_by = self._rehearse(changes)
        session, part = self.session, replace(self.plan, changes=tuple(changes), live_ids=self.ids)
        api = session.connection.api
        look_up = LookUpByManifest(session.manifests.resources, session.registry, session.identity, api)
        limit, progress = (FailureLimit(sys.maxsize), None) if quietly else (self._limit, self.progress)
        executor = Executor(part, api, look_up, batch=self._batch, limit=limit, progress=progress)
        executor.ended_by = ended_by
        results = session.connection.run(executor.run())
        self.ids.update(executor.ids)
        self.ended_by = executor.ended_by
        return results

    def _rehearse(self, changes: Sequence[Change]) -> EndOfRun | None:
        """Before the first mutation, let the API check those of the plan and of ``changes``.

        Return why the run ended meanwhile.
        """
        if self._rehearsed or not any(change.steps for change in changes):
            return None
        try:
            rehearse(self.session, [step for change in (*self.plan, *changes) for step in change.steps])
        except EndOfRun as error:
            return error
        self._rehearsed = True
        return None


def _limit_of(session: Session) -> FailureLimit:
    """Return the limit of the command line, else that of the project, else the usual one."""
    project = session.manifests.project
    stated = session.options.plan.max_failures or (project.guardrails.max_failures if project else None)
    return FailureLimit(stated or MAX_FAILURES)


def read_back(session: Session, results: Sequence[Result]) -> ReadBack | None:
    """Compare what was changed once more: a difference that is left did not converge.

    If one object cannot be read or understood, the results of the others stay as they are. Return what was read of the
    declared ones, ``None`` if nothing was.
    """
    known = {resource.address for resource in session.manifests.resources}
    done = [result for result in results if result.done]
    found = _read_back_declared(session, [each for each in done if each.change.address in known])
    _read_back_pruned(session, [each for each in done if each.change.address not in known])
    return found


@dataclass(frozen=True, slots=True)
class ReadBack:
    """What a read-back found: the view of the tenant, and the comparison."""

    view: View
    found: Findings


def _read_back_declared(session: Session, results: Sequence[Result]) -> ReadBack | None:
    if not results:
        return None
    try:
        chosen, view = _read_without_duplicates(session, results)
        unseen = hidden(chosen, session.registry, view, results)
        chosen = [resource for resource in chosen if resource.address not in unseen]
        found = compared(chosen, session.registry, view, rules_of_read_back(session), results)
    except ReconcilerError as error:
        unverified(results, str(error))
        return None
    mark_unconverged(results, found, view)
    return ReadBack(view, found)


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
    if not results:
        return
    registry, pruning, reading = session.registry, Pruning(session.ownership_label), session.reading(salvaging=True)
    view = reading.view()
    try:
        reading.read_all(lambda: pruning.readings(registry, view, [result.change for result in results]))
    except ReconcilerError as error:
        unverified(results, str(error))
    else:
        mark_pruned_unconverged(results, registry, view, pruning)


def existing(session: Session, pruned: Sequence[Change]) -> frozenset[str]:
    """Return the IDs of what still belongs to the owners of objects that are to be pruned.

    Raises ``ReconcilerError`` if it cannot be read.
    """
    registry, pruning, reading = session.registry, Pruning(session.ownership_label), session.reading()
    view = reading.view()
    reading.read_all(lambda: pruning.readings(registry, view, pruned))
    reads = pruning.readings(registry, view, pruned)
    return frozenset(node.id for each in reads for node in view.tenant.find(each.collection, each.key))
