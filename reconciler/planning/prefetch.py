"""What has to be read before a plan can be made: asked of the kinds until none asks for more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.manifests.checks.renames import renames
from reconciler.model.pins import Pins
from reconciler.model.view import View

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from reconciler.model.kind import Registry
    from reconciler.model.live import Live
    from reconciler.model.resource import Resource
    from reconciler.model.tenant import Read, Tenant
    from reconciler.planning.orphan_search import Pruning

NOTHING_PINNED = Pins()


def view_of(tenant: Tenant, resources: Iterable[Resource], registry: Registry, pins: Pins = NOTHING_PINNED) -> View:
    """Return what the kinds see of a tenant: its objects, and which of them is meant by an address."""
    by_address = {resource.address: resource for resource in resources}
    renaming = renames(by_address.values(), registry)
    known: dict[str, Live | None] = {}

    def live(address: str) -> Live | None:
        if address not in known and address in by_address:
            known[address] = None  # for whoever asks on the way, in a circle of renames
            resource = by_address[address]
            candidates = registry[resource.kind].candidates(resource, view)
            known[address] = candidates[0] if len(candidates) == 1 else None
        return known.get(address)

    def taken_along(address: str) -> frozenset[str]:
        return frozenset(found.id for each in renaming.get(address, ()) if (found := live(each)))

    view = View(tenant, live, pins, taken_along)
    return view


def read_for(
    resources: Sequence[Resource],
    registry: Registry,
    tenant: Tenant,
    read: Callable[[Tenant, Sequence[Read]], None],
    pruning: Pruning | None = None,
    pins: Pins = NOTHING_PINNED,
) -> View:
    """Fill the tenant with what planning the resources needs, round by round, and return the view of it.

    ``read`` carries out the reads. ``pruning``: also what is ours and perhaps in no manifest.
    """
    view = view_of(tenant, resources, registry, pins)
    while missing := unanswered(resources, registry, view, pruning, checks=True):
        read(tenant, missing)
        view = view_of(tenant, resources, registry, pins)
    return view


def unanswered(
    resources: Sequence[Resource],
    registry: Registry,
    view: View,
    pruning: Pruning | None = None,
    *,
    checks: bool = False,
) -> list[Read]:
    """Return what has to be read next, as far as it can be told from what is known; nothing when all is known.

    ``checks``: also what is read only to check the resources.

    What is ours is asked for together with the look-ups of the same collection, so that whoever reads can answer
    both by one listing; where there are none, it comes last.
    """
    asked = dict.fromkeys(each for resource in resources for each in registry[resource.kind].reads(resource, view))
    missing = [each for each in asked if not view.tenant.answered(each)]
    if pruning:
        due = {each.collection for each in missing}
        claimed = {live.id for resource in resources if (live := view.live(resource.address))}
        more = dict.fromkeys(each for each in pruning.reads(registry, view, claimed) if each not in asked)
        missing += (each for each in more if not view.tenant.answered(each) and (not due or each.collection in due))
    if checks and not missing:
        # Last, for what is live and what is to be created is known only when all else is read.
        wanted = dict.fromkeys(each for one in resources for each in registry[one.kind].check_reads(one, view))
        missing = [each for each in wanted if not view.tenant.answered(each)]
    return missing


def refusals(reads: Iterable[Read], tenant: Tenant) -> list[str]:
    """Return why what was asked for cannot be seen, each reason once: whole sentences."""
    if tenant.open:
        return []
    return list(dict.fromkeys(reason for read in reads if (reason := _unseen(read, tenant))))


def _unseen(read: Read, tenant: Tenant) -> str | None:
    refusal, gap = tenant.refusal(read), tenant.gap(read)
    if refusal:
        return f"the API does not let this token read {refusal}"
    if gap is None:
        return None
    found = tenant.all(read.collection) if read.key is None else tenant.find(read.collection, read.key)
    return None if found else gap.reason


def lookups(resource: Resource, registry: Registry, view: View) -> list[str]:
    """Return the queries that a resource is compared with, as text, with what each found of it."""
    told = []
    for read in dict.fromkeys(registry[resource.kind].reads(resource, view)):
        found = (
            view.tenant.find(read.collection, read.key) if read.key is not None else view.tenant.all(read.collection)
        )
        arguments = ", ".join(f"{name}: {value}" for name, value in read.arguments)
        count = "nothing" if not found else "1 object" if len(found) == 1 else f"{len(found)} objects"
        told.append(f"{read.collection.operation.field}({arguments}): {count}")
    return told
