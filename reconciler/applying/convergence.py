"""The read-back: what was written is compared once more with what is there now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.manifests.graph import dependencies, in_order
from reconciler.planning.masking import Mask
from reconciler.planning.reading import refusals

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from reconciler.applying.results import Result
    from reconciler.kinds.kind import Registry, View
    from reconciler.kinds.resource import Resource
    from reconciler.planning.plan import Change


def judge(results: Iterable[Result], remaining: Iterable[Change], view: View) -> None:
    """Mark the applied changes of which something remains, field by field, and add what a person needs next.

    ``remaining`` is what a plan made after the apply would still do; ``view`` is what it was made from.
    """
    left = {change.address: change for change in remaining}
    for result in results:
        if not result.done:
            continue
        change = result.change
        live = view.live(change.address)
        if live and not change.deletes:
            result.outcome = change.kind.outcome(live)
        if result.ok and change.address in left:
            result.status = "not converged"
            result.messages += _differences(left[change.address])


def hidden(resources: Sequence[Resource], registry: Registry, view: View, results: Iterable[Result]) -> set[str]:
    """Mark the applied changes that the token may not read back; return what cannot be judged, by address.

    What refers to something that cannot be seen is as unknown.
    """
    graph = dependencies(resources, registry)
    reasons = {
        resource.address: f"the API does not let this token read {reason}"
        for resource in resources
        for reason in refusals(registry[resource.kind].reads(resource, view), view.tenant)
    }
    for resource in in_order(resources, graph, registry):
        unseen = [address for address in graph[resource.address] if address in reasons]
        if unseen:
            reasons.setdefault(resource.address, f"{unseen[0]} cannot be seen")
    for result in results:
        if result.change.address in reasons:
            unverified([result], reasons[result.change.address])
    return set(reasons)


def unverified(results: Iterable[Result], reason: str) -> None:
    """Mark the applied changes whose effect could not be read back."""
    for result in results:
        if result.done and result.ok:
            result.status = "not converged"
            result.messages.append(f"the API accepted it, but it could not be read back: {reason}")


def _differences(change: Change) -> Iterator[str]:
    mask = Mask()
    for each in change.fields:
        path = ".".join(map(str, each.path))
        if each.sensitive:
            yield f"{path}: the API accepted the secret, and does not hold it"
        else:
            yield f"{path}: declared {mask.hide(each.after)!r}, and the API holds {mask.hide(each.before)!r}"
    if not change.fields:
        yield f"still to do: {', '.join(change.actions)} ({change.reason})"
