"""Names of customers: who has one already, and which ones look alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.kinds.customer.operations import SIMILAR_CUSTOMERS, CustomerFields, SimilarCustomersNode
from reconciler.kinds.customer.reads import CUSTOMERS
from reconciler.kinds.customer.spec import NAME
from reconciler.kinds.shared.attributes import text
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
