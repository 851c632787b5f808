"""An instance belongs to a customer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.kinds.customer.parent import customer_parent
from reconciler.kinds.instance.spec import title

if TYPE_CHECKING:
    from reconciler.kinds.instance.operations import InstanceFields
    from reconciler.model.live import Live


def _customer_id(live: Live[InstanceFields]) -> str:
    return live.node.customer.id


PARENT = customer_parent(_customer_id, title)
