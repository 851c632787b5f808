"""The customers of the tenant, which sets with ``from: tenant`` need while the manifests are read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.errors import UsageError
from reconciler.manifests.sets.customers import handle_of
from reconciler.model.resource import SetCustomer
from reconciler.workflow.session import connect

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reconciler.manifests.result import Manifests
    from reconciler.options import Options


def live_customers(options: Options, manifests: Manifests) -> Sequence[SetCustomer]:
    """Return all customers of the tenant but the system's own, by a connection of its own.

    Raises ``ApiError`` or ``UsageError`` where any of them cannot be read: a set must not become smaller for that.
    """
    from reconciler.kinds.customer.reads import CUSTOMERS
    from reconciler.model.tenant import Read

    every = Read(CUSTOMERS)
    with connect(options, manifests) as session:
        reading = session.reading()
        reading.read([every])
        refusal = reading.tenant.refusal(every)
        if refusal:
            raise UsageError(f"a set is of the tenant's customers, and they cannot be read: {refusal}")
        nodes = reading.tenant.all(CUSTOMERS)
    return [
        SetCustomer(
            handle_of(node.external_id or node.name), node.name, node.external_id or "", tuple(node.labels or ())
        )
        for node in nodes
    ]
