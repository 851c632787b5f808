"""The operations of input_operations.graphql, and the types of their answers.

`make generate` writes this file.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from reconciler.model.answers import Node, Page, SecretValues
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
else:
    # An API that is newer than this list may have further values.
    InputFieldType = str


class InputField(Node, frozen=True, gc=False):
    key: str
    type: InputFieldType
    shown: bool


class InputFieldConnection(Page, frozen=True, gc=False):
    nodes: list[InputField]


class Connection(Node, frozen=True, gc=False):
    inputs: InputFieldConnection


class Expression(Node, frozen=True, gc=False):
    name: str
    meta: SecretValues[str | None]


class ExpressionConnection(Page, frozen=True, gc=False):
    nodes: list[Expression]


class RequiredConfigVariable(Node, frozen=True, gc=False):
    key: str
    connection: Connection | None
    inputs: ExpressionConnection | None


class RequiredConfigVariableConnection(Page, frozen=True, gc=False):
    nodes: list[RequiredConfigVariable]


class Integration(Node, frozen=True, gc=False):
    required_config_variables: RequiredConfigVariableConnection


DOCUMENT = OperationFile(__package__, "input_operations.graphql")
CONNECTION_INPUTS = Operation("connectionInputs", "integration", Integration, DOCUMENT)
