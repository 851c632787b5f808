"""What an editor knows of alert groups: the users and webhooks that can be members."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.kinds.alert_group.finder import GROUPS, OBJECTS
from reconciler.kinds.alert_webhook.finder import WEBHOOKS
from reconciler.kinds.alert_webhook.spec import NAME as WEBHOOK
from reconciler.kinds.shared.named_editor import name_hints
from reconciler.kinds.user.finder import USERS
from reconciler.kinds.user.spec import NAME as USER
from reconciler.model.capabilities.editor import Editor, not_offered, offered
from reconciler.model.tenant import Read

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reconciler.model.capabilities.editor import EditorHints, HintContext


MEMBERS: Mapping[str, Read] = {"users of the tenant": Read(USERS), "alert webhooks of the tenant": Read(WEBHOOKS)}


def _hints(known: HintContext) -> EditorHints:
    """Return the handles, addresses and names that are known: a member's manifest may only just be written."""
    tenant = known.view.tenant
    users = {each.handle: str(each.spec.get("email", "")) for each in known.of(USER)}
    webhooks = {each.handle: str(each.spec.get("name", "")) for each in known.of(WEBHOOK)}
    made = name_hints(OBJECTS, known)
    made.offers |= {
        ("spec", "users", "*"): offered(users),
        ("spec", "users", "*", "email"): offered({node.email: node.name for node in tenant.all(USERS)}),
        ("spec", "webhooks", "*"): offered(webhooks),
        ("spec", "webhooks", "*", "name"): offered({node.name: "" for node in tenant.all(WEBHOOKS)}),
    }
    made.notes += not_offered(tenant, MEMBERS)
    return made


EDITOR = Editor(lambda _: (Read(GROUPS), *MEMBERS.values()), _hints)
