"""Event webhooks: where the organization has its events sent to. In the API they are webhook endpoints.

They carry no labels, so nothing but ``lifecycle.state: absent`` deletes one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.kinds.event_webhook.differ import DIFFER
from reconciler.kinds.event_webhook.export import EXPORT
from reconciler.kinds.event_webhook.finder import FINDER
from reconciler.kinds.event_webhook.names import LOOKS, NAMES, webhook_name
from reconciler.kinds.event_webhook.operations import DELETE_WEBHOOK_ENDPOINT
from reconciler.kinds.event_webhook.reads import NAME
from reconciler.kinds.event_webhook.secrets import FIELDS, blank_secrets
from reconciler.model.capabilities.deletion import Deletion, Removal
from reconciler.model.capabilities.spec import Spec
from reconciler.model.kind import Kind
from reconciler.model.phase import Phase
from reconciler.model.step import Step

if TYPE_CHECKING:
    from reconciler.model.live import Live
    from reconciler.model.view import View


def _removal(live: Live, _view: View) -> Removal:
    return Removal(Step("delete", Phase.DELETE, DELETE_WEBHOOK_ENDPOINT, {"id": live.id}))


KIND = Kind(
    NAME,
    Spec(
        identity=webhook_name,
        title=webhook_name,
        check=blank_secrets,
        secret_fields=frozenset(FIELDS),
        hidden_keys=frozenset(FIELDS),
    ),
    FINDER,
    DIFFER,
    Deletion(_removal),
    names=NAMES,
    looks=LOOKS,
    export=EXPORT,
)
