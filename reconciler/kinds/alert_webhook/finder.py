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
from reconciler.model.tenant import Collection, single_objects

if TYPE_CHECKING:
    from reconciler.kinds.alert_webhook.operations import AlertWebhookFields

WEBHOOKS: Collection[AlertWebhookFields] = Collection(ALERT_WEBHOOKS, lambda node: [node.name])
USES = UsedObjects(single_objects(ALERT_WEBHOOK_USES), uses_of, DELETE_ALERT_WEBHOOK)


OBJECTS = NamedObjects(NAME, "alert webhook", WEBHOOKS)
NAMES = OBJECTS.names()
LOOKS = OBJECTS.looks()
PERMISSION = organization_permission(MAY_ADD_ALERT_WEBHOOK, "allowAddAlertWebhook")
FINDER = OBJECTS.finder(absent=USES.reads, secrets=secret_templates)
