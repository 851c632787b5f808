"""Alert webhooks as members of something: by handle, or ``{name: …}``."""

from __future__ import annotations

from reconciler.kinds.alert_webhook.finder import OBJECTS

MEMBERS = OBJECTS.members()
