"""The operations of detail_operations.graphql, and the types of their answers.

`make generate` writes this file.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from reconciler.kinds.variables.fragments import DOCUMENT as VARIABLES_FRAGMENTS
from reconciler.kinds.variables.fragments import DeclaredFields
from reconciler.model.answers import CountedPage, NamedNodes, Node, Page
from reconciler.model.operation import Operation, OperationFile

if TYPE_CHECKING:
    InputFieldType = Literal[
        "BOOLEAN",
        "CODE",
        "CONDITIONAL",
        "CONNECTION",
        "DATA",
        "DATE",
        "DYNAMICFIELDSELECTION",
        "DYNAMICOBJECTSELECTION",
        "FLOW",
        "JSONFORM",
        "OBJECTFIELDMAP",
        "OBJECTSELECTION",
        "PASSWORD",
        "STRING",
        "TEMPLATE",
        "TEXT",
        "TIMESTAMP",
    ]
    InstanceDesignedBy = Literal["CUSTOMER", "ORG"]
    InstanceType = Literal["INTEGRATION", "WORKFLOW"]
else:
    # An API that is newer than this list may have further values.
    InputFieldType = str
    InstanceDesignedBy = str
    InstanceType = str


class InputField(Node, frozen=True, gc=False):
    key: str
    label: str
    comments: str | None
    required: bool
    type: InputFieldType


class InputFieldConnection(Page, frozen=True, gc=False):
    nodes: list[InputField]


class Connection(Node, frozen=True, gc=False):
    inputs: InputFieldConnection


class VariableDescription(DeclaredFields, frozen=True, gc=False):
    description: str | None
    org_only: bool | None
    connection: Connection | None
    inputs: NamedNodes | None


class IntegrationFlow(Node, frozen=True, gc=False):
    name: str
    description: str | None


class IntegrationFlowConnection(Page, frozen=True, gc=False):
    nodes: list[IntegrationFlow]


class RequiredConfigVariableConnection(Page, frozen=True, gc=False):
    nodes: list[VariableDescription]


class IntegrationDescription(Node, frozen=True, gc=False):
    flows: IntegrationFlowConnection
    required_config_variables: RequiredConfigVariableConnection


class InstanceIntegration(Node, frozen=True, gc=False):
    name: str
    version_number: int
    version_sequence_id: str | None


class Instance(Node, frozen=True, gc=False):
    name: str
    is_system: bool
    designed_by: InstanceDesignedBy
    instance_type: InstanceType | None
    customer: Node
    integration: InstanceIntegration


class InstanceConnection(CountedPage, frozen=True, gc=False):
    nodes: list[Instance]


DOCUMENT = OperationFile(__package__, "detail_operations.graphql", VARIABLES_FRAGMENTS)
INTEGRATION_DESCRIPTION = Operation("integrationDescription", "integration", IntegrationDescription, DOCUMENT)
INSTANCE_VERSIONS = Operation("instanceVersions", "instances", InstanceConnection, DOCUMENT)
