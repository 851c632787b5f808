"""The read-back: compare what an apply wrote with what the API holds now.

HTTP 200 and an empty ``errors`` do not prove that a value arrived: the API drops some inputs without a word.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.manifests.graph import dependencies, in_order, select
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.place import dotted
from reconciler.planning.findings import Findings
from reconciler.planning.masking import Mask
from reconciler.planning.planner import find_all
from reconciler.planning.prefetch import refusals
from reconciler.secrets.secret import Secret, contains

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from reconciler.applying.results import Result
    from reconciler.model.kind import Registry
    from reconciler.model.resource import Resource
    from reconciler.model.view import View
    from reconciler.planning.orphans import Pruning
    from reconciler.planning.plan import Change
    from reconciler.planning.rules import Rules

BROKEN = (AttributeError, LookupError, TypeError, ValueError)
"""What a comparison raises for a value of a type that the schema excludes."""


def mark_unconverged(results: Iterable[Result], found: Findings, view: View) -> None:
    """Mark the applied changes that left a difference, field by field, and add each object's outcome.

    ``found`` are the findings of a plan made after the apply, from ``view``. Its comparisons are kept in the results.
    """
    left = {change.address: change for change in found.changes}
    for result in results:
        change = result.change
        result.compared = found.compared.get(change.address)
        if not result.done:
            continue
        live = view.live(change.address)
        if live and not change.deletes:
            next_steps = change.kind.follow_up.outcome(live) if change.kind.follow_up else {}
            result.outcome = {"id": live.id, **next_steps}
            result.live = live
        if result.ok and change.address in left:
            result.status = "not converged"
            result.messages += _differences(left[change.address])


def hidden(resources: Sequence[Resource], registry: Registry, view: View, results: Iterable[Result]) -> set[str]:
    """Mark the applied changes that cannot be read back; return the addresses that cannot be compared.

    A resource that refers to an unreadable one cannot be compared either.
    """
    graph = dependencies(resources, registry)
    reasons = {
        resource.address: reason
        for resource in resources
        for reason in refusals(registry[resource.kind].finder.reads(resource, view), view.tenant)
    }
    for resource in in_order(resources, graph, registry):
        unseen = [address for address in graph[resource.address] if address in reasons]
        if unseen:
            reasons.setdefault(resource.address, f"{unseen[0]} cannot be seen")
    for result in results:
        if result.change.address in reasons:
            unverified([result], reasons[result.change.address])
    return set(reasons)


def compared(
    resources: Sequence[Resource], registry: Registry, view: View, rules: Rules, results: Iterable[Result]
) -> Findings:
    """Compare the resources again; mark the applied changes whose objects cannot be compared with their manifests.

    Where one broken object makes the comparison of all fail, each resource is compared alone, which finds the broken
    one.
    """
    try:
        found = find_all(resources, registry, view, rules)
    except BROKEN:
        found = _one_by_one(resources, registry, view, rules)
    for result in results:
        problems = found.wrong.get(result.change.address)
        if problems:
            unverified([result], "; ".join(problem.message for problem in problems))
    return found


def _one_by_one(resources: Sequence[Resource], registry: Registry, view: View, rules: Rules) -> Findings:
    graph, found = dependencies(resources, registry), Findings()
    for resource in resources:
        address = resource.address
        try:
            each = find_all(select(resources, [address], graph), registry, view, rules)
        except BROKEN as error:
            found.wrong[address] = [Diagnostic(f"the API's answer cannot be understood ({type(error).__name__})")]
            continue
        found.changes += [change for change in each.changes if change.address == address]
        found.wrong |= {key: value for key, value in each.wrong.items() if key == address}
        found.compared |= {key: value for key, value in each.compared.items() if key == address}
    return found


def mark_pruned_unconverged(results: Sequence[Result], registry: Registry, view: View, pruning: Pruning) -> None:
    """Mark the deletions of orphans that still exist, or that cannot be read back."""
    for result in results:
        change = result.change
        reads = list(pruning.readings(registry, view, [change]))
        gaps = [gap for read in reads if (gap := view.tenant.gap(read))]
        there = {node.id for read in reads for node in view.tenant.find(read.collection, read.key)}
        there = there.union(*(gap.ids for gap in gaps))
        unknown = [*refusals(reads, view.tenant), *(gap.reason for gap in gaps if gap.nameless)]
        if result.ok and change.live and change.live.id in there:
            result.status = "not converged"
            result.messages.append(f"still to do: {', '.join(change.actions)} ({change.reason})")
        elif unknown:
            unverified([result], unknown[0])


def unverified(results: Iterable[Result], reason: str) -> None:
    """Mark the applied changes that cannot be read back."""
    for result in results:
        if result.done and result.ok:
            result.status = "not converged"
            result.unreached = True
            result.messages.append(f"the API accepted it, but the read-back failed: {reason}")


def _differences(change: Change) -> Iterator[str]:
    mask = Mask()
    for each in change.fields:
        path = dotted(each.path)
        if each.sensitive and (each.after is None or contains(each.after, Secret)):
            yield f"{path}: the API accepted the secret but does not hold it"
        else:
            yield f"{path}: declared {mask.hide(each.after)!r}, but the API holds {mask.hide(each.before)!r}"
    if not change.fields:
        yield f"still to do: {', '.join(change.actions)} ({change.reason})"
