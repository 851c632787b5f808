"""The operations of operations.graphql, and the types of their answers.

`make generate` writes this file.
"""

from __future__ import annotations

from reconciler.model.answers import AnswerObject, CountedPage, Node, Payload, SecretTextAndValues
from reconciler.model.operation import Operation, OperationFile


class LogSeverity(AnswerObject, frozen=True, gc=False):
    id: int | None
    name: str


class LogStreamFields(Node, frozen=True, gc=False):
    name: str
    url: SecretTextAndValues[str]
    headers: SecretTextAndValues[str | None]
    payload_template: str
    severity_levels: list[LogSeverity | None]
    allow_update: bool
    allow_remove: bool


class ExternalLogStreamConnection(CountedPage, frozen=True, gc=False):
    nodes: list[LogStreamFields]


class Organization(Node, frozen=True, gc=False):
    allow_add_external_log_stream: bool


class ExternalLogStreamPayload(Payload, frozen=True, gc=False):
    external_log_stream: LogStreamFields | None


class DeleteExternalLogStreamPayload(Payload, frozen=True, gc=False):
    external_log_stream: Node | None


DOCUMENT = OperationFile(__package__, "operations.graphql")
EXTERNAL_LOG_STREAMS = Operation("externalLogStreams", "externalLogStreams", ExternalLogStreamConnection, DOCUMENT)
MAY_ADD_EXTERNAL_LOG_STREAM = Operation("mayAddExternalLogStream", "organization", Organization, DOCUMENT)
CREATE_EXTERNAL_LOG_STREAM = Operation(
    "createExternalLogStream", "createExternalLogStream", ExternalLogStreamPayload, DOCUMENT, mutation=True
)
UPDATE_EXTERNAL_LOG_STREAM = Operation(
    "updateExternalLogStream", "updateExternalLogStream", ExternalLogStreamPayload, DOCUMENT, mutation=True
)
DELETE_EXTERNAL_LOG_STREAM = Operation(
    "deleteExternalLogStream", "deleteExternalLogStream", DeleteExternalLogStreamPayload, DOCUMENT, mutation=True
)
