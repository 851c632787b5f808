"""A user belongs to a customer; a team member belongs to the organization."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.kinds.customer.parent import customer_parent
from reconciler.kinds.customer.spec import NAME as CUSTOMER
from reconciler.kinds.user.reads import USERS, customer_id
from reconciler.kinds.user.spec import email_key
from reconciler.model.tenant import Read

if TYPE_CHECKING:
    from reconciler.model.live import Live


def _children(parent: Live) -> Read | None:
    if parent.kind != CUSTOMER:
        return None
    return Read(USERS, ("customer", parent.id, "all"), (("customer", parent.id),))


PARENT = customer_parent(customer_id, email_key, _children)
