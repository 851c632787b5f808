"""The operations of operations.graphql, and the types of their answers.

`make generate` writes this file.
"""

from __future__ import annotations

from reconciler.model.answers import CountedPage, Node, Payload, SecretTextAndValues
from reconciler.model.operation import Operation, OperationFile


class WebhookEndpointFields(Node, frozen=True, gc=False):
    name: str
    url: SecretTextAndValues[str]
    event_types: list[str]
    headers: SecretTextAndValues[str | None]
    secret: SecretTextAndValues[str | None]
    description: str | None
    enabled: bool
    allow_update: bool
    allow_remove: bool


class WebhookEndpointConnection(CountedPage, frozen=True, gc=False):
    nodes: list[WebhookEndpointFields]


class Organization(Node, frozen=True, gc=False):
    allow_add_webhook_endpoint: bool


class WebhookEndpointPayload(Payload, frozen=True, gc=False):
    webhook_endpoint: WebhookEndpointFields | None


class DeleteWebhookEndpointPayload(Payload, frozen=True, gc=False):
    webhook_endpoint: Node | None


DOCUMENT = OperationFile(__package__, "operations.graphql")
WEBHOOK_ENDPOINTS = Operation("webhookEndpoints", "webhookEndpoints", WebhookEndpointConnection, DOCUMENT)
WEBHOOK_EVENT_TYPES = Operation("webhookEventTypes", "webhookEventTypes", list[Node], DOCUMENT)
MAY_ADD_WEBHOOK_ENDPOINT = Operation("mayAddWebhookEndpoint", "organization", Organization, DOCUMENT)
CREATE_WEBHOOK_ENDPOINT = Operation(
    "createWebhookEndpoint", "createWebhookEndpoint", WebhookEndpointPayload, DOCUMENT, mutation=True
)
UPDATE_WEBHOOK_ENDPOINT = Operation(
    "updateWebhookEndpoint", "updateWebhookEndpoint", WebhookEndpointPayload, DOCUMENT, mutation=True
)
DELETE_WEBHOOK_ENDPOINT = Operation(
    "deleteWebhookEndpoint", "deleteWebhookEndpoint", DeleteWebhookEndpointPayload, DOCUMENT, mutation=True
)
