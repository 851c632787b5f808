"""The operations of activity_operations.graphql, and the types of their answers.

`make generate` writes this file.
"""

from __future__ import annotations

from reconciler.model.answers import AnswerObject, Node
from reconciler.model.operation import Operation, OperationFile


class Activity(AnswerObject, frozen=True, gc=False):
    timestamp: str
    user_name: str
    user: Node | None


class ActivityConnection(AnswerObject, frozen=True, gc=False):
    nodes: list[Activity]


DOCUMENT = OperationFile(__package__, "activity_operations.graphql")
ACTIVITIES = Operation("activities", "activities", ActivityConnection, DOCUMENT)
