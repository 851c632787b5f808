"""The operations of operations.graphql, and the types of their answers.

`make generate` writes this file.
"""

from __future__ import annotations

from reconciler.kinds.alert_webhook.fragments import DOCUMENT as ALERT_WEBHOOK_FRAGMENTS
from reconciler.kinds.alert_webhook.fragments import MonitorUse
from reconciler.model.answers import AnswerObject, CountedPage, NamedNode, Node, PageInfo, Payload
from reconciler.model.operation import Operation, OperationFile


class User(Node, frozen=True, gc=False):
    email: str
    customer: NamedNode | None


class UserConnection(AnswerObject, frozen=True, gc=False):
    page_info: PageInfo
    nodes: list[User]


class AlertWebhookConnection(AnswerObject, frozen=True, gc=False):
    page_info: PageInfo
    nodes: list[NamedNode]


class AlertGroupFields(Node, frozen=True, gc=False):
    name: str
    users: UserConnection
    webhooks: AlertWebhookConnection
    allow_update: bool
    allow_remove: bool


class AlertGroupConnection(CountedPage, frozen=True, gc=False):
    nodes: list[AlertGroupFields]


class AlertMonitorConnection(AnswerObject, frozen=True, gc=False):
    page_info: PageInfo
    nodes: list[MonitorUse]


class AlertGroup(Node, frozen=True, gc=False):
    monitors: AlertMonitorConnection


class Organization(Node, frozen=True, gc=False):
    allow_add_alert_group: bool


class AlertGroupPayload(Payload, frozen=True, gc=False):
    alert_group: AlertGroupFields | None


class DeleteAlertGroupPayload(Payload, frozen=True, gc=False):
    alert_group: Node | None


DOCUMENT = OperationFile(__package__, "operations.graphql", ALERT_WEBHOOK_FRAGMENTS)
ALERT_GROUPS = Operation("alertGroups", "alertGroups", AlertGroupConnection, DOCUMENT)
ALERT_GROUP_USES = Operation("alertGroupUses", "alertGroup", AlertGroup, DOCUMENT)
MAY_ADD_ALERT_GROUP = Operation("mayAddAlertGroup", "organization", Organization, DOCUMENT)
CREATE_ALERT_GROUP = Operation("createAlertGroup", "createAlertGroup", AlertGroupPayload, DOCUMENT, mutation=True)
UPDATE_ALERT_GROUP = Operation("updateAlertGroup", "updateAlertGroup", AlertGroupPayload, DOCUMENT, mutation=True)
DELETE_ALERT_GROUP = Operation("deleteAlertGroup", "deleteAlertGroup", DeleteAlertGroupPayload, DOCUMENT, mutation=True)
