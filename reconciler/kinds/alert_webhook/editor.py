"""What an editor knows of alert webhooks: their names."""

from __future__ import annotations

from reconciler.kinds.alert_webhook.finder import OBJECTS
from reconciler.kinds.shared.named_editor import named_editor

EDITOR = named_editor(OBJECTS)
