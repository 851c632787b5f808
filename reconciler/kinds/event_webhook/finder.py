"""Event webhooks as the API lists them, as webhook endpoints, and the one that a manifest means: by ``name``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.kinds.event_webhook.operations import (
    MAY_ADD_WEBHOOK_ENDPOINT,
    WEBHOOK_ENDPOINTS,
    WEBHOOK_EVENT_TYPES,
)
from reconciler.kinds.event_webhook.spec import NAME
from reconciler.kinds.shared.by_name import NamedObjects
from reconciler.kinds.shared.organization_permission import organization_permission
from reconciler.model.tenant import Collection, Read

if TYPE_CHECKING:
    from reconciler.kinds.event_webhook.operations import WebhookEndpointFields
    from reconciler.model.answers import Node


ENDPOINTS: Collection[WebhookEndpointFields] = Collection(WEBHOOK_ENDPOINTS, lambda node: [node.name])
EVENTS: Collection[Node] = Collection(WEBHOOK_EVENT_TYPES, lambda node: [node.id])


PERMISSION = organization_permission(MAY_ADD_WEBHOOK_ENDPOINT, "allowAddWebhookEndpoint")
OBJECTS = NamedObjects(NAME, "event webhook", ENDPOINTS)
NAMES = OBJECTS.names()
LOOKS = OBJECTS.looks()
FINDER = OBJECTS.finder(managed=lambda _: [Read(EVENTS)])
