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
from reconciler.model.tenant import Collection, single_objects

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reconciler.kinds.alert_group.operations import AlertGroupFields
    from reconciler.model.resource import Resource
    from reconciler.model.tenant import Read

GROUPS: Collection[AlertGroupFields] = Collection(ALERT_GROUPS, lambda node: [node.name])
USES = UsedObjects(single_objects(ALERT_GROUP_USES), lambda node: monitor_uses(node.monitors.nodes), DELETE_ALERT_GROUP)
MEMBERS = {"users": USERS, "webhooks": WEBHOOKS}
"""The lists of a group, by their names."""


def _member_reads(resource: Resource) -> Iterator[Read]:
    for name, members in MEMBERS.items():
        yield from members.list_reads(resource.spec.get(name) or ())


OBJECTS = NamedObjects(NAME, "alert group", GROUPS)
NAMES = OBJECTS.names()
LOOKS = OBJECTS.looks()
PERMISSION = organization_permission(MAY_ADD_ALERT_GROUP, "allowAddAlertGroup")
FINDER = OBJECTS.finder(managed=_member_reads, absent=USES.reads)
