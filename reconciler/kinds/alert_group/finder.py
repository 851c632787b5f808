"""Alert groups as the API lists them, and the one that a manifest means: by ``name``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.kinds.alert_group.operations import (
    ALERT_GROUP_USES,
    ALERT_GROUPS,
    DELETE_ALERT_GROUP,
    MAY_ADD_ALERT_GROUP,
)
from reconciler.kinds.alert_group.spec import NAME
from reconciler.kinds.alert_webhook.members import MEMBERS as WEBHOOKS
from reconciler.kinds.alert_webhook.uses import UsedObjects, monitor_uses
from reconciler.kinds.shared.by_name import NamedObjects
from reconciler.kinds.shared.organization_permission import organization_permission
from reconciler.kinds.user.members import MEMBERS as USERS
from reconciler.model.capabilities.finder import Finder
from reconciler.model.tenant import Collection, Live, Read, single_objects

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reconciler.kinds.alert_group.operations import AlertGroupFields
    from reconciler.model.resource import Resource
    from reconciler.model.view import View

GROUPS: Collection[AlertGroupFields] = Collection(ALERT_GROUPS, lambda node: [node.name])
USES = UsedObjects(single_objects(ALERT_GROUP_USES), lambda node: monitor_uses(node.monitors.nodes), DELETE_ALERT_GROUP)
MEMBERS = {"users": USERS, "webhooks": WEBHOOKS}
"""The lists of a group, by their names."""


def live_group(node: AlertGroupFields) -> Live[AlertGroupFields]:
    """Return a group's node as a live object."""
    return Live(NAME, node.id, node.name, node)


def _reads(resource: Resource, view: View) -> Iterator[Read]:
    yield Read(GROUPS)  # the API has no filter by name
    if resource.lifecycle.managed:
        for name, members in MEMBERS.items():
            yield from members.list_reads(resource.spec.get(name) or ())
    if resource.lifecycle.absent and (live := view.live(resource.address)):
        yield from USES.reads(live)


OBJECTS = NamedObjects("alert group", GROUPS, live_group)
NAMES = OBJECTS.names()
LOOKS = OBJECTS.looks()
PERMISSION = organization_permission(MAY_ADD_ALERT_GROUP, "allowAddAlertGroup")
FINDER = Finder(_reads, OBJECTS.candidates, live_group)
