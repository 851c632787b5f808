"""The operations of operations.graphql, and the types of their answers.

`make generate` writes this file.
"""

from __future__ import annotations

from reconciler.model.answers import AnswerObject, NamedNode, Node, PageInfo, Payload
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


class MonitorFieldsTriggers(AnswerObject, frozen=True, gc=False):
    nodes: list[NamedNode]
    page_info: PageInfo


class AlertGroupConnection(AnswerObject, frozen=True, gc=False):
    nodes: list[NamedNode]
    page_info: PageInfo


class User(Node, frozen=True, gc=False):
    email: str


class UserConnection(AnswerObject, frozen=True, gc=False):
    nodes: list[User]
    page_info: PageInfo


class AlertWebhookConnection(AnswerObject, frozen=True, gc=False):
    nodes: list[NamedNode]
    page_info: PageInfo


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
    triggers: MonitorFieldsTriggers
    groups: AlertGroupConnection
    users: UserConnection
    webhooks: AlertWebhookConnection


class AlertMonitorConnection(AnswerObject, frozen=True, gc=False):
    total_count: int
    page_info: PageInfo
    nodes: list[MonitorFields]


class AlertTriggers(AnswerObject, frozen=True, gc=False):
    total_count: int
    page_info: PageInfo
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
