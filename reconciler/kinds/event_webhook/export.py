"""A live event webhook as a manifest declares it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reconciler.kinds.event_webhook.differ import ATTRIBUTES
from reconciler.kinds.event_webhook.finder import ENDPOINTS
from reconciler.kinds.event_webhook.secrets import is_masked, readable_secrets
from reconciler.kinds.event_webhook.spec import SECRETS
from reconciler.kinds.shared.attributes import declared
from reconciler.kinds.shared.clearing import CLEARED
from reconciler.kinds.variables.plain_values import secret_of
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
    if full or not node.enabled:
        made.spec["enabled"] = node.enabled
    for name, value in readable_secrets(node).items():
        try:
            made.spec |= _hidden(name, value)
        except Undeclarable as reason:
            made.remarks.append(Remark((name,), str(reason), left_out=True))
    if is_masked(node):
        made.spec["secret"] = Unresolved()
        made.remarks.append(Remark(("secret",), "write-only"))
    for name in SECRETS:
        value = made.spec.get(name)
        paths = [(name, header) for header in value] if isinstance(value, dict) else [(name,)] if value else []
        made.secrets |= dict.fromkeys(paths, SECRET)
    return made


def _hidden(name: str, value: Any) -> dict[str, Any]:
    """Return what a manifest declares of a secret field; nothing where it is not set."""
    if name != "headers":
        return {name: secret_of(value)}
    if not isinstance(value, dict):
        raise Undeclarable("its headers are no mapping of names to texts")
    return (
        {name: {header: secret_of(text) if text else dict(CLEARED) for header, text in value.items()}} if value else {}
    )


EXPORT = Export(Read(ENDPOINTS), _declare, lambda handle, _: f"event-webhooks/{handle}.yaml", secrets=(SECRET,))
