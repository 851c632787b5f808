"""The operations of operations.graphql, and the types of their answers.

`make generate` writes this file.
"""

from __future__ import annotations

from reconciler.model.answers import AnswerObject, CountedPage, NamedNode, NamedNodes, Node, Page, Payload
from reconciler.model.operation import Operation, OperationFile


class Customer(Node, frozen=True, gc=False):
    name: str
    external_id: str | None


class Instance(Node, frozen=True, gc=False):
    name: str
    customer: Customer


class IntegrationFlow(AnswerObject, frozen=True, gc=False):
    name: str


class InstanceFlowConfig(Node, frozen=True, gc=False):
    flow: IntegrationFlow
    instance: Instance


class User(Node, frozen=True, gc=False):
    email: str


class UserConnection(Page, frozen=True, gc=False):
    nodes: list[User]


class MonitorFields(Node, frozen=True, gc=False):
    name: str
    duration_seconds_condition: int | None
    execution_overdue_minutes_condition: int | None
    log_severity_level_condition: int | None
    updated_at: str
    allow_update: bool
    allow_remove: bool
    instance: Instance | None
    flow_config: InstanceFlowConfig | None
    triggers: NamedNodes
    groups: NamedNodes
    users: UserConnection
    webhooks: NamedNodes


class AlertMonitorConnection(CountedPage, frozen=True, gc=False):
    nodes: list[MonitorFields]


class AlertTriggers(CountedPage, frozen=True, gc=False):
    nodes: list[NamedNode]


class AlertMonitorPayload(Payload, frozen=True, gc=False):
    alert_monitor: MonitorFields | None


class DeleteAlertMonitorPayload(Payload, frozen=True, gc=False):
    alert_monitor: Node | None


DOCUMENT = OperationFile(__package__, "operations.graphql")
ALERT_MONITORS = Operation("alertMonitors", "alertMonitors", AlertMonitorConnection, DOCUMENT)
ALERT_TRIGGERS = Operation("alertTriggers", "alertTriggers", AlertTriggers, DOCUMENT)
CREATE_ALERT_MONITOR = Operation(
    "createAlertMonitor", "createAlertMonitor", AlertMonitorPayload, DOCUMENT, mutation=True
)
UPDATE_ALERT_MONITOR = Operation(
    "updateAlertMonitor", "updateAlertMonitor", AlertMonitorPayload, DOCUMENT, mutation=True
)
DELETE_ALERT_MONITOR = Operation(
    "deleteAlertMonitor", "deleteAlertMonitor", DeleteAlertMonitorPayload, DOCUMENT, mutation=True
)
