"""The operations of operations.graphql, and the types of their answers.

`make generate` writes this file.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from reconciler.kinds.variables.fragments import DOCUMENT as VARIABLES_FRAGMENTS
from reconciler.kinds.variables.fragments import LiveVariable
from reconciler.model.answers import AnswerObject, CountedPage, NamedNode, Node, Page, Payload, SecretText, SecretValues
from reconciler.model.operation import Operation, OperationFile

if TYPE_CHECKING:
    InstanceConfigState = Literal["FULLY_CONFIGURED", "NEEDS_INSTANCE_CONFIGURATION", "NEEDS_USER_LEVEL_CONFIGURATION"]
    InstanceDesignedBy = Literal["CUSTOMER", "ORG"]
    InstanceType = Literal["INTEGRATION", "WORKFLOW"]
else:
    # An API that is newer than this list may have further values.
    InstanceConfigState = str
    InstanceDesignedBy = str
    InstanceType = str


class RequiredConfigVariable(AnswerObject, frozen=True, gc=False):
    key: str


class InstanceStateWaitingNode(AnswerObject, frozen=True, gc=False):
    required_config_variable: RequiredConfigVariable


class InstanceStateWaiting(AnswerObject, frozen=True, gc=False):
    nodes: list[InstanceStateWaitingNode]


class InstanceState(Node, frozen=True, gc=False):
    enabled: bool
    needs_deploy: bool
    last_deployed_at: str | None
    config_state: InstanceConfigState | None
    waiting: InstanceStateWaiting


class InstanceFieldsCustomer(Node, frozen=True, gc=False):
    name: str
    allow_add_alert_monitor: bool


class Integration(Node, frozen=True, gc=False):
    name: str
    version_number: int
    version_sequence_id: str | None


class IntegrationFlow(AnswerObject, frozen=True, gc=False):
    name: str


class InstanceFlowConfig(Node, frozen=True, gc=False):
    api_keys: SecretText[list[str | None] | None]
    test_payload: str | None
    test_headers: SecretValues[str | None]
    test_content_type: str | None
    uses_lre: bool
    webhook_url: str
    in_failed_state: bool
    last_executed_at: str | None
    flow: IntegrationFlow


class InstanceFlowConfigConnection(Page, frozen=True, gc=False):
    nodes: list[InstanceFlowConfig]


class InstanceFieldsConfigVariables(Page, frozen=True, gc=False):
    nodes: list[LiveVariable]


class InstanceFields(Node, frozen=True, gc=False):
    name: str
    description: str
    labels: list[str] | None
    enabled: bool
    needs_deploy: bool
    last_deployed_at: str | None
    config_state: InstanceConfigState | None
    system_suspended: bool
    updated_at: str
    is_system: bool
    designed_by: InstanceDesignedBy
    instance_type: InstanceType | None
    customer: InstanceFieldsCustomer
    integration: Integration
    flow_configs: InstanceFlowConfigConnection
    config_variables: InstanceFieldsConfigVariables


class Instances(CountedPage, frozen=True, gc=False):
    nodes: list[InstanceFields]


class InstanceNamesNode(Node, frozen=True, gc=False):
    name: str
    customer: Node


class InstanceNames(AnswerObject, frozen=True, gc=False):
    nodes: list[InstanceNamesNode]


class CustomerConfigVariable(Node, frozen=True, gc=False):
    customer: NamedNode | None


class OnPremiseResource(Node, frozen=True, gc=False):
    customer: NamedNode | None


class AuthorizationsConfigVariablesNode(Node, frozen=True, gc=False):
    authorize_url: SecretText[str | None]
    required_config_variable: RequiredConfigVariable


class AuthorizationsConfigVariables(Page, frozen=True, gc=False):
    nodes: list[AuthorizationsConfigVariablesNode]


class Authorizations(Node, frozen=True, gc=False):
    config_variables: AuthorizationsConfigVariables


class InstancePayload(Payload, frozen=True, gc=False):
    instance: InstanceState | None


class UpgradeInstanceInstanceConfigVariables(AnswerObject, frozen=True, gc=False):
    nodes: list[LiveVariable]


class UpgradeInstanceInstance(InstanceState, frozen=True, gc=False):
    config_variables: UpgradeInstanceInstanceConfigVariables


class UpgradeInstance(Payload, frozen=True, gc=False):
    instance: UpgradeInstanceInstance | None


class DeleteInstancePayload(Payload, frozen=True, gc=False):
    instance: Node | None


DOCUMENT = OperationFile(__package__, "operations.graphql", VARIABLES_FRAGMENTS)
INSTANCES = Operation("instances", "instances", Instances, DOCUMENT)
INSTANCE_BY_ID = Operation("instanceById", "instance", InstanceFields, DOCUMENT)
INSTANCE_STATE = Operation("instanceState", "instance", InstanceState, DOCUMENT)
INSTANCE_NAMES = Operation("instanceNames", "instances", InstanceNames, DOCUMENT)
REUSABLE_CONNECTION = Operation("reusableConnection", "customerConfigVariable", CustomerConfigVariable, DOCUMENT)
ON_PREMISE_AGENT = Operation("onPremiseAgent", "onPremiseResource", OnPremiseResource, DOCUMENT)
AUTHORIZATIONS = Operation("authorizations", "instance", Authorizations, DOCUMENT)
CREATE_INSTANCE = Operation("createInstance", "createInstance", InstancePayload, DOCUMENT, mutation=True)
UPDATE_INSTANCE = Operation("updateInstance", "updateInstance", InstancePayload, DOCUMENT, mutation=True)
UPGRADE_INSTANCE = Operation("upgradeInstance", "updateInstance", UpgradeInstance, DOCUMENT, mutation=True)
UPDATE_INSTANCE_CONFIG_VARIABLES = Operation(
    "updateInstanceConfigVariables", "updateInstanceConfigVariables", InstancePayload, DOCUMENT, mutation=True
)
DEPLOY_INSTANCE = Operation("deployInstance", "deployInstance", InstancePayload, DOCUMENT, mutation=True)
DELETE_INSTANCE = Operation("deleteInstance", "deleteInstance", DeleteInstancePayload, DOCUMENT, mutation=True)
