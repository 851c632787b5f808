"""The operations of fragments.graphql, and the types of their answers.

`make generate` writes this file.
"""

from __future__ import annotations

from reconciler.model.answers import NamedNode, Node
from reconciler.model.operation import OperationFile


class Instance(Node, frozen=True, gc=False):
    name: str
    customer: NamedNode


class InstanceFlowConfig(Node, frozen=True, gc=False):
    flow: NamedNode


class MonitorUse(Node, frozen=True, gc=False):
    name: str
    instance: Instance | None
    flow_config: InstanceFlowConfig | None


DOCUMENT = OperationFile(__package__, "fragments.graphql")
