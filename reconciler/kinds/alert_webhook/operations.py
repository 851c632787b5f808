"""The operations of operations.graphql, and the types of their answers.

`make generate` writes this file.
"""

from __future__ import annotations

from reconciler.kinds.alert_webhook.fragments import DOCUMENT as ALERT_WEBHOOK_FRAGMENTS
from reconciler.kinds.alert_webhook.fragments import MonitorUse
from reconciler.model.answers import AnswerObject, CountedPage, NamedNode, Node, PageInfo, Payload, SecretTextAndValues
from reconciler.model.operation import Operation, OperationFile


class AlertWebhookFields(Node, frozen=True, gc=False):
    name: str
    url: SecretTextAndValues[str]
    headers: SecretTextAndValues[str | None]
    payload_template: str
    allow_update: bool
    allow_remove: bool


class AlertGroupConnection(AnswerObject, frozen=True, gc=False):
    page_info: PageInfo
    nodes: list[NamedNode]


class AlertMonitorConnection(AnswerObject, frozen=True, gc=False):
    page_info: PageInfo
    nodes: list[MonitorUse]


class AlertWebhookUses(Node, frozen=True, gc=False):
    groups: AlertGroupConnection
    monitors: AlertMonitorConnection


class AlertWebhookConnection(CountedPage, frozen=True, gc=False):
    nodes: list[AlertWebhookFields]


class Organization(Node, frozen=True, gc=False):
    allow_add_alert_webhook: bool


class AlertWebhookPayload(Payload, frozen=True, gc=False):
    alert_webhook: AlertWebhookFields | None


class DeleteAlertWebhookPayload(Payload, frozen=True, gc=False):
    alert_webhook: Node | None


DOCUMENT = OperationFile(__package__, "operations.graphql", ALERT_WEBHOOK_FRAGMENTS)
ALERT_WEBHOOKS = Operation("alertWebhooks", "alertWebhooks", AlertWebhookConnection, DOCUMENT)
ALERT_WEBHOOK_USES = Operation("alertWebhookUses", "alertWebhook", AlertWebhookUses, DOCUMENT)
MAY_ADD_ALERT_WEBHOOK = Operation("mayAddAlertWebhook", "organization", Organization, DOCUMENT)
CREATE_ALERT_WEBHOOK = Operation(
    "createAlertWebhook", "createAlertWebhook", AlertWebhookPayload, DOCUMENT, mutation=True
)
UPDATE_ALERT_WEBHOOK = Operation(
    "updateAlertWebhook", "updateAlertWebhook", AlertWebhookPayload, DOCUMENT, mutation=True
)
DELETE_ALERT_WEBHOOK = Operation(
    "deleteAlertWebhook", "deleteAlertWebhook", DeleteAlertWebhookPayload, DOCUMENT, mutation=True
)
