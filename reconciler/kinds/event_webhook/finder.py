"""The event webhook that a manifest means: by ``name``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.kinds.event_webhook.reads import ENDPOINTS, EVENTS, live_webhook
from reconciler.kinds.shared.taken_along import is_taken_along
from reconciler.model.capabilities.finder import Finder
from reconciler.model.tenant import Read

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reconciler.kinds.event_webhook.operations import WebhookEndpointFields
    from reconciler.model.live import Live
    from reconciler.model.resource import Resource
    from reconciler.model.view import View


def _reads(resource: Resource, _view: View) -> Iterator[Read]:
    # The API filters by a part of a name alone, and few organizations have more than a page of webhooks.
    yield Read(ENDPOINTS)
    if resource.lifecycle.managed:
        yield Read(EVENTS)


def _candidates(resource: Resource, view: View) -> Sequence[Live[WebhookEndpointFields]]:
    kept: Sequence[WebhookEndpointFields] = ()
    for name in (resource.spec["name"], *resource.lifecycle.renamed_from):
        found = view.tenant.find(ENDPOINTS, name)
        if name == resource.spec["name"] and is_taken_along(found, resource, view):
            kept = found
        elif found:
            return [live_webhook(node) for node in found]
    return [live_webhook(node) for node in kept]


FINDER = Finder(_reads, _candidates, live_webhook)
