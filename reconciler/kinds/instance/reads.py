"""Instances as the API lists them; never a system one, a workflow, or one that a customer built."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.kinds.instance import operations
from reconciler.kinds.instance.spec import NAME
from reconciler.model.tenant import Collection, Live

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator

    from reconciler.kinds.instance.operations import InstanceFields, InstanceState
    from reconciler.model.view import DiffContext

    InstanceAnswer = InstanceFields | InstanceState
    """An instance as the API returns it: all of it to a query, its state to a mutation."""
    InstanceContext = DiffContext[InstanceFields]


def instance_keys(node: InstanceFields) -> Iterator[Hashable]:
    """Yield the keys of an instance that a manifest can mean; none for another one."""
    ours = not node.is_system and node.designed_by == "ORG" and node.instance_type in {None, "INTEGRATION"}
    if ours:
        yield (node.customer.id, node.name)
        yield ("of", node.customer.id)
        yield from (("label", label.lower()) for label in node.labels or ())
        yield ("integration", node.integration.version_sequence_id)


INSTANCES = Collection(operations.INSTANCES, instance_keys)


def live_instance(node: InstanceFields) -> Live[InstanceFields]:
    """Return an instance's node as a live object."""
    return Live(NAME, node.id, node.name, node)
