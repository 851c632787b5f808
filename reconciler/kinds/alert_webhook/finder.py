"""Alert webhooks as the API lists them, and the one that a manifest means: by ``name``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.kinds.alert_webhook.operations import (
    ALERT_WEBHOOK_USES,
    ALERT_WEBHOOKS,
    DELETE_ALERT_WEBHOOK,
    MAY_ADD_ALERT_WEBHOOK,
)
from reconciler.kinds.alert_webhook.spec import NAME
from reconciler.kinds.alert_webhook.uses import UsedObjects, uses_of
from reconciler.kinds.shared.addressed import secret_templates
from reconciler.kinds.shared.by_name import NamedObjects
from reconciler.kinds.shared.organization_permission import organization_permission
from reconciler.model.capabilities.finder import Finder
from reconciler.model.tenant import Collection, Live, Read, single_objects

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reconciler.kinds.alert_webhook.operations import AlertWebhookFields
    from reconciler.model.resource import Resource
    from reconciler.model.view import View

WEBHOOKS: Collection[AlertWebhookFields] = Collection(ALERT_WEBHOOKS, lambda node: [node.name])
USES = UsedObjects(single_objects(ALERT_WEBHOOK_USES), uses_of, DELETE_ALERT_WEBHOOK)


def live_webhook(node: AlertWebhookFields) -> Live[AlertWebhookFields]:
    """Return a webhook's node as a live object."""
    return Live(NAME, node.id, node.name, node)


def _reads(resource: Resource, view: View) -> Iterator[Read]:
    # The API filters by a part of a name alone, and few organizations have more than a page of webhooks.
    yield Read(WEBHOOKS)
    if resource.lifecycle.absent and (live := view.live(resource.address)):
        yield from USES.reads(live)


OBJECTS = NamedObjects("alert webhook", WEBHOOKS, live_webhook)
NAMES = OBJECTS.names()
LOOKS = OBJECTS.looks()
PERMISSION = organization_permission(MAY_ADD_ALERT_WEBHOOK, "allowAddAlertWebhook")
FINDER = Finder(
    _reads, OBJECTS.candidates, live_webhook, secrets=lambda view: secret_templates(view.tenant.all(WEBHOOKS))
)
