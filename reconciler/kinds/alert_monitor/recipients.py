"""Whom a monitor notifies: groups, users and webhooks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reconciler.kinds.alert_group.members import MEMBERS as GROUPS
from reconciler.kinds.alert_monitor.spec import notified
from reconciler.kinds.alert_webhook.members import MEMBERS as WEBHOOKS
from reconciler.kinds.user.members import MEMBERS as USERS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from reconciler.kinds.alert_monitor.operations import MonitorFields
    from reconciler.kinds.shared.members import Members
    from reconciler.model.tenant import Read

RECIPIENTS: Mapping[str, Members] = {"groups": GROUPS, "users": USERS, "webhooks": WEBHOOKS}
"""The lists of ``notify``."""


def live_recipients(field: str, node: MonitorFields) -> dict[str, str]:
    """Return the names of a live monitor's groups or webhooks, or the e-mail addresses of its users, by ID."""
    if field == "users":
        return {each.id: each.email for each in node.users.nodes}
    return {each.id: each.name for each in (node.groups.nodes if field == "groups" else node.webhooks.nodes)}


def recipient_reads(spec: Mapping[str, Any]) -> Iterator[Read]:
    """Yield the look-ups of recipients that are in no manifest."""
    for field, listed in notified(spec):
        yield from RECIPIENTS[field].list_reads(listed)
