"""Customers as the API lists them, and how to look one up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.kinds.customer import operations
from reconciler.kinds.customer.spec import NAME
from reconciler.model.tenant import Collection, Live, Read

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reconciler.kinds.customer.operations import CustomerFields


def _keys(node: CustomerFields) -> Iterator[tuple[str, str]]:
    yield "name", node.name
    if node.external_id:
        yield "externalId", node.external_id
    yield from (("label", label.lower()) for label in node.labels or ())


CUSTOMERS = Collection(operations.CUSTOMERS, _keys)


def live_customer(node: CustomerFields) -> Live[CustomerFields]:
    """Return a customer's node as a live object."""
    return Live(NAME, node.id, node.name, node)


def by_name(name: str) -> Read:
    return Read(CUSTOMERS, ("name", name), (("name", name),))


def by_external_id(external_id: str) -> Read:
    return Read(CUSTOMERS, ("externalId", external_id), (("externalId", external_id),))
