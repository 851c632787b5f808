"""Users as the API lists them, and the roles that they can have."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reconciler.model.live import Live
from reconciler.model.operation import load_operations
from reconciler.model.tenant import Collection

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator, Mapping

    from reconciler.model.tenant import Node

NAME = "User"
OPERATIONS = load_operations(__package__, "operations.graphql")


def _keys(node: Node) -> Iterator[Hashable]:
    customer = node.get("customer")
    yield (customer["id"] if customer else None, node["email"].casefold())
    yield ("email", node["email"].casefold())
    if customer:
        yield ("customer", customer["id"], "all")


USERS = Collection(OPERATIONS["users"], _keys)
ROLES = {
    scope: Collection(OPERATIONS[f"{scope}Roles"], lambda node: [node["name"]])
    for scope in ("organization", "customer")
}


def roles_for(spec: Mapping[str, Any]) -> Collection:
    """Return the roles that a user can have: a customer's users have others than team members."""
    return ROLES["customer" if "customer" in spec else "organization"]


def live_user(node: Node) -> Live:
    """Return a user's node as a live object."""
    return Live(NAME, node["id"], node.get("name") or node["email"], node)
