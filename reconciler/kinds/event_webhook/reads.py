"""Event webhooks as the API lists them, as webhook endpoints, and the event types that exist."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.kinds.event_webhook.operations import WEBHOOK_ENDPOINTS, WEBHOOK_EVENT_TYPES
from reconciler.kinds.event_webhook.spec import NAME
from reconciler.model.live import Live
from reconciler.model.tenant import Collection

if TYPE_CHECKING:
    from reconciler.kinds.event_webhook.operations import WebhookEndpointFields
    from reconciler.model.answers import Node

ENDPOINTS: Collection[WebhookEndpointFields] = Collection(WEBHOOK_ENDPOINTS, lambda node: [node.name])
EVENTS: Collection[Node] = Collection(WEBHOOK_EVENT_TYPES, lambda node: [node.id])


def live_webhook(node: WebhookEndpointFields) -> Live[WebhookEndpointFields]:
    """Return an endpoint's node as a live object."""
    return Live(NAME, node.id, node.name, node)
