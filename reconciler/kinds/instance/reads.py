"""Instances as the API lists them; never a system one, a workflow, or one that a customer built."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.model.live import Live
from reconciler.model.operation import load_operations
from reconciler.model.tenant import Collection

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator

    from reconciler.model.tenant import Node

NAME = "Instance"
OPERATIONS = load_operations(__package__, "operations.graphql")


def instance_keys(node: Node) -> Iterator[Hashable]:
    """Yield the keys of an instance that a manifest can mean; none for another one."""
    ours = not node["isSystem"] and node["designedBy"] == "ORG" and node.get("instanceType") in {None, "INTEGRATION"}
    if ours:
        yield (node["customer"]["id"], node["name"])
        yield ("of", node["customer"]["id"])
        yield from (("label", str(label).lower()) for label in node.get("labels") or ())
        yield ("integration", node["integration"].get("versionSequenceId"))


INSTANCES = Collection(OPERATIONS["instances"], instance_keys)


def live_instance(node: Node) -> Live:
    """Return an instance's node as a live object."""
    return Live(NAME, node["id"], node["name"], node)
