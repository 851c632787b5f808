"""The operations of operations.graphql, and the types of their answers.

`make generate` writes this file.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from reconciler.kinds.connection.fragments import DOCUMENT as CONNECTION_FRAGMENTS
from reconciler.kinds.connection.fragments import ConnectionUser, SharedInput
from reconciler.model.answers import AnswerObject, CountedPage, Node, Page, Payload, SecretText
from reconciler.model.operation import Operation, OperationFile

if TYPE_CHECKING:
    ScopedConfigVariableManagedBy = Literal["CUSTOMER", "ORG", "SYSTEM"]
    ScopedConfigVariableVariableScope = Literal["CUSTOMER", "ORG"]
    ScopedConfigVariableStatus = Literal["ACTIVE", "ERROR", "FAILED", "PENDING"]
    ConnectionOauth2Type = Literal["AUTHORIZATION_CODE", "CLIENT_CREDENTIALS"]
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
else:
    # An API that is newer than this list may have further values.
    ScopedConfigVariableManagedBy = str
    ScopedConfigVariableVariableScope = str
    ScopedConfigVariableStatus = str
    ConnectionOauth2Type = str
    InputFieldType = str


class ScopedConfigVariableFieldsConnectionComponent(Node, frozen=True, gc=False):
    key: str
    public: bool


class ScopedConfigVariableFieldsConnection(Node, frozen=True, gc=False):
    key: str
    oauth2_type: ConnectionOauth2Type | None
    component: ScopedConfigVariableFieldsConnectionComponent


class ExpressionConnection(Page, frozen=True, gc=False):
    nodes: list[SharedInput]


class ScopedConfigVariableFields(Node, frozen=True, gc=False):
    key: str
    stable_key: str
    description: str | None
    managed_by: ScopedConfigVariableManagedBy
    variable_scope: ScopedConfigVariableVariableScope
    status: ScopedConfigVariableStatus | None
    default_for_component: bool
    is_in_use: bool
    has_deployed_instances: bool
    last_configured_at: str | None
    allow_update: bool
    allow_remove: bool
    customer: Node | None
    connection: ScopedConfigVariableFieldsConnection | None
    inputs: ExpressionConnection | None


class ScopedConfigVariableConnection(CountedPage, frozen=True, gc=False):
    nodes: list[ScopedConfigVariableFields]


class InstanceConnection(Page, frozen=True, gc=False):
    nodes: list[ConnectionUser]


class ConnectionUsers(Node, frozen=True, gc=False):
    instances: InstanceConnection


class ConnectionAuthorization(Node, frozen=True, gc=False):
    key: str
    authorize_url: SecretText[str | None]


class InputField(Node, frozen=True, gc=False):
    key: str
    type: InputFieldType
    shown: bool
    required: bool


class InputFieldConnection(Page, frozen=True, gc=False):
    nodes: list[InputField]


class ConnectionConnectionNode(Node, frozen=True, gc=False):
    key: str
    inputs: InputFieldConnection


class ConnectionConnection(Page, frozen=True, gc=False):
    nodes: list[ConnectionConnectionNode]


class ComponentConnectionsNode(Node, frozen=True, gc=False):
    key: str
    public: bool
    connections: ConnectionConnection


class ComponentConnections(AnswerObject, frozen=True, gc=False):
    nodes: list[ComponentConnectionsNode]


class ComponentKeysNode(Node, frozen=True, gc=False):
    key: str


class ComponentKeys(CountedPage, frozen=True, gc=False):
    nodes: list[ComponentKeysNode]


class Organization(Node, frozen=True, gc=False):
    allow_add_scoped_config_variable: bool


class ScopedConfigVariablePayload(Payload, frozen=True, gc=False):
    scoped_config_variable: Node | None


DOCUMENT = OperationFile(__package__, "operations.graphql", CONNECTION_FRAGMENTS)
CONNECTIONS = Operation("connections", "scopedConfigVariables", ScopedConfigVariableConnection, DOCUMENT)
CONNECTION_USERS = Operation("connectionUsers", "scopedConfigVariable", ConnectionUsers, DOCUMENT)
CONNECTION_AUTHORIZATION = Operation(
    "connectionAuthorization", "scopedConfigVariable", ConnectionAuthorization, DOCUMENT
)
COMPONENT_CONNECTIONS = Operation("componentConnections", "components", ComponentConnections, DOCUMENT)
COMPONENT_KEYS = Operation("componentKeys", "components", ComponentKeys, DOCUMENT)
MAY_ADD_SCOPED_CONFIG_VARIABLE = Operation("mayAddScopedConfigVariable", "organization", Organization, DOCUMENT)
CREATE_SCOPED_CONFIG_VARIABLE = Operation(
    "createScopedConfigVariable", "createScopedConfigVariable", ScopedConfigVariablePayload, DOCUMENT, mutation=True
)
UPDATE_SCOPED_CONFIG_VARIABLE = Operation(
    "updateScopedConfigVariable", "updateScopedConfigVariable", ScopedConfigVariablePayload, DOCUMENT, mutation=True
)
DELETE_SCOPED_CONFIG_VARIABLE = Operation(
    "deleteScopedConfigVariable", "deleteScopedConfigVariable", ScopedConfigVariablePayload, DOCUMENT, mutation=True
)
