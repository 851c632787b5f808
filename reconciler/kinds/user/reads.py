"""Users as the API lists them, and the roles that they can have."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reconciler.kinds.user import operations
from reconciler.kinds.user.spec import NAME
from reconciler.model.live import Live
from reconciler.model.tenant import Collection

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator, Mapping

    from reconciler.kinds.user.operations import Role, UserFields


def _keys(node: UserFields) -> Iterator[Hashable]:
    customer, email = node.customer, node.email.casefold()
    yield (customer.id if customer else None, email)
    yield ("email", email)
    if customer:
        yield ("customer", customer.id, "all")


USERS = Collection(operations.USERS, _keys)
ROLES: Mapping[str, Collection[Role]] = {
    "organization": Collection(operations.ORGANIZATION_ROLES, lambda node: [node.name]),
    "customer": Collection(operations.CUSTOMER_ROLES, lambda node: [node.name]),
}


def roles_for(spec: Mapping[str, Any]) -> Collection[Role]:
    """Return the roles that a user can have: a customer's users have others than team members."""
    return ROLES["customer" if "customer" in spec else "organization"]


def live_user(node: UserFields) -> Live[UserFields]:
    """Return a user's node as a live object."""
    return Live(NAME, node.id, node.name or node.email, node)


def customer_id(live: Live[UserFields]) -> str | None:
    """Return the ID of the customer that a user belongs to; ``None`` for a team member."""
    return live.node.customer.id if live.node.customer else None
