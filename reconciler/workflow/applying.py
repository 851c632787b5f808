"""Carrying a plan out, and reading back what came of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.errors import ReconcilerError, UsageError
from reconciler.workflow.planning import read
from reconciler.workflow.rules import pruning_of, rules_of_read_back

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from reconciler.applying.results import Result
    from reconciler.manifests import Manifests
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
    finder = Finder(manifests.resources, options.registry, connection.identity, connection.api)
    executor = Executor(plan, connection.api, finder, batch_size=options.batch_size, progress=progress)
    results = connection.run(executor.run())
    _read_back(options, manifests, connection, results)
    return results


def _read_back(options: Options, manifests: Manifests, connection: Connection, results: Sequence[Result]) -> None:
    """Plan once more what was touched: whatever is left did not converge."""
    from reconciler.applying.convergence import hidden, judge, unverified
    from reconciler.applying.doubles import find_doubles, settle_doubles
    from reconciler.planning.planner import Findings, find_changes
    from reconciler.planning.pruning import Pruning

    touched = [result.change.address for result in results if result.done]
    if not touched:
        return
    known = {resource.address for resource in manifests.resources}
    # What was pruned is in no manifest: that it is gone only the whole comparison tells.
    whole = manifests.project is not None and not known.issuperset(touched)
    pruning = pruning_of(manifests, options.targets) if whole else Pruning()
    try:
        chosen, view = read(options, manifests, connection, options.targets if whole else touched, pruning)
        doubles = find_doubles(results, view)
        if doubles:
            connection.run(settle_doubles(doubles, connection.api))
            touched = [address for address in touched if address not in {each.address for each in doubles}]
            if touched:
                chosen, view = read(options, manifests, connection, touched, Pruning())
        unseen = hidden(chosen, options.registry, view, results)
        chosen = [resource for resource in chosen if resource.address not in unseen]
        rules = rules_of_read_back(options, manifests, pruning)
        found = find_changes(chosen, options.registry, view, rules) if touched else Findings()
    except ReconcilerError as error:
        unverified(results, str(error))
    else:
        judge(results, found.changes, view)
        for result in results:
            result.compared = found.compared.get(result.change.address)
