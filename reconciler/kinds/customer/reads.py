"""Customers as the API lists them, and how to look one up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.model.live import Live
from reconciler.model.operation import load_operations
from reconciler.model.tenant import Collection, Read

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reconciler.model.tenant import Node

NAME = "Customer"
OPERATIONS = load_operations(__package__, "operations.graphql")


def _keys(node: Node) -> Iterator[tuple[str, str]]:
    yield "name", node["name"]
    if node.get("externalId"):
        yield "externalId", node["externalId"]
    yield from (("label", str(label).lower()) for label in node.get("labels") or ())


CUSTOMERS = Collection(OPERATIONS["customers"], _keys)


def live_customer(node: Node) -> Live:
    """Return a customer's node as a live object."""
    return Live(NAME, node["id"], node["name"], node)


def by_name(name: str) -> Read:
    return Read(CUSTOMERS, ("name", name), (("name", name),))


def by_external_id(external_id: str) -> Read:
    return Read(CUSTOMERS, ("externalId", external_id), (("externalId", external_id),))
