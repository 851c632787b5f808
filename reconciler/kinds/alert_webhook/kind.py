"""Alert webhooks: addresses that are called when an alert is triggered.

They carry no labels, so nothing but ``lifecycle.state: absent`` deletes one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.kinds.alert_webhook.spec import NAME, SPEC
from reconciler.model.kind import Kind

if TYPE_CHECKING:
    from reconciler.model.capabilities.all import Capabilities


def _capabilities() -> Capabilities:
    from reconciler.kinds.alert_webhook.differ import DELETION, DIFFER
    from reconciler.kinds.alert_webhook.editor import EDITOR
    from reconciler.kinds.alert_webhook.export import EXPORT
    from reconciler.kinds.alert_webhook.finder import FINDER, LOOKS, NAMES, PERMISSION
    from reconciler.model.capabilities.all import Capabilities

    return Capabilities(
        FINDER, DIFFER, DELETION, names=NAMES, looks=LOOKS, export=EXPORT, editor=EDITOR, permission=PERMISSION
    )


KIND = Kind(NAME, SPEC, _capabilities)
