"""The operations of operations.graphql, and the types of their answers.

`make generate` writes this file.
"""

from __future__ import annotations

from reconciler.model.answers import AnswerObject, Node, PageInfo, Payload
from reconciler.model.operation import Operation, OperationFile


class Customer(Node, frozen=True, gc=False):
    name: str


class User(Node, frozen=True, gc=False):
    email: str
    customer: Customer | None


class UserConnection(AnswerObject, frozen=True, gc=False):
    page_info: PageInfo
    nodes: list[User]


class AlertWebhook(Node, frozen=True, gc=False):
    name: str


class AlertWebhookConnection(AnswerObject, frozen=True, gc=False):
    page_info: PageInfo
    nodes: list[AlertWebhook]


class AlertGroupFields(Node, frozen=True, gc=False):
    name: str
    users: UserConnection
    webhooks: AlertWebhookConnection
    allow_update: bool
    allow_remove: bool


class AlertGroupConnection(AnswerObject, frozen=True, gc=False):
    total_count: int
    page_info: PageInfo
    nodes: list[AlertGroupFields]


class Instance(Node, frozen=True, gc=False):
    name: str
    customer: Customer


class IntegrationFlow(Node, frozen=True, gc=False):
    name: str


class InstanceFlowConfig(Node, frozen=True, gc=False):
    flow: IntegrationFlow


class AlertMonitor(Node, frozen=True, gc=False):
    name: str
    instance: Instance | None
    flow_config: InstanceFlowConfig | None


class AlertMonitorConnection(AnswerObject, frozen=True, gc=False):
    page_info: PageInfo
    nodes: list[AlertMonitor]


class AlertGroup(Node, frozen=True, gc=False):
    monitors: AlertMonitorConnection


class Organization(Node, frozen=True, gc=False):
    allow_add_alert_group: bool


class CreateAlertGroupPayload(Payload, frozen=True, gc=False):
    alert_group: AlertGroupFields | None


class UpdateAlertGroupPayload(Payload, frozen=True, gc=False):
    alert_group: AlertGroupFields | None


class DeleteAlertGroupPayload(Payload, frozen=True, gc=False):
    alert_group: Node | None


DOCUMENT = OperationFile(__package__, "operations.graphql")
ALERT_GROUPS = Operation("alertGroups", "alertGroups", AlertGroupConnection, DOCUMENT)
ALERT_GROUP_USES = Operation("alertGroupUses", "alertGroup", AlertGroup, DOCUMENT)
MAY_ADD_ALERT_GROUP = Operation("mayAddAlertGroup", "organization", Organization, DOCUMENT)
CREATE_ALERT_GROUP = Operation("createAlertGroup", "createAlertGroup", CreateAlertGroupPayload, DOCUMENT, mutation=True)
UPDATE_ALERT_GROUP = Operation("updateAlertGroup", "updateAlertGroup", UpdateAlertGroupPayload, DOCUMENT, mutation=True)
DELETE_ALERT_GROUP = Operation("deleteAlertGroup", "deleteAlertGroup", DeleteAlertGroupPayload, DOCUMENT, mutation=True)
