"""Deleting a user."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.kinds.user.operations import DELETE_USER
from reconciler.model.capabilities.deletion import Deletion, Removal
from reconciler.model.phase import Phase
from reconciler.model.step import Step

if TYPE_CHECKING:
    from reconciler.model.live import Live
    from reconciler.model.view import View

OURSELVES = "the token in use belongs to this user, and a user cannot delete themselves"


def _removal(live: Live, view: View) -> Removal:
    step = Step("delete", Phase.DELETE, DELETE_USER, {"id": live.id})
    return Removal(step, blocked=OURSELVES if live.id == view.tenant.identity.user_id else None)


DELETION = Deletion(_removal)
