"""The customer that a manifest means: by ``externalId``, else by ``name``. Others may have its name, or look alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.kinds.customer.operations import SIMILAR_CUSTOMERS, CustomerFields, SimilarCustomersNode
from reconciler.kinds.customer.ownership import content_reads
from reconciler.kinds.customer.reads import CUSTOMERS, by_external_id, by_name, live_customer
from reconciler.kinds.customer.spec import NAME
from reconciler.kinds.shared.attributes import text
from reconciler.kinds.shared.by_name import found_by_name, is_taken_along
from reconciler.model.capabilities.finder import Finder
from reconciler.model.capabilities.names import LookAlike, Looks, Names
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.tenant import Collection, Live, Read
from reconciler.text.look_alikes import fragments, skeleton

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from reconciler.model.resource import Resource
    from reconciler.model.view import View


Named = CustomerFields | SimilarCustomersNode
SIMILAR: Collection[SimilarCustomersNode] = Collection(SIMILAR_CUSTOMERS, lambda node: [node.name], listable=False)
"""The first hundred customers that have a part of a name: enough to notice one that looks like another."""


def similar_reads(name: str, view: View) -> Iterator[Read]:
    """Yield the look-ups of customers whose names look like one that no customer has."""
    if not view.tenant.answered(Read(CUSTOMERS)):
        yield from (Read(SIMILAR, part.casefold(), (("fragment", part),)) for part in fragments(name))


def looking_like(field: str, value: str | None, view: View) -> Sequence[tuple[Named, str]]:
    """Return the customers read so far whose field looks like a value and differs from it, each with its field."""
    if not value:
        return ()

    def make() -> Mapping[str, list[tuple[Named, str]]]:
        found: dict[str, list[tuple[Named, str]]] = {}
        nodes: Sequence[Named] = [*view.tenant.all(SIMILAR), *view.tenant.all(CUSTOMERS)]
        for node in {each.id: each for each in nodes}.values():
            if there := node.name if field == "name" else node.external_id:
                found.setdefault(skeleton(there), []).append((node, there))
        return found

    made: Mapping[str, list[tuple[Named, str]]] = view.tenant.derived(("customers looking like", field), make)
    return [(node, there) for node, there in made.get(skeleton(value), ()) if there != value]


def _alike(resource: Resource, view: View) -> Sequence[LookAlike]:
    spec = resource.spec
    return [
        LookAlike(Live(NAME, node.id, node.name, node), (field,), spec[field], there)
        for field in ("name", "externalId")
        for node, there in looking_like(field, spec.get(field), view)
    ]


def _conflicts(resource: Resource, view: View) -> Mapping[str, Diagnostic]:
    """Return who has the name already: names are unique, so another customer cannot get it."""
    name = resource.spec.get("name")
    return {
        node.id: Diagnostic(
            f"the name {name!r} is taken by the customer with the external ID {text(node.external_id)!r} "
            f"({node.id}), to which no manifest gives another; correct one of the external IDs, or the name",
            path=("name",),
        )
        for node in view.tenant.find(CUSTOMERS, ("name", name))
    }


NAMES = Names(key=lambda spec: spec["name"], conflicts=_conflicts, only=lambda spec: not spec.get("externalId"))
LOOKS = Looks(_alike)


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
