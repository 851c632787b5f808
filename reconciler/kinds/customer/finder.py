"""The customer that a manifest means: by ``externalId``, else by ``name``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.kinds.customer.names import similar_reads
from reconciler.kinds.customer.ownership import content_reads
from reconciler.kinds.customer.reads import CUSTOMERS, by_external_id, by_name, live_customer
from reconciler.kinds.shared.by_name import found_by_name, is_taken_along
from reconciler.model.capabilities.finder import Finder

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reconciler.kinds.customer.operations import CustomerFields
    from reconciler.model.resource import Resource
    from reconciler.model.tenant import Live, Read
    from reconciler.model.view import View


def _reads(resource: Resource, view: View) -> Iterator[Read]:
    yield from _lookups(resource, view)
    if resource.lifecycle.absent:
        for live in _candidates(resource, view):
            yield from content_reads(live)


def _lookups(resource: Resource, view: View) -> Iterator[Read]:
    """Yield one look-up after the other: the next only where the one before found nothing that is meant.

    What is to be renamed may find its new name taken.
    """
    lookups = [by_name(name) for name in (resource.spec["name"], *resource.lifecycle.renamed_from)]
    if resource.spec.get("externalId"):
        lookups.insert(0, by_external_id(resource.spec["externalId"]))
    for lookup in lookups:
        yield lookup
        if not view.tenant.answered(lookup):
            return
        found = _candidates(resource, view)
        if found and not is_taken_along([live.node for live in found], resource, view):
            if any(live.name != resource.spec["name"] for live in found):
                yield by_name(resource.spec["name"])
            return


def _candidates(resource: Resource, view: View) -> Sequence[Live[CustomerFields]]:
    """Return those with the external ID; else, by name, those that have no other external ID."""
    external_id = resource.spec.get("externalId")
    if external_id:
        found = view.tenant.find(CUSTOMERS, ("externalId", external_id))
        if found:
            return [live_customer(node) for node in found]

    def named(name: str) -> Sequence[CustomerFields]:
        nodes = view.tenant.find(CUSTOMERS, ("name", name))
        return [node for node in nodes if not external_id or not node.external_id]

    return [live_customer(node) for node in found_by_name(resource, view, named)]


def _check_reads(resource: Resource, view: View) -> Iterator[Read]:
    if not resource.lifecycle.absent and not _candidates(resource, view):
        yield from similar_reads(resource.spec["name"], view)


FINDER = Finder(reads=_reads, candidates=_candidates, live=live_customer, check_reads=_check_reads)
