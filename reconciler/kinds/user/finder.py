"""The user that a manifest means: by ``email`` within its customer, or among the team members."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reconciler.kinds.customer.lookup import live_customer_id, reference_reads, similar_customers
from reconciler.kinds.user import operations
from reconciler.kinds.user.spec import NAME, email_key
from reconciler.model.capabilities.finder import Finder
from reconciler.model.capabilities.names import Looks
from reconciler.model.capabilities.spec import Appearance
from reconciler.model.tenant import Collection, Live, Read

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator, Mapping, Sequence

    from reconciler.kinds.user.operations import UserFields
    from reconciler.model.answers import NamedNode
    from reconciler.model.resource import Resource
    from reconciler.model.view import View


def _keys(node: UserFields) -> Iterator[Hashable]:
    customer, email = node.customer, node.email.casefold()
    yield (customer.id if customer else None, email)
    yield ("email", email)
    if customer:
        yield ("customer", customer.id, "all")


USERS = Collection(operations.USERS, _keys)
ROLES: Mapping[str, Collection[NamedNode]] = {
    "organization": Collection(operations.ORGANIZATION_ROLES, lambda node: [node.name]),
    "customer": Collection(operations.CUSTOMER_ROLES, lambda node: [node.name]),
}


def roles_for(spec: Mapping[str, Any]) -> Collection[NamedNode]:
    """Return the roles that a user can have: a customer's users have others than team members."""
    return ROLES["customer" if "customer" in spec else "organization"]


def live_user(node: UserFields) -> Live[UserFields]:
    """Return a user's node as a live object."""
    return Live(NAME, node.id, node.name or node.email, node)


def customer_id(live: Live[UserFields]) -> str | None:
    """Return the ID of the customer that a user belongs to; ``None`` for a team member."""
    return live.node.customer.id if live.node.customer else None


def _reads(resource: Resource, _view: View) -> Iterator[Read]:
    spec = resource.spec
    yield Read(roles_for(spec))
    yield from reference_reads(spec)
    # Wherever such a user is: the API may know an e-mail address once only.
    yield Read(USERS, ("email", spec["email"].casefold()), (("email", spec["email"]),))


def _candidates(resource: Resource, view: View) -> Sequence[Live[UserFields]]:
    customer = live_customer_id(resource.spec, view) if "customer" in resource.spec else None
    if "customer" in resource.spec and customer is None:
        return []
    return [live_user(node) for node in view.tenant.find(USERS, (customer, resource.spec["email"].casefold()))]


FINDER = Finder(
    _reads, _candidates, live_user, check_reads=lambda resource, view: similar_customers(resource.spec, view)
)


def _once(spec: Mapping[str, Any]) -> Appearance:
    return Appearance(email_key(spec), ("email",), spec["email"])


LOOKS = Looks(once=_once)
