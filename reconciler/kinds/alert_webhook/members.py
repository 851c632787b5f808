"""Alert webhooks as members of something: by handle, or ``{name: …}``."""

from __future__ import annotations

from reconciler.kinds.alert_webhook.finder import WEBHOOKS, live_webhook
from reconciler.kinds.alert_webhook.spec import NAME
from reconciler.kinds.shared.members import Members
from reconciler.model.tenant import Read

MEMBERS = Members(
    NAME,
    "alert webhook",
    "name",
    reads=lambda _: [Read(WEBHOOKS)],
    find=lambda named, view: [live_webhook(node) for node in view.tenant.find(WEBHOOKS, named["name"])],
    title=lambda live: live.name,
    known=lambda view: [node.name for node in view.tenant.all(WEBHOOKS)],
)
