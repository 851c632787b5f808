"""The operations of connection_operations.graphql, and the types of their answers.

`make generate` writes this file.
"""

from __future__ import annotations

from reconciler.model.answers import AnswerObject, Node, Page, Payload, SecretText, SecretValues
from reconciler.model.operation import Operation, OperationFile


class ProbedSharedInput(Node, frozen=True, gc=False):
    name: str
    value: SecretText[str | None]
    meta: SecretValues[str | None]


class ScopedConfigVariableConnectionNode(Node, frozen=True, gc=False):
    key: str


class ScopedConfigVariableConnection(Page, frozen=True, gc=False):
    nodes: list[ScopedConfigVariableConnectionNode]


class ProbedConnection(Node, frozen=True, gc=False):
    is_in_use: bool


class CustomerConfigVariable(Node, frozen=True, gc=False):
    key: str | None
    customer: Node | None


class CustomerConfigVariableConnection(Page, frozen=True, gc=False):
    nodes: list[CustomerConfigVariable]


class ExpressionConnection(AnswerObject, frozen=True, gc=False):
    nodes: list[ProbedSharedInput]


class CreateScopedConfigVariablePayloadScopedConfigVariable(Node, frozen=True, gc=False):
    key: str
    is_in_use: bool
    inputs: ExpressionConnection | None


class CreateScopedConfigVariablePayload(Payload, frozen=True, gc=False):
    scoped_config_variable: CreateScopedConfigVariablePayloadScopedConfigVariable | None


class CustomerConfigVariablePayload(Payload, frozen=True, gc=False):
    customer_config_variable: Node | None


DOCUMENT = OperationFile(__package__, "connection_operations.graphql")
PROBED_CONNECTIONS = Operation("probedConnections", "scopedConfigVariables", ScopedConfigVariableConnection, DOCUMENT)
PROBED_CONNECTION = Operation("probedConnection", "scopedConfigVariable", ProbedConnection, DOCUMENT)
PROBED_CUSTOMER_CONNECTIONS = Operation(
    "probedCustomerConnections", "customerConfigVariables", CustomerConfigVariableConnection, DOCUMENT
)
PROBE_CREATE_CONNECTION = Operation(
    "probeCreateConnection", "createScopedConfigVariable", CreateScopedConfigVariablePayload, DOCUMENT, mutation=True
)
PROBE_DELETE_CONNECTION = Operation(
    "probeDeleteConnection", "deleteScopedConfigVariable", Payload, DOCUMENT, mutation=True
)
PROBE_CREATE_CUSTOMER_CONNECTION = Operation(
    "probeCreateCustomerConnection",
    "createCustomerConfigVariable",
    CustomerConfigVariablePayload,
    DOCUMENT,
    mutation=True,
)
PROBE_UPDATE_CUSTOMER_CONNECTION = Operation(
    "probeUpdateCustomerConnection",
    "updateCustomerConfigVariable",
    CustomerConfigVariablePayload,
    DOCUMENT,
    mutation=True,
)
PROBE_DELETE_CUSTOMER_CONNECTION = Operation(
    "probeDeleteCustomerConnection", "deleteCustomerConfigVariable", Payload, DOCUMENT, mutation=True
)
