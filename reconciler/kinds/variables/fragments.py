"""The operations of fragments.graphql, and the types of their answers.

`make generate` writes this file.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from reconciler.model.answers import AnswerObject, Node, Page, SecretInput
from reconciler.model.operation import OperationFile

if TYPE_CHECKING:
    InstanceConfigVariableScheduleType = Literal["CUSTOM", "DAY", "HOUR", "MINUTE", "NONE", "WEEK"]
    InstanceConfigVariableStatus = Literal["ACTIVE", "ERROR", "FAILED", "PENDING"]
    ExpressionType = Literal["COMPLEX", "CONFIGVAR", "REFERENCE", "TEMPLATE", "VALUE"]
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
    RequiredConfigVariableScheduleType = Literal["CUSTOM", "DAY", "HOUR", "MINUTE", "NONE", "WEEK"]
    ConnectionOauth2Type = Literal["AUTHORIZATION_CODE", "CLIENT_CREDENTIALS"]
else:
    # An API that is newer than this list may have further values.
    InstanceConfigVariableScheduleType = str
    InstanceConfigVariableStatus = str
    ExpressionType = str
    RequiredConfigVariableDataType = str
    RequiredConfigVariableCollectionType = str
    RequiredConfigVariableScheduleType = str
    ConnectionOauth2Type = str


class RequiredConfigVariable(AnswerObject, frozen=True, gc=False):
    key: str
    stable_key: str | None
    default_value: str | None


class LiveInput(Node, frozen=True, gc=False):
    name: str
    type: ExpressionType
    value: SecretInput[str | None]
    has_value: bool


class LiveVariableInputs(Page, frozen=True, gc=False):
    nodes: list[LiveInput]


class LiveVariable(Node, frozen=True, gc=False):
    value: str | None
    schedule_type: InstanceConfigVariableScheduleType | None
    time_zone: str | None
    status: InstanceConfigVariableStatus | None
    customer_config_variable: Node | None
    on_premise_resource: Node | None
    required_config_variable: RequiredConfigVariable
    inputs: LiveVariableInputs | None


class DeclaredFieldsScopedConfigVariable(Node, frozen=True, gc=False):
    stable_key: str


class DeclaredFields(Node, frozen=True, gc=False):
    key: str
    stable_key: str | None
    data_type: RequiredConfigVariableDataType
    collection_type: RequiredConfigVariableCollectionType | None
    default_value: str | None
    pick_list: list[str] | None
    schedule_type: RequiredConfigVariableScheduleType | None
    time_zone: str | None
    meta: str | None
    user_level_configured: bool
    scoped_config_variable: DeclaredFieldsScopedConfigVariable | None


class Connection(Node, frozen=True, gc=False):
    oauth2_type: ConnectionOauth2Type | None


class DeclaredVariableShared(Node, frozen=True, gc=False):
    connection: Connection | None


class DeclaredInput(Node, frozen=True, gc=False):
    name: str
    value: SecretInput[str | None]
    has_value: bool


class DeclaredVariableInputs(Page, frozen=True, gc=False):
    nodes: list[DeclaredInput]


class DeclaredVariable(DeclaredFields, frozen=True, gc=False):
    connection: Connection | None
    shared: DeclaredVariableShared | None
    inputs: DeclaredVariableInputs | None


DOCUMENT = OperationFile(__package__, "fragments.graphql")
