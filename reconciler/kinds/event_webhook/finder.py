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
from reconciler.model.capabilities.finder import Finder
from reconciler.model.tenant import Collection, Live, Read

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reconciler.kinds.event_webhook.operations import WebhookEndpointFields
    from reconciler.model.answers import Node
    from reconciler.model.resource import Resource
    from reconciler.model.view import View


ENDPOINTS: Collection[WebhookEndpointFields] = Collection(WEBHOOK_ENDPOINTS, lambda node: [node.name])
EVENTS: Collection[Node] = Collection(WEBHOOK_EVENT_TYPES, lambda node: [node.id])


def live_webhook(node: WebhookEndpointFields) -> Live[WebhookEndpointFields]:
    """Return an endpoint's node as a live object."""
    return Live(NAME, node.id, node.name, node)


def _reads(resource: Resource, _view: View) -> Iterator[Read]:
    # The API filters by a part of a name alone, and few organizations have more than a page of webhooks.
    yield Read(ENDPOINTS)
    if resource.lifecycle.managed:
        yield Read(EVENTS)


PERMISSION = organization_permission(MAY_ADD_WEBHOOK_ENDPOINT, "allowAddWebhookEndpoint")
OBJECTS = NamedObjects("event webhook", ENDPOINTS, live_webhook)
NAMES = OBJECTS.names()
LOOKS = OBJECTS.looks()
FINDER = Finder(_reads, OBJECTS.candidates, live_webhook)
