"""A live alert group as a manifest declares it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.kinds.alert_group.finder import GROUPS
from reconciler.model.capabilities.export import Belongs, Declared, Export, Undeclarable
from reconciler.model.tenant import Read

if TYPE_CHECKING:
    from reconciler.kinds.alert_group.operations import AlertGroupFields
    from reconciler.model.tenant import Live
    from reconciler.model.view import View


def _declare(live: Live[AlertGroupFields], _view: View, _parent: Live | None, full: bool) -> Declared:
    """Return the manifest of a live group, its members by handle where these are exported, too."""
    node = live.node
    if not node.name:
        raise Undeclarable("it has no name, by which a manifest could mean it")
    users = [
        Belongs(user.id, {"email": user.email, **({"customer": user.customer.name} if user.customer else {})})
        for user in node.users.nodes
    ]
    webhooks = [Belongs(webhook.id, {"name": webhook.name}) for webhook in node.webhooks.nodes]
    lists = {"users": users, "webhooks": webhooks}
    return Declared({"name": node.name, **{name: listed for name, listed in lists.items() if listed or full}})


EXPORT = Export(Read(GROUPS), _declare, lambda handle, _: f"alert-groups/{handle}.yaml")
