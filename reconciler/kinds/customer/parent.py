"""A customer as what users and instances belong to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reconciler.kinds.customer.lookup import ambiguous_reference, live_customer_id
from reconciler.kinds.customer.reference import reference_key, reference_name, reference_shard_key
from reconciler.model.capabilities.parent import THE_ORGANIZATION, Parent

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Mapping

    from reconciler.model.live import Live
    from reconciler.model.resource import Resource
    from reconciler.model.tenant import Read
    from reconciler.model.view import View


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
        shard_key=reference_shard_key,
        unclear=lambda resource, view: ambiguous_reference(resource.spec, view),
        children=children,
    )
