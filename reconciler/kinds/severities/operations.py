"""The operations of operations.graphql, and the types of their answers.

`make generate` writes this file.
"""

from __future__ import annotations

from reconciler.model.answers import Node
from reconciler.model.operation import Operation, OperationFile


class LogSeverity(Node, frozen=True, gc=False):
    number: int | None


DOCUMENT = OperationFile(__package__, "operations.graphql")
LOG_SEVERITY_LEVELS = Operation("logSeverityLevels", "logSeverityLevels", list[LogSeverity], DOCUMENT)
