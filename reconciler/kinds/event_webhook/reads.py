"""Event webhooks as the API lists them, as webhook endpoints, and the event types that exist."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.kinds.event_webhook.secrets import FIELDS
from reconciler.model.live import Live
from reconciler.model.operation import load_operations
from reconciler.model.tenant import Collection

if TYPE_CHECKING:
    from reconciler.model.tenant import Node

NAME = "EventWebhook"
OPERATIONS = load_operations(__package__, "operations.graphql", frozenset(FIELDS))
ENDPOINTS = Collection(OPERATIONS["webhookEndpoints"], lambda node: [node["name"]])
EVENTS = Collection(OPERATIONS["webhookEventTypes"], lambda node: [node["id"]])


def live_webhook(node: Node) -> Live:
    """Return an endpoint's node as a live object."""
    return Live(NAME, str(node["id"]), str(node.get("name") or ""), node)
