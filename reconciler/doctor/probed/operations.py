"""The operations of operations.graphql, and the types of their answers.

`make generate` writes this file.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from reconciler.model.answers import AnswerObject, NamedNode, Node, PageInfo, Payload, SecretText, SecretValues
from reconciler.model.operation import Operation, OperationFile

if TYPE_CHECKING:
    RequiredConfigVariableDataType = Literal[
        "BOOLEAN",
        "CODE",
        "CONNECTION",
        "CREDENTIAL",
        "DATE",
        "JSONFORM",
        "NUMBER",
        "OBJECTFIELDMAP",
        "OBJECTSELECTION",
        "PICKLIST",
        "SCHEDULE",
        "STRING",
        "TIMESTAMP",
    ]
    RequiredConfigVariableCollectionType = Literal["KEYVALUELIST", "VALUELIST"]
    ScopedConfigVariableVariableScope = Literal["CUSTOMER", "ORG"]
    InstanceConfigState = Literal["FULLY_CONFIGURED", "NEEDS_INSTANCE_CONFIGURATION", "NEEDS_USER_LEVEL_CONFIGURATION"]
    InstanceConfigVariableStatus = Literal["ACTIVE", "ERROR", "FAILED", "PENDING"]
else:
    # An API that is newer than this list may have further values.
    RequiredConfigVariableDataType = str
    RequiredConfigVariableCollectionType = str
    ScopedConfigVariableVariableScope = str
    InstanceConfigState = str
    InstanceConfigVariableStatus = str


class ProbedVersion(Node, frozen=True, gc=False):
    name: str
    version_number: int
    version_is_available: bool
    version_sequence_id: str | None


class Component(Node, frozen=True, gc=False):
    key: str
    public: bool
    version_number: int


class Connection(Node, frozen=True, gc=False):
    key: str
    component: Component


class InstanceConnectionTotalCount(AnswerObject, frozen=True, gc=False):
    total_count: int


class ScopedConfigVariable(Node, frozen=True, gc=False):
    is_in_use: bool
    variable_scope: ScopedConfigVariableVariableScope
    instances: InstanceConnectionTotalCount


class Expression(Node, frozen=True, gc=False):
    name: str
    meta: SecretValues[str | None]


class ProbedVariableInputs(AnswerObject, frozen=True, gc=False):
    nodes: list[Expression]


class ProbedVariable(Node, frozen=True, gc=False):
    key: str
    stable_key: str | None
    data_type: RequiredConfigVariableDataType
    collection_type: RequiredConfigVariableCollectionType | None
    default_value: str | None
    pick_list: list[str] | None
    connection: Connection | None
    scoped_config_variable: ScopedConfigVariable | None
    inputs: ProbedVariableInputs | None


class ProbedCustomer(Node, frozen=True, gc=False):
    name: str
    external_id: str | None
    description: str
    labels: list[str] | None


class ProbedInput(Node, frozen=True, gc=False):
    name: str
    value: SecretText[str | None]
    has_value: bool
    meta: SecretValues[str | None]


class InstanceFlowConfig(Node, frozen=True, gc=False):
    test_payload: str | None
    flow: NamedNode


class InstanceFlowConfigConnection(AnswerObject, frozen=True, gc=False):
    nodes: list[InstanceFlowConfig]


class RequiredConfigVariable(AnswerObject, frozen=True, gc=False):
    key: str


class InstanceConfigVariableInputs(AnswerObject, frozen=True, gc=False):
    nodes: list[ProbedInput]


class InstanceConfigVariable(Node, frozen=True, gc=False):
    value: str | None
    status: InstanceConfigVariableStatus | None
    required_config_variable: RequiredConfigVariable
    inputs: InstanceConfigVariableInputs | None


class InstanceConfigVariableConnection(AnswerObject, frozen=True, gc=False):
    nodes: list[InstanceConfigVariable]


class ProbedInstance(Node, frozen=True, gc=False):
    name: str
    enabled: bool
    needs_deploy: bool
    last_deployed_at: str | None
    deployed_version: int
    config_state: InstanceConfigState | None
    labels: list[str] | None
    flow_configs: InstanceFlowConfigConnection
    config_variables: InstanceConfigVariableConnection


class IntegrationConnection(AnswerObject, frozen=True, gc=False):
    nodes: list[ProbedVersion]


class IntegrationFlowConnection(AnswerObject, frozen=True, gc=False):
    nodes: list[NamedNode]


class RequiredConfigVariableConnection(AnswerObject, frozen=True, gc=False):
    nodes: list[ProbedVariable]


class Integration(Node, frozen=True, gc=False):
    definition: str | None
    flows: IntegrationFlowConnection
    required_config_variables: RequiredConfigVariableConnection


class CustomerConnection(AnswerObject, frozen=True, gc=False):
    total_count: int
    nodes: list[ProbedCustomer]
    page_info: PageInfo


class ProbedInstancesNode(Node, frozen=True, gc=False):
    customer: Node


class ProbedInstances(AnswerObject, frozen=True, gc=False):
    total_count: int
    nodes: list[ProbedInstancesNode]
    page_info: PageInfo


class CustomerName(AnswerObject, frozen=True, gc=False):
    name: str


class ProbedDepthInstancesNodeCustomerInstancesNodeCustomerInstancesNode(AnswerObject, frozen=True, gc=False):
    customer: CustomerName


class ProbedDepthInstancesNodeCustomerInstancesNodeCustomerInstances(AnswerObject, frozen=True, gc=False):
    nodes: list[ProbedDepthInstancesNodeCustomerInstancesNodeCustomerInstancesNode]


class ProbedDepthInstancesNodeCustomerInstancesNodeCustomer(AnswerObject, frozen=True, gc=False):
    instances: ProbedDepthInstancesNodeCustomerInstancesNodeCustomerInstances


class ProbedDepthInstancesNodeCustomerInstancesNode(AnswerObject, frozen=True, gc=False):
    customer: ProbedDepthInstancesNodeCustomerInstancesNodeCustomer


class ProbedDepthInstancesNodeCustomerInstances(AnswerObject, frozen=True, gc=False):
    nodes: list[ProbedDepthInstancesNodeCustomerInstancesNode]


class ProbedDepthInstancesNodeCustomer(AnswerObject, frozen=True, gc=False):
    instances: ProbedDepthInstancesNodeCustomerInstances


class ProbedDepthInstancesNode(AnswerObject, frozen=True, gc=False):
    customer: ProbedDepthInstancesNodeCustomer


class ProbedDepthInstances(AnswerObject, frozen=True, gc=False):
    nodes: list[ProbedDepthInstancesNode]


class ProbedDepth(Node, frozen=True, gc=False):
    instances: ProbedDepthInstances


class User(Node, frozen=True, gc=False):
    email: str


class UserConnection(AnswerObject, frozen=True, gc=False):
    nodes: list[User]


class CustomerPayload(Payload, frozen=True, gc=False):
    customer: ProbedCustomer | None


class InstancePayload(Payload, frozen=True, gc=False):
    instance: ProbedInstance | None


DOCUMENT = OperationFile(__package__, "operations.graphql")
PROBED_VERSIONS = Operation("probedVersions", "integrations", IntegrationConnection, DOCUMENT)
PROBED_LISTING = Operation("probedListing", "integrations", IntegrationConnection, DOCUMENT)
PROBED_DECLARATIONS = Operation("probedDeclarations", "integration", Integration, DOCUMENT)
PROBED_CUSTOMERS = Operation("probedCustomers", "customers", CustomerConnection, DOCUMENT)
PROBED_INSTANCES = Operation("probedInstances", "instances", ProbedInstances, DOCUMENT)
PROBED_DEPTH = Operation("probedDepth", "customer", ProbedDepth, DOCUMENT)
PROBED_USERS = Operation("probedUsers", "users", UserConnection, DOCUMENT)
PROBE_CREATE_CUSTOMER = Operation("probeCreateCustomer", "createCustomer", CustomerPayload, DOCUMENT, mutation=True)
PROBE_UPDATE_CUSTOMER = Operation("probeUpdateCustomer", "updateCustomer", CustomerPayload, DOCUMENT, mutation=True)
PROBE_DELETE_CUSTOMER = Operation("probeDeleteCustomer", "deleteCustomer", Payload, DOCUMENT, mutation=True)
PROBE_CREATE_INSTANCE = Operation("probeCreateInstance", "createInstance", InstancePayload, DOCUMENT, mutation=True)
PROBE_UPDATE_INSTANCE = Operation("probeUpdateInstance", "updateInstance", InstancePayload, DOCUMENT, mutation=True)
PROBE_CONFIGURE_INSTANCE = Operation(
    "probeConfigureInstance", "updateInstanceConfigVariables", InstancePayload, DOCUMENT, mutation=True
)
PROBE_DEPLOY_INSTANCE = Operation("probeDeployInstance", "deployInstance", InstancePayload, DOCUMENT, mutation=True)
PROBE_DELETE_INSTANCE = Operation("probeDeleteInstance", "deleteInstance", Payload, DOCUMENT, mutation=True)
PROBED_INSTANCE = Operation("probedInstance", "instance", ProbedInstance, DOCUMENT)
