"""A live event webhook as a manifest declares it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.kinds.event_webhook.differ import ATTRIBUTES
from reconciler.kinds.event_webhook.finder import ENDPOINTS
from reconciler.kinds.event_webhook.secrets import is_masked, readable_secrets
from reconciler.kinds.shared.attributes import declared
from reconciler.kinds.shared.declared_secrets import declare_secrets
from reconciler.model.capabilities.export import Declared, Export, Remark, SecretSort, Undeclarable
from reconciler.model.tenant import Read
from reconciler.secrets.secret import Unresolved

if TYPE_CHECKING:
    from reconciler.kinds.event_webhook.operations import WebhookEndpointFields
    from reconciler.model.tenant import Live
    from reconciler.model.view import View


SECRET = SecretSort("eventWebhook", "1 secret of an event webhook", "{} secrets of event webhooks")


def _declare(live: Live[WebhookEndpointFields], _view: View, _parent: Live | None, full: bool) -> Declared:
    """Return the manifest of a live webhook, so that planning it as it stands finds nothing to do."""
    node = live.node
    if not node.name:
        raise Undeclarable("it has no name, by which a manifest could mean it")
    made = Declared({**declared(ATTRIBUTES, node, full=full), "events": sorted(node.event_types)})
    made.spec["enabled"] = node.enabled
    if node.enabled and not full:
        made.only_new.add(("enabled",))
    declare_secrets(made, readable_secrets(node), SECRET)
    if is_masked(node):
        made.spec["secret"] = Unresolved()
        made.secrets["secret",] = SECRET
        made.remarks.append(Remark(("secret",), "write-only"))
    return made


EXPORT = Export(Read(ENDPOINTS), _declare, lambda handle, _: f"event-webhooks/{handle}.yaml", secrets=(SECRET,))
