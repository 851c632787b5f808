"""The user that a manifest means: by ``email`` within its customer, or among the team members."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.kinds.customer.lookup import live_customer_id, reference_reads, similar_customers
from reconciler.kinds.user.reads import USERS, live_user, roles_for
from reconciler.model.capabilities.finder import Finder
from reconciler.model.tenant import Read

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reconciler.kinds.user.operations import UserFields
    from reconciler.model.live import Live
    from reconciler.model.resource import Resource
    from reconciler.model.view import View


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
