"""Labels of instances."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.kinds.instance.operations import INSTANCE_BY_ID, UPDATE_INSTANCE
from reconciler.kinds.instance.reads import INSTANCES, instance_keys
from reconciler.kinds.shared.labels import all_labels
from reconciler.model.capabilities.labels import Labels
from reconciler.model.phase import Phase
from reconciler.model.step import Step
from reconciler.model.tenant import Collection, Read

if TYPE_CHECKING:
    from collections.abc import Collection as Values

    from reconciler.kinds.instance.operations import InstanceFields
    from reconciler.model.live import Live

BY_ID: Collection[InstanceFields] = Collection(
    INSTANCE_BY_ID,
    lambda node: [node.id] if any(instance_keys(node)) else [],
    listable=False,
    single=True,
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
