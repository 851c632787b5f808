"""The live customer that a user or an instance refers to, and a reference to a live customer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reconciler.kinds.customer.finder import looking_like, similar_reads
from reconciler.kinds.customer.reads import CUSTOMERS, by_external_id, by_name, live_customer
from reconciler.kinds.customer.spec import NAME, PATH, reference_key, reference_name, reference_shard_key
from reconciler.model.capabilities.export import Belongs
from reconciler.model.capabilities.ownership import THE_ORGANIZATION, Parent
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.step import IdOf
from reconciler.text.look_alikes import difference

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence

    from reconciler.kinds.customer.operations import CustomerFields
    from reconciler.model.resource import Resource
    from reconciler.model.tenant import Live, Read
    from reconciler.model.view import View


def reference_reads(spec: Mapping[str, Any]) -> Iterator[Read]:
    """Yield the look-ups of a customer that is in no manifest."""
    named = spec.get("customer")
    if isinstance(named, dict):
        yield by_external_id(named["externalId"]) if "externalId" in named else by_name(named["name"])


def similar_customers(spec: Mapping[str, Any], view: View) -> Iterator[Read]:
    """Yield the look-ups of customers that may be meant by a name that no customer has."""
    named = spec.get("customer")
    if isinstance(named, dict) and not _outside(named, view) and "name" in named:
        yield from similar_reads(named["name"], view)


def live_customer_id(spec: Mapping[str, Any], view: View) -> str | None:
    """Return the live customer's ID, or ``None`` while there is none or more than one."""
    named = spec.get("customer")
    if isinstance(named, str):
        live = view.live(f"{NAME}/{named}")
        return live.id if live else None
    found = _outside(named, view) if named else ()
    return found[0].id if len(found) == 1 else None


def _live_customer(resource: Resource, view: View) -> Live[CustomerFields] | None:
    named = resource.spec.get("customer")
    if isinstance(named, str):
        return view.live(f"{NAME}/{named}")
    found = _outside(named, view) if named else ()
    return live_customer(found[0]) if len(found) == 1 else None


def customer_input(spec: Mapping[str, Any], view: View) -> str | IdOf | None:
    """Return the customer as a step's input takes it."""
    named = spec.get("customer")
    return IdOf(f"{NAME}/{named}") if isinstance(named, str) else live_customer_id(spec, view)


def reference_problems(spec: Mapping[str, Any], view: View) -> list[Diagnostic]:
    """Return what is wrong with a customer that is in no manifest: none has that name, or several have."""
    named = spec.get("customer")
    if not isinstance(named, dict):
        return []
    if not _outside(named, view):
        (field, value) = next(iter(named.items()))
        similar = [f"{there!r}: {difference(value, there)}" for _, there in looking_like(field, value, view)]
        hint = f"; one that looks the same is {', '.join(similar)}" if similar else ""
        advice = "correct it, or declare the customer and refer to its manifest by handle"
        message = f"no customer has the {field} {value!r}{hint}; {advice}"
        return [Diagnostic(message, path=(*PATH, field))]
    return ambiguous_reference(spec, view)


def ambiguous_reference(spec: Mapping[str, Any], view: View) -> list[Diagnostic]:
    """Return that several customers are meant, if so."""
    named = spec.get("customer")
    found = _outside(named, view) if isinstance(named, dict) else ()
    if not isinstance(named, dict) or len(found) < 2:
        return []
    (field, value) = next(iter(named.items()))
    candidates = ", ".join(f"{node.name!r} ({node.id})" for node in found)
    return [Diagnostic(f"{len(found)} customers have the {field} {value!r}: {candidates}", path=(*PATH, field))]


def declared_reference(identifier: str, customer: Live[CustomerFields] | None) -> dict[str, Any]:
    """Return what a manifest says of the customer that an object belongs to."""
    if customer is None:
        return {}
    external_id = customer.node.external_id
    return {"customer": Belongs(identifier, {"externalId": external_id} if external_id else {"name": customer.name})}


def _outside(named: Mapping[str, str], view: View) -> Sequence[CustomerFields]:
    field, value = next(iter(named.items()))
    return view.tenant.find(CUSTOMERS, (field, value))


def customer_name(node: Any) -> str:
    """Return the name of the customer in the node of any live object; empty if it has none there."""
    return getattr(getattr(node, "customer", None), "name", "")


def customer_parent(
    of_live: Callable[[Live], str | None],
    key: Callable[[Mapping[str, Any]], Hashable],
    children: Callable[[Live], Read | None] | None = None,
) -> Parent:
    """Return the customer as the parent of a kind.

    ``of_live`` returns the ID of the customer that a live object belongs to. ``key`` distinguishes the objects of one
    customer.
    """

    def identity(resource: Resource, view: View) -> Hashable:
        spec = resource.spec
        return (live_customer_id(spec, view) or reference_key(spec.get("customer")), key(spec))

    return Parent(
        of_live=of_live,
        of_resource=lambda resource, view: live_customer_id(resource.spec, view),
        identity=identity,
        title=lambda spec: reference_name(spec) or THE_ORGANIZATION,
        live_title=lambda live: customer_name(live.node),
        shard_key=reference_shard_key,
        unclear=lambda resource, view: ambiguous_reference(resource.spec, view),
        live=_live_customer,
        children=children,
    )
