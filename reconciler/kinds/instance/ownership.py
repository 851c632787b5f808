"""An instance belongs to a customer, and by a label to a project, which can release or delete it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.kinds.customer.lookup import customer_parent
from reconciler.kinds.instance.operations import DELETE_INSTANCE, INSTANCE_BY_ID, UPDATE_INSTANCE
from reconciler.kinds.instance.reads import INSTANCES, instance_keys
from reconciler.kinds.instance.spec import title
from reconciler.kinds.shared.labels import all_labels
from reconciler.kinds.shared.writing import plain_deletion
from reconciler.model.capabilities.ownership import Labels
from reconciler.model.step import Phase, Step
from reconciler.model.tenant import Collection, Read

if TYPE_CHECKING:
    from collections.abc import Collection as Values

    from reconciler.kinds.instance.operations import InstanceFields
    from reconciler.model.tenant import Live


DELETION = plain_deletion(DELETE_INSTANCE)


BY_ID: Collection[InstanceFields] = Collection(
    INSTANCE_BY_ID, lambda node: [node.id] if any(instance_keys(node)) else [], listable=False, single=True
)


def _release(live: Live[InstanceFields], unwanted: Values[str]) -> Step:
    # Labels take effect without a deploy; an API that thinks otherwise is asked not to note one as needed.
    values = {"id": live.id, "labels": all_labels(None, live.node.labels, (), unwanted), "preserveDeployState": True}
    return Step("forget", Phase.RELEASE, UPDATE_INSTANCE, values)


LABELS = Labels(
    labelled=lambda label: Read(INSTANCES, ("label", label), (("label", label),)),
    by_id=lambda identifier: Read(BY_ID, identifier, (("id", identifier),)),
    release=_release,
)


def _customer_id(live: Live[InstanceFields]) -> str:
    return live.node.customer.id


PARENT = customer_parent(_customer_id, title)
