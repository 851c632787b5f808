"""Event webhooks as the API lists them, as webhook endpoints, and the one that a manifest means: by ``name``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.kinds.event_webhook.operations import WEBHOOK_ENDPOINTS, WEBHOOK_EVENT_TYPES
from reconciler.kinds.event_webhook.spec import NAME, webhook_name
from reconciler.kinds.shared.by_name import found_by_name
from reconciler.model.capabilities.finder import Finder
from reconciler.model.capabilities.names import LookAlike, Looks, Names
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.tenant import Collection, Live, Read
from reconciler.text.look_alikes import skeleton

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

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


def _candidates(resource: Resource, view: View) -> Sequence[Live[WebhookEndpointFields]]:
    found = found_by_name(resource, view, lambda name: view.tenant.find(ENDPOINTS, name))
    return [live_webhook(node) for node in found]


def _conflicts(resource: Resource, view: View) -> Mapping[str, Diagnostic]:
    """Return which other webhook has the name already: a second one would be mistaken for it."""
    name = resource.spec.get("name")
    return {
        node.id: Diagnostic(
            f"the name {name!r} is taken by another event webhook ({node.id}), to which no manifest gives "
            "another; correct one of the names",
            path=("name",),
        )
        for node in view.tenant.find(ENDPOINTS, name)
    }


def _alike(resource: Resource, view: View) -> Sequence[LookAlike]:
    name = resource.spec["name"]
    others = [node for node in view.tenant.all(ENDPOINTS) if node.name != name]
    alike = [node for node in others if skeleton(node.name) == skeleton(name)]
    return [LookAlike(live_webhook(node), ("name",), name, node.name) for node in alike]


NAMES = Names(webhook_name, _conflicts)
LOOKS = Looks(_alike)
FINDER = Finder(_reads, _candidates, live_webhook)
