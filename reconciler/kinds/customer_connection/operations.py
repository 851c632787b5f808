"""The operations of operations.graphql, and the types of their answers.

`make generate` writes this file.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from reconciler.kinds.connection.fragments import DOCUMENT as CONNECTION_FRAGMENTS
from reconciler.kinds.connection.fragments import ConnectionUser, SharedInput
from reconciler.model.answers import AnswerObject, CountedPage, NamedNode, Node, Page, Payload, SecretText
from reconciler.model.operation import Operation, OperationFile

if TYPE_CHECKING:
    CustomerConfigVariableStatus = Literal["ACTIVE", "ERROR", "FAILED", "PENDING"]
    ConnectionOauth2Type = Literal["AUTHORIZATION_CODE", "CLIENT_CREDENTIALS"]
else:
    # An API that is newer than this list may have further values.
    CustomerConfigVariableStatus = str
    ConnectionOauth2Type = str


class Connection(Node, frozen=True, gc=False):
    oauth2_type: ConnectionOauth2Type | None


class CustomerConfigVariableFieldsScopedConfigVariable(Node, frozen=True, gc=False):
    key: str
    stable_key: str
    connection: Connection | None


class ExpressionConnection(Page, frozen=True, gc=False):
    nodes: list[SharedInput]


class CustomerConfigVariableFields(Node, frozen=True, gc=False):
    key: str | None
    is_test: bool
    status: CustomerConfigVariableStatus | None
    is_in_use: bool
    has_deployed_instances: bool
    last_configured_at: str | None
    allow_update: bool
    allow_remove: bool
    customer: NamedNode | None
    scoped_config_variable: CustomerConfigVariableFieldsScopedConfigVariable
    inputs: ExpressionConnection | None


class CustomerConfigVariableConnection(CountedPage, frozen=True, gc=False):
    nodes: list[CustomerConfigVariableFields]


class InstanceConnection(Page, frozen=True, gc=False):
    nodes: list[ConnectionUser]


class CustomerConnectionUsers(Node, frozen=True, gc=False):
    instances: InstanceConnection


class MayAddCustomerConfigVariable(Node, frozen=True, gc=False):
    allow_add_customer_config_variable: bool


class ScopedConfigVariableKey(AnswerObject, frozen=True, gc=False):
    key: str


class CustomerConnectionAuthorization(Node, frozen=True, gc=False):
    scoped_config_variable: ScopedConfigVariableKey
    authorize_url: SecretText[str | None]


class CustomerConfigVariablePayload(Payload, frozen=True, gc=False):
    customer_config_variable: Node | None


DOCUMENT = OperationFile(__package__, "operations.graphql", CONNECTION_FRAGMENTS)
CUSTOMER_CONNECTIONS = Operation(
    "customerConnections", "customerConfigVariables", CustomerConfigVariableConnection, DOCUMENT
)
CUSTOMER_CONNECTION_USERS = Operation(
    "customerConnectionUsers", "customerConfigVariable", CustomerConnectionUsers, DOCUMENT
)
MAY_ADD_CUSTOMER_CONFIG_VARIABLE = Operation(
    "mayAddCustomerConfigVariable", "customer", MayAddCustomerConfigVariable, DOCUMENT
)
CUSTOMER_CONNECTION_AUTHORIZATION = Operation(
    "customerConnectionAuthorization", "customerConfigVariable", CustomerConnectionAuthorization, DOCUMENT
)
CREATE_CUSTOMER_CONFIG_VARIABLE = Operation(
    "createCustomerConfigVariable",
    "createCustomerConfigVariable",
    CustomerConfigVariablePayload,
    DOCUMENT,
    mutation=True,
)
UPDATE_CUSTOMER_CONFIG_VARIABLE = Operation(
    "updateCustomerConfigVariable",
    "updateCustomerConfigVariable",
    CustomerConfigVariablePayload,
    DOCUMENT,
    mutation=True,
)
DELETE_CUSTOMER_CONFIG_VARIABLE = Operation(
    "deleteCustomerConfigVariable",
    "deleteCustomerConfigVariable",
    CustomerConfigVariablePayload,
    DOCUMENT,
    mutation=True,
)
