"""Deleting an event webhook."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.kinds.event_webhook.operations import DELETE_WEBHOOK_ENDPOINT
from reconciler.model.capabilities.deletion import Deletion, Removal
from reconciler.model.phase import Phase
from reconciler.model.step import Step

if TYPE_CHECKING:
    from reconciler.model.live import Live
    from reconciler.model.view import View


def _removal(live: Live, _view: View) -> Removal:
    return Removal(Step("delete", Phase.DELETE, DELETE_WEBHOOK_ENDPOINT, {"id": live.id}))


DELETION = Deletion(_removal)
