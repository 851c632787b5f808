"""Carrying a plan out, and reading back what came of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.errors import ReconcilerError, UsageError
from reconciler.model.tenant import Tenant
from reconciler.planning.prefetch import read_rounds, view_of
from reconciler.secrets.secret import secrets_in
from reconciler.workflow.planning import read
from reconciler.workflow.rules import rules_of_read_back

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from reconciler.applying.results import Result
    from reconciler.manifests.result import Manifests
    from reconciler.options import Options
    from reconciler.planning.plan import Plan
    from reconciler.prismatic.connection import Connection


def apply_plan(
    options: Options,
    plan: Plan,
    manifests: Manifests,
    connection: Connection,
    progress: Callable[[Result], None] | None = None,
) -> list[Result]:
    """Carry the plan out, read back what was touched, and report what did not become as declared."""
    from reconciler.applying.executor import Executor
    from reconciler.applying.recovery import Finder

    if plan.without_secrets:
        raise UsageError("a plan made with --without-secrets cannot be applied")
    # A server may quote what it has from elsewhere before we send it.
    options.known_secrets.add(secrets_in([step.input for change in plan for step in change.steps]))
    finder = Finder(manifests.resources, options.registry, connection.identity, connection.api)
    executor = Executor(plan, connection.api, finder, batch_size=options.batch_size, progress=progress)
    results = connection.run(executor.run())
    _read_back(options, manifests, connection, results)
    return results


def _read_back(options: Options, manifests: Manifests, connection: Connection, results: Sequence[Result]) -> None:
    """Compare once more what was touched: whatever is left did not converge.

    One object that cannot be read, or not understood, leaves what is known of the others as it is.
    """
    known = {resource.address for resource in manifests.resources}
    done = [result for result in results if result.done]
    _read_back_declared(options, manifests, connection, [each for each in done if each.change.address in known])
    _read_back_pruned(options, manifests, connection, [each for each in done if each.change.address not in known])


def _read_back_declared(
    options: Options, manifests: Manifests, connection: Connection, results: Sequence[Result]
) -> None:
    from reconciler.applying.convergence import compared, hidden, mark_unconverged, unverified
    from reconciler.applying.duplicates import find_doubles, settle_doubles
    from reconciler.planning.orphan_search import Pruning

    rules = rules_of_read_back(options, manifests)
    touched = [result.change.address for result in results]
    if not touched:
        return
    try:
        chosen, view = read(options, manifests, connection, touched, Pruning(), salvaging=True)
        doubles = find_doubles(results, view)
        if doubles:
            connection.run(settle_doubles(doubles, connection.api))
            touched = [address for address in touched if address not in {each.address for each in doubles}]
            if touched:
                chosen, view = read(options, manifests, connection, touched, Pruning(), salvaging=True)
        unseen = hidden(chosen, options.registry, view, results)
        chosen = [resource for resource in chosen if touched and resource.address not in unseen]
        found = compared(chosen, options.registry, view, rules, results)
    except ReconcilerError as error:
        unverified(results, str(error))
    else:
        mark_unconverged(results, found.changes, view)
        for result in results:
            result.compared = found.compared.get(result.change.address)


def _read_back_pruned(
    options: Options, manifests: Manifests, connection: Connection, results: Sequence[Result]
) -> None:
    """Look whether what was deleted or given up, and is in no manifest, still carries the project's label."""
    from reconciler.applying.convergence import mark_pruned_unconverged, unverified
    from reconciler.planning.orphan_search import Pruning

    label = manifests.project.ownership_label if manifests.project else None
    pruning, changes = Pruning(label), [result.change for result in results]
    view = view_of(Tenant(connection.identity), (), options.registry)
    try:
        for reads in read_rounds(view.tenant, lambda: pruning.readings(options.registry, view, changes)):
            connection.salvage(view.tenant, reads)
    except ReconcilerError as error:
        unverified(results, str(error))
    else:
        mark_pruned_unconverged(results, options.registry, view, pruning)
