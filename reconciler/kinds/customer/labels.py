"""Labels of customers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.kinds.customer.operations import CUSTOMER_BY_ID, UPDATE_CUSTOMER
from reconciler.kinds.customer.reads import CUSTOMERS
from reconciler.kinds.shared.labels import all_labels
from reconciler.model.capabilities.labels import Labels
from reconciler.model.phase import Phase
from reconciler.model.step import Step
from reconciler.model.tenant import Collection, Read

if TYPE_CHECKING:
    from collections.abc import Collection as Values

    from reconciler.kinds.customer.operations import CustomerFields
    from reconciler.model.live import Live

BY_ID: Collection[CustomerFields] = Collection(CUSTOMER_BY_ID, lambda node: [node.id], listable=False, single=True)


def _release(live: Live[CustomerFields], unwanted: Values[str]) -> Step:
    labels = all_labels(None, live.node.labels, (), unwanted)
    return Step("forget", Phase.RELEASE, UPDATE_CUSTOMER, {"id": live.id, "labels": labels})


LABELS = Labels(
    labelled=lambda label: Read(CUSTOMERS, ("label", label), (("label", label),)),
    by_id=lambda identifier: Read(BY_ID, identifier, (("id", identifier),)),
    release=_release,
)
