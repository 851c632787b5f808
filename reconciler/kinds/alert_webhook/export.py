"""A live alert webhook as a manifest declares it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.kinds.alert_webhook.finder import WEBHOOKS
from reconciler.kinds.shared.addressed import declare_address
from reconciler.model.capabilities.export import Export, SecretSort
from reconciler.model.tenant import Read

if TYPE_CHECKING:
    from reconciler.kinds.alert_webhook.operations import AlertWebhookFields
    from reconciler.model.capabilities.export import Declared
    from reconciler.model.tenant import Live
    from reconciler.model.view import View

SECRET = SecretSort("alertWebhook", "1 secret of an alert webhook", "{} secrets of alert webhooks")


def _declare(live: Live[AlertWebhookFields], _view: View, _parent: Live | None, _full: bool) -> Declared:
    """Return the manifest of a live webhook, so that planning it as it stands finds nothing to do."""
    return declare_address(live.node, SECRET)


EXPORT = Export(Read(WEBHOOKS), _declare, lambda handle, _: f"alert-webhooks/{handle}.yaml", secrets=(SECRET,))
