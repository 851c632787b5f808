"""What an editor knows of alert groups: the users and webhooks that can be members."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.kinds.alert_group.finder import GROUPS, OBJECTS
from reconciler.kinds.alert_webhook.finder import WEBHOOKS
from reconciler.kinds.alert_webhook.spec import NAME as WEBHOOK
from reconciler.kinds.shared.named_editor import name_hints
from reconciler.kinds.user.finder import USERS
from reconciler.kinds.user.spec import NAME as USER
from reconciler.model.capabilities.editor import Editor, offered
from reconciler.model.tenant import Read

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reconciler.model.capabilities.editor import EditorHints, HintContext


def _reads(_known: HintContext) -> Iterator[Read]:
    yield Read(GROUPS)
    yield Read(USERS)
    yield Read(WEBHOOKS)


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
    for what, read in (("users", Read(USERS)), ("alert webhooks", Read(WEBHOOKS))):
        if refusal := tenant.refusal(read):
            made.notes.append(f"{what} of the tenant are not offered: {refusal}")
    return made


EDITOR = Editor(_reads, _hints)
