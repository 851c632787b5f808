"""Users as members of something: by handle, or ``{email: …}``, with ``customer`` where several have the address."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reconciler.kinds.shared.members import Members
from reconciler.kinds.user.finder import USERS, live_user
from reconciler.kinds.user.spec import NAME
from reconciler.model.tenant import Read

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from reconciler.kinds.user.operations import UserFields
    from reconciler.model.tenant import Live
    from reconciler.model.view import View


def _reads(named: Mapping[str, Any]) -> Iterator[Read]:
    email = named["email"]
    yield Read(USERS, ("email", email.casefold()), (("email", email),))


def _find(named: Mapping[str, Any], view: View) -> Sequence[Live[UserFields]]:
    """Return the users with an address: of the organization, or of any customer."""
    found = view.tenant.find(USERS, ("email", named["email"].casefold()))
    customer = named.get("customer")
    return [live_user(node) for node in found if customer is None or _is_of(node, customer)]


def _is_of(node: UserFields, customer: str) -> bool:
    return node.customer is not None and node.customer.name == customer


MEMBERS = Members(
    NAME,
    "user",
    "email",
    _reads,
    _find,
    title=lambda live: live.node.email,
    known=lambda view: [node.email for node in view.tenant.all(USERS)],
    several="add customer: NAME, the name of the user's customer, or refer to the user's manifest by handle",
)
