"""Names of instances, which are unique within a customer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.kinds.customer.lookup import live_customer_id
from reconciler.kinds.instance.operations import INSTANCE_NAMES
from reconciler.kinds.instance.reads import INSTANCES
from reconciler.kinds.instance.spec import NAME, name_key
from reconciler.model.capabilities.names import LookAlike, Looks, Names
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.tenant import Collection, Live, Read
from reconciler.text.look_alikes import skeleton

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from reconciler.kinds.instance.operations import InstanceFields, InstanceNamesNode
    from reconciler.model.resource import Resource
    from reconciler.model.view import View

SIMILAR: Collection[InstanceNamesNode] = Collection(
    INSTANCE_NAMES, lambda node: [("of", node.customer.id)], listable=False
)
"""The first hundred instances of a customer, by name: enough to notice one that looks like another."""


def similar_instances(customer: str, view: View) -> Iterator[Read]:
    """Yield what reads the names of a customer's instances, where they were not all listed."""
    if not view.tenant.answered(Read(INSTANCES)):
        yield Read(SIMILAR, ("of", customer), (("customer", customer),))


def _alike(resource: Resource, view: View) -> Sequence[LookAlike]:
    customer, name = live_customer_id(resource.spec, view), resource.spec["name"]

    def make() -> Mapping[str, list[Live]]:
        found: dict[str, list[Live]] = {}
        nodes: list[InstanceNamesNode | InstanceFields] = [
            *view.tenant.find(SIMILAR, ("of", customer)),
            *view.tenant.find(INSTANCES, ("of", customer)),
        ]
        for node in {node.id: node for node in nodes}.values():
            found.setdefault(skeleton(node.name), []).append(Live(NAME, node.id, node.name, node))
        return found

    if customer is None:
        return ()
    made: Mapping[str, list[Live]] = view.tenant.derived(("instances looking like", customer), make)
    return [LookAlike(live, ("name",), name, live.name) for live in made.get(skeleton(name), ()) if live.name != name]


def _conflicts(resource: Resource, view: View) -> Mapping[str, Diagnostic]:
    """Return which instance of the customer has the name already."""
    name = resource.spec.get("name")
    return {
        node.id: Diagnostic(
            f"the name {name!r} is taken by another instance of the customer ({node.id}), to which no manifest "
            "gives another; correct one of the names",
            path=("name",),
        )
        for node in view.tenant.find(INSTANCES, (live_customer_id(resource.spec, view), name))
    }


NAMES = Names(name_key, _conflicts)
LOOKS = Looks(_alike)
