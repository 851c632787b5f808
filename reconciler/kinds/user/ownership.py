"""A user belongs to a customer, or to the organization, and can be deleted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.kinds.customer.lookup import customer_parent
from reconciler.kinds.customer.spec import NAME as CUSTOMER
from reconciler.kinds.user.finder import USERS, customer_id
from reconciler.kinds.user.operations import DELETE_USER
from reconciler.kinds.user.spec import email_key
from reconciler.model.capabilities.deletion import Deletion, Removal
from reconciler.model.step import Phase, Step
from reconciler.model.tenant import Read

if TYPE_CHECKING:
    from reconciler.model.tenant import Live
    from reconciler.model.view import View

OURSELVES = "the token in use belongs to this user, and a user cannot delete themselves"


def _removal(live: Live, view: View) -> Removal:
    step = Step("delete", Phase.DELETE, DELETE_USER, {"id": live.id})
    return Removal(step, blocked=OURSELVES if live.id == view.tenant.identity.user_id else None)


DELETION = Deletion(_removal)


def _children(parent: Live) -> Read | None:
    if parent.kind != CUSTOMER:
        return None
    return Read(USERS, ("customer", parent.id, "all"), (("customer", parent.id),))


PARENT = customer_parent(customer_id, email_key, _children)
