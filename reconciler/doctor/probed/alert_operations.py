"""The operations of alert_operations.graphql, and the types of their answers.

`make generate` writes this file.
"""

from __future__ import annotations

from reconciler.model.answers import AnswerObject, NamedNode, NamedNodes, Node, Page, Payload, SecretText, SecretValues
from reconciler.model.operation import Operation, OperationFile


class ProbedEndpoint(Node, frozen=True, gc=False):
    name: str
    description: str | None
    enabled: bool
    secret: SecretText[str | None]
    event_types: list[str]


class ProbedAlertWebhook(Node, frozen=True, gc=False):
    name: str
    payload_template: str
    headers: SecretValues[str | None]


class ProbedAlertGroupWebhooks(AnswerObject, frozen=True, gc=False):
    nodes: list[Node]


class ProbedAlertGroup(Node, frozen=True, gc=False):
    name: str
    webhooks: ProbedAlertGroupWebhooks


class IntegrationFlow(AnswerObject, frozen=True, gc=False):
    name: str


class InstanceFlowConfig(Node, frozen=True, gc=False):
    flow: IntegrationFlow


class ProbedMonitor(Node, frozen=True, gc=False):
    duration_seconds_condition: int | None
    flow_config: InstanceFlowConfig | None


class Instance(Node, frozen=True, gc=False):
    customer: Node


class AlertMonitor(Node, frozen=True, gc=False):
    name: str
    instance: Instance | None
    flow_config: InstanceFlowConfig | None


class AlertMonitorConnection(Page, frozen=True, gc=False):
    nodes: list[AlertMonitor]


class AlertGroup(Node, frozen=True, gc=False):
    name: str
    webhooks: ProbedAlertGroupWebhooks


class AlertGroupConnection(Page, frozen=True, gc=False):
    nodes: list[AlertGroup]


class AlertTriggerConnection(AnswerObject, frozen=True, gc=False):
    nodes: list[NamedNode]


class WebhookEndpointPayload(Payload, frozen=True, gc=False):
    webhook_endpoint: ProbedEndpoint | None


class AlertWebhookPayload(Payload, frozen=True, gc=False):
    alert_webhook: ProbedAlertWebhook | None


class AlertGroupPayload(Payload, frozen=True, gc=False):
    alert_group: ProbedAlertGroup | None


class AlertMonitorPayload(Payload, frozen=True, gc=False):
    alert_monitor: ProbedMonitor | None


DOCUMENT = OperationFile(__package__, "alert_operations.graphql")
PROBED_MONITORS = Operation("probedMonitors", "alertMonitors", AlertMonitorConnection, DOCUMENT)
PROBED_ALERT_WEBHOOKS = Operation("probedAlertWebhooks", "alertWebhooks", NamedNodes, DOCUMENT)
PROBED_ALERT_GROUPS = Operation("probedAlertGroups", "alertGroups", AlertGroupConnection, DOCUMENT)
PROBED_ENDPOINTS = Operation("probedEndpoints", "webhookEndpoints", NamedNodes, DOCUMENT)
PROBED_TRIGGERS = Operation("probedTriggers", "alertTriggers", AlertTriggerConnection, DOCUMENT)
PROBED_EVENT_TYPES = Operation("probedEventTypes", "webhookEventTypes", list[Node], DOCUMENT)
PROBE_CREATE_ENDPOINT = Operation(
    "probeCreateEndpoint", "createWebhookEndpoint", WebhookEndpointPayload, DOCUMENT, mutation=True
)
PROBE_UPDATE_ENDPOINT = Operation(
    "probeUpdateEndpoint", "updateWebhookEndpoint", WebhookEndpointPayload, DOCUMENT, mutation=True
)
PROBE_DELETE_ENDPOINT = Operation("probeDeleteEndpoint", "deleteWebhookEndpoint", Payload, DOCUMENT, mutation=True)
PROBE_CREATE_ALERT_WEBHOOK = Operation(
    "probeCreateAlertWebhook", "createAlertWebhook", AlertWebhookPayload, DOCUMENT, mutation=True
)
PROBE_UPDATE_ALERT_WEBHOOK = Operation(
    "probeUpdateAlertWebhook", "updateAlertWebhook", AlertWebhookPayload, DOCUMENT, mutation=True
)
PROBE_DELETE_ALERT_WEBHOOK = Operation(
    "probeDeleteAlertWebhook", "deleteAlertWebhook", Payload, DOCUMENT, mutation=True
)
PROBE_CREATE_ALERT_GROUP = Operation(
    "probeCreateAlertGroup", "createAlertGroup", AlertGroupPayload, DOCUMENT, mutation=True
)
PROBE_UPDATE_ALERT_GROUP = Operation(
    "probeUpdateAlertGroup", "updateAlertGroup", AlertGroupPayload, DOCUMENT, mutation=True
)
PROBE_DELETE_ALERT_GROUP = Operation("probeDeleteAlertGroup", "deleteAlertGroup", Payload, DOCUMENT, mutation=True)
PROBE_CREATE_MONITOR = Operation(
    "probeCreateMonitor", "createAlertMonitor", AlertMonitorPayload, DOCUMENT, mutation=True
)
PROBE_UPDATE_MONITOR = Operation(
    "probeUpdateMonitor", "updateAlertMonitor", AlertMonitorPayload, DOCUMENT, mutation=True
)
PROBE_DELETE_MONITOR = Operation("probeDeleteMonitor", "deleteAlertMonitor", Payload, DOCUMENT, mutation=True)
